// Large files of a form with data-resume go to the server in pieces: what broke off goes on, also after the page was left
// and the same file chosen again. Small files, and all files without script, go with the form as ever.
type Json = Record<string, any>;

const piece = 4 << 20;
const longest = 30; // seconds between two tries

// SHA-256 over pieces: the browser's own takes a whole file into memory, and only on https.
class Sum {
  private h = new Uint32Array([0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]);
  private w = new Int32Array(64);
  private rest = new Uint8Array(64);
  private held = 0;
  private length = 0;
  private static k = Sum.constants();

  private static constants(): Int32Array {
    const k = new Int32Array(64);
    let n = 0;
    for (let c = 2; n < 64; c++) {
      let prime = true;
      for (let d = 2; d * d <= c; d++) if (c % d === 0) { prime = false; break; }
      if (prime) k[n++] = (Math.cbrt(c) % 1) * 0x100000000;
    }
    return k;
  }

  add(b: Uint8Array): void {
    this.length += b.length;
    let at = 0;
    while (at < b.length) {
      if (this.held === 0 && b.length - at >= 64) {
        this.block(b, at);
        at += 64;
        continue;
      }
      const n = Math.min(64 - this.held, b.length - at);
      this.rest.set(b.subarray(at, at + n), this.held);
      this.held += n;
      at += n;
      if (this.held === 64) {
        this.block(this.rest, 0);
        this.held = 0;
      }
    }
  }

  private block(b: Uint8Array, at: number): void {
    const w = this.w, k = Sum.k, h = this.h;
    for (let i = 0; i < 16; i++, at += 4) w[i] = (b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3];
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15], y = w[i - 2];
      w[i] = w[i - 16] + w[i - 7] + (((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)) + (((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10));
    }
    let a = h[0], c = h[1], d = h[2], e = h[3], f = h[4], g = h[5], i = h[6], j = h[7];
    for (let n = 0; n < 64; n++) {
      const t1 = (j + (((f >>> 6) | (f << 26)) ^ ((f >>> 11) | (f << 21)) ^ ((f >>> 25) | (f << 7))) + ((f & g) ^ (~f & i)) + k[n] + w[n]) | 0;
      const t2 = ((((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) + ((a & c) ^ (a & d) ^ (c & d))) | 0;
      j = i; i = g; g = f; f = (e + t1) | 0; e = d; d = c; c = a; a = (t1 + t2) | 0;
    }
    h[0] += a; h[1] += c; h[2] += d; h[3] += e; h[4] += f; h[5] += g; h[6] += i; h[7] += j;
  }

  hex(): string {
    const bits = this.length * 8, end = new Uint8Array(this.held < 56 ? 64 - this.held : 128 - this.held);
    end[0] = 0x80;
    const view = new DataView(end.buffer);
    view.setUint32(end.length - 8, Math.floor(bits / 0x100000000));
    view.setUint32(end.length - 4, bits >>> 0);
    this.add(end);
    return [...this.h].map((v) => v.toString(16).padStart(8, "0")).join("");
  }
}

// said reads an attribute of a form, whose own field may be called dataset and hide the usual way.
const said = (form: HTMLFormElement, name: string): string => form.getAttribute("data-" + name) ?? "";

class Refused extends Error {}

class Upload {
  private bar = document.createElement("progress");
  private said = document.createElement("p");
  private failed = document.createElement("div");

  constructor(private form: HTMLFormElement, private file: File) {
    this.bar.max = 100;
    this.said.setAttribute("role", "status");
    this.failed.className = "alert alert--bad";
    this.failed.setAttribute("role", "alert");
    this.failed.hidden = true;
    form.querySelector("[data-resume-shown]")?.remove();
    const shown = document.createElement("div");
    shown.className = "meter";
    shown.dataset.resumeShown = "";
    shown.append(this.said, this.bar, this.failed);
    form.querySelector(".form__end")?.before(shown);
  }

  private say(word: string, value: string | number): void {
    this.said.textContent = said(this.form, word).replace("{0}", String(value));
    this.bar.setAttribute("aria-label", this.said.textContent);
  }

  private value(name: string): string {
    const field = this.form.elements.namedItem(name) as HTMLInputElement | null;
    return field?.type === "checkbox" ? (field.checked ? field.value : "") : field?.value ?? "";
  }

  private async sum(): Promise<string> {
    const sum = new Sum();
    for (let at = 0; at < this.file.size; at += piece) {
      sum.add(new Uint8Array(await this.file.slice(at, at + piece).arrayBuffer()));
      this.bar.value = (100 * at) / this.file.size;
      this.say("resume-reading", Math.floor(this.bar.value));
    }
    return sum.hex();
  }

  // ask repeats what the line or a restart of the server broke, and throws what the server refused.
  private async ask(path: string, init: RequestInit): Promise<Response> {
    for (let wait = 1; ; wait = Math.min(2 * wait, longest)) {
      const answer = await fetch(path, {
        ...init, credentials: "same-origin", headers: { ...init.headers, "Accept-Language": document.documentElement.lang }, // a refusal in the page's language
      }).catch(() => null);
      if (answer && answer.status < 500) {
        if (answer.ok || answer.status === 409) return answer;
        throw new Refused(((await answer.json().catch(() => ({}))) as Json).detail ?? answer.statusText);
      }
      this.say("resume-waiting", wait);
      await new Promise((done) => setTimeout(done, wait * 1000));
      if (init.method === "PATCH") throw new TypeError("ask for the offset first");
    }
  }

  private async begin(): Promise<string> {
    const sha256 = await this.sum();
    const mark = ["lienthong-upload", this.value("dataset"), this.value("system"), this.value("data_time"), sha256].join("|");
    const kept = localStorage.getItem(mark);
    if (kept && this.value("not_secret") && (await fetch(kept, { credentials: "same-origin" }).catch(() => null))?.ok) return kept;
    const answer = await this.ask(said(this.form, "resume"), { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({
      dataset: this.value("dataset"), system: this.value("system"), data_time: this.value("data_time"), file_name: this.file.name,
      declaration: this.value("not_secret") ? "not-secret" : "", size: this.file.size, sha256,
    }) });
    const path = answer.headers.get("Location")!;
    try { localStorage.setItem(mark, path); } catch { /* without a place to keep it, it goes on only on this page */ }
    return path;
  }

  private async send(path: string): Promise<void> {
    for (;;) {
      const at = Number((await this.ask(path, { method: "GET" })).headers.get("Upload-Offset"));
      let next = at;
      try {
        while (next < this.file.size) {
          this.bar.value = (100 * next) / this.file.size;
          this.say("resume-sending", Math.floor(this.bar.value));
          const answer = await this.ask(path, { method: "PATCH", body: this.file.slice(next, next + piece), headers: {
            "Content-Type": "application/partial-upload", "Upload-Offset": String(next),
          } });
          if (answer.status === 409) break; // another page sends too: ask where it stands
          next = Number(answer.headers.get("Upload-Offset"));
        }
      } catch (e) {
        if (e instanceof Refused) throw e;
      }
      if (next >= this.file.size) return;
    }
  }

  async run(): Promise<void> {
    try {
      const path = await this.begin();
      await this.send(path);
      this.bar.removeAttribute("value");
      this.say("resume-checking", "");
      const done = await this.ask(path + "/finish", { method: "POST", headers: { "Content-Type": "application/json" } });
      const delivery = (await done.json()) as Json;
      if (!done.ok) throw new Refused(delivery.detail);
      location.href = said(this.form, "resume-done") + delivery.id;
    } catch (e) {
      this.failed.textContent = e instanceof Refused ? e.message : String(e);
      this.failed.hidden = false;
      this.form.querySelectorAll<HTMLButtonElement>("button[type=submit]").forEach((b) => { b.disabled = false; });
    }
  }
}

export function uploads(root: Document): void {
  root.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const file = form.querySelector<HTMLInputElement>("input[type=file]")?.files?.[0];
    if (!said(form, "resume") || !file || file.size <= Number(said(form, "resume-above"))) return;
    event.preventDefault();
    void new Upload(form, file).run();
  });
}
