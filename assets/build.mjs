// Builds what pages load into internal/web/static/dist: names with hashes, compressed copies, a manifest. The output is
// committed, so running and building the program need no Node.
import { build } from "esbuild";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { writeIcons } from "./icons.mjs";

const out = "../internal/web/static/dist";
await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const result = await build({
  entryPoints: ["src/app.css", "src/app.ts", "src/icon.svg"],
  outdir: out, bundle: true, minify: true, metafile: true, charset: "utf8", target: ["es2022", "chrome109", "firefox115", "safari16"],
  format: "iife", legalComments: "none", publicPath: "/static/", entryNames: "[name]-[hash]", assetNames: "[name]-[hash]",
  loader: { ".woff2": "file", ".svg": "file" },
  plugins: [{ name: "copy-icon", setup(b) { b.onLoad({ filter: /icon\.svg$/ }, async (a) => ({ contents: await readFile(a.path), loader: "copy" })); } }],
});

const manifest = {};
for (const file of Object.keys(result.metafile.outputs)) {
  const built = basename(file);
  manifest[built.replace(/-[A-Z0-9]{8}(\.\w+)$/, "$1").replace("-normal", "")] = built;
}
for (const name of await readdir(out)) {
  if (name.endsWith(".woff2")) continue; // compressed already
  const plain = await readFile(`${out}/${name}`);
  await writeFile(`${out}/${name}.br`, brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } }));
  await writeFile(`${out}/${name}.gz`, gzipSync(plain, { level: 9 }));
}
const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
await writeFile(`${out}/manifest.json`, JSON.stringify(sorted, null, 2) + "\n");
await writeIcons("../internal/web/ui/icons_gen.go"); // then gofmt
console.log(sorted);
