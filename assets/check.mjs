// Checks pages of a running server in Chromium: axe (WCAG 2.1 A and AA), refusals of the content security policy, script
// errors, anything wider than a screen of 360 pixels, and the weight of the first visit.
//   node check.mjs http://127.0.0.1:8080 /gallery /gallery/form
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [base, ...paths] = process.argv.slice(2);
const shots = process.env.SHOTS; // folder for pictures
const press = process.env.PRESS; // selector of what is pressed before a page is checked
const profile = await mkdtemp(join(tmpdir(), "check-"));
const browser = spawn(process.env.CHROMIUM ?? "chromium", ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"],
  { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
const [, , , to, from] = browser.stdio;
const waiting = new Map(), listeners = new Set();
let next = 1, rest = "";
from.on("data", (chunk) => {
  const parts = (rest + chunk).split("\0");
  rest = parts.pop();
  for (const part of parts) {
    const m = JSON.parse(part);
    if (m.id) { waiting.get(m.id)?.(m); waiting.delete(m.id); } else for (const l of listeners) l(m);
  }
});
function send(method, params = {}, sessionId) {
  const id = next++;
  to.write(JSON.stringify({ id, method, params, sessionId }) + "\0");
  return new Promise((ok, bad) => waiting.set(id, (m) => (m.error ? bad(new Error(`${method}: ${m.error.message}`)) : ok(m.result))));
}

const axe = await readFile(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
let wrong = 0;
const say = (text) => { wrong++; console.log(text); };
for (const path of paths) {
  for (const width of [1280, 360]) {
    const { targetId } = await send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
    const call = (m, p) => send(m, p, sessionId);
    let bytes = 0;
    const loaded = new Promise((ok) => {
      listeners.add((m) => {
        if (m.sessionId !== sessionId) return;
        if (m.method === "Page.loadEventFired") ok();
        if (m.method === "Network.loadingFinished") bytes += m.params.encodedDataLength;
        if (m.method === "Log.entryAdded" && m.params.entry.level === "error" && m.params.entry.url !== base + path) say(`${path} ${width}: ${m.params.entry.text}`);
        if (m.method === "Runtime.exceptionThrown") say(`${path} ${width}: ${m.params.exceptionDetails.exception?.description}`);
      });
    });
    for (const domain of ["Page", "Network", "Log", "Runtime"]) await call(`${domain}.enable`);
    await call("Network.setCacheDisabled", { cacheDisabled: true });
    await call("Emulation.setDeviceMetricsOverride", { width, height: 800, deviceScaleFactor: 1, mobile: width < 600 });
    await call("Page.navigate", { url: base + path });
    await loaded;
    await call("Runtime.evaluate", { expression: "document.fonts.ready.then(() => new Promise((r) => setTimeout(r, 300)))", awaitPromise: true });
    if (press) await call("Runtime.evaluate", { expression: `document.querySelector(${JSON.stringify(press)})?.click(); new Promise((r) => setTimeout(r, 200))`, awaitPromise: true });
    await call("Runtime.evaluate", { expression: axe });
    const { result } = await call("Runtime.evaluate", { awaitPromise: true, returnByValue: true, expression: `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }).then((r) => ({
      violations: r.violations.map((v) => v.id + ": " + v.help + " — " + v.nodes.slice(0, 3).map((n) => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join(" | ")),
      wide: document.scrollingElement.scrollWidth > innerWidth ? [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1).slice(-3).map((e) => e.tagName + "." + e.className) : [] }))` });
    for (const v of result.value?.violations ?? ["axe did not run"]) say(`${path} ${width}: ${v}`);
    if (result.value?.wide.length) say(`${path} ${width}: wider than the screen: ${result.value.wide.join(", ")}`);
    if (width === 1280 && bytes > 200_000) say(`${path}: first visit weighs ${bytes} bytes`);
    if (width === 1280) console.log(`${path}: ${bytes} bytes`);
    if (shots) {
      const { data } = await call("Page.captureScreenshot", { captureBeyondViewport: true });
      await writeFile(join(shots, `${path.replaceAll("/", "_")}-${width}.png`), Buffer.from(data, "base64"));
    }
    await send("Target.closeTarget", { targetId });
  }
}
await send("Browser.close");
await new Promise((ok) => browser.once("exit", ok));
await rm(profile, { recursive: true, force: true });
console.log(wrong === 0 ? "all pages pass" : `${wrong} findings`);
process.exit(wrong === 0 ? 0 : 1);
