// Draws the terraced fields of the sign-in page and the contour lines of the menu: `node terraces.mjs`, once.
import { writeFileSync } from "node:fs";

const W = 900, H = 1100, mix = (a, b, t) => "#" + [0, 2, 4].map((i) => Math.round(parseInt(a.slice(i, i + 2), 16) * (1 - t) + parseInt(b.slice(i, i + 2), 16) * t).toString(16).padStart(2, "0")).join("");
function ridge(base, amp, len, phase, rough = 0) {
  const pts = [];
  for (let x = -20; x <= W + 20; x += 46) {
    const y = base + amp * Math.sin(x / len + phase) + amp * 0.42 * Math.sin(x / (len * 0.43) + phase * 2.1) + rough * Math.sin(x / 31 + phase * 5);
    pts.push([x, y]);
  }
  let d = `M${pts[0][0]} ${pts[0][1].toFixed(0)}`;
  for (let i = 1; i < pts.length - 1; i++) {
    const [x, y] = pts[i], [nx, ny] = pts[i + 1];
    d += `Q${x} ${y.toFixed(0)} ${((x + nx) / 2).toFixed(0)} ${((y + ny) / 2).toFixed(0)}`;
  }
  return d + `L${W + 20} ${pts.at(-1)[1].toFixed(0)}`;
}
const close = `V${H}H-20Z`;
let s = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${W} ${H}" preserveAspectRatio="xMidYMax slice"><defs><linearGradient id="s" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#0b4a40"/><stop offset=".38" stop-color="#2f7d68"/><stop offset=".62" stop-color="#e9d9a8"/></linearGradient></defs><rect width="${W}" height="${H}" fill="url(#s)"/>`;
s += `<circle cx="640" cy="520" r="74" fill="#f7d58a" opacity=".35"/><circle cx="640" cy="520" r="46" fill="#fbe3a6"/>`;
s += `<path d="${ridge(560, 46, 150, 0.6, 5)}${close}" fill="#8db9a2"/><path d="${ridge(620, 40, 120, 2.4, 5)}${close}" fill="#679f89"/>`;
const bands = 15;
for (let i = 0; i < bands; i++) {
  const t = i / (bands - 1), base = 690 + 400 * Math.pow(t, 1.12), p = 1.1 + Math.sin(i * 0.7) * 0.35 + i * 0.11;
  const gold = i % 4 === 2, fill = gold ? mix("d8b457", "7d7a2c", t) : mix("6fa888", "08352e", t);
  const d = ridge(base, 26 + 10 * Math.sin(i), 170 + 26 * Math.cos(i * 1.3), p);
  s += `<path d="${d}${close}" fill="${fill}"/><path d="${d}" fill="none" stroke="#fff6dc" stroke-width="${(1.2 + t).toFixed(1)}" opacity="${(0.5 - 0.25 * t).toFixed(2)}"/>`;
}
writeFileSync("src/terraces.svg", s + "</svg>\n");

let lines = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${W} 420" preserveAspectRatio="xMidYMax slice" fill="none" stroke="#ffffff" stroke-width="2">`;
for (let i = 0; i < 9; i++) lines += `<path opacity="${(0.03 + i * 0.012).toFixed(3)}" d="${ridge(60 + i * 42, 24 + 6 * Math.sin(i), 170 + 20 * Math.cos(i), 1 + i * 0.16)}"/>`;
writeFileSync("src/contours.svg", lines + "</svg>\n");
