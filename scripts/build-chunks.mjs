/**
 * Joins the modules of a built package into few files for Node.js, which takes about 0.3 ms of CPU for each file that it
 * imports (decisions/0101). The modules stay for bundlers, which leave out what a program does not use.
 *
 *     node scripts/build-chunks.mjs <folder of the built package>
 *
 * Writes `node/` below the folder: an entry point at the same path as its module, and modules of several entry points in
 * `node/chunks/`, once, so that a class is the same through all entry points.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import process from "node:process";
import { transform } from "esbuild";
import { rollup } from "rollup";

const [argument] = process.argv.slice(2);
if (argument === undefined) throw new Error("the folder of the built package is missing");
const folder = resolve(argument);
const target = join(folder, "node");

/** The entry points for Node.js in the manifest, as paths below the folder. */
function entries() {
  const { bin, exports, imports } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const paths = JSON.stringify({ bin, exports, imports }).matchAll(/"(?:\.\/)?dist\/node\/([^"]+)\.js"/g);
  return [...new Set([...paths].map(([, path]) => path ?? ""))];
}

/**
 * A module still finds the files beside its own path, such as `new URL("./page.html", import.meta.url)`.
 *
 * @type {import("rollup").Plugin}
 */
const placesOfModules = {
  name: "places-of-modules",
  resolveImportMeta(property, { moduleId, chunkId }) {
    if (property !== "url") return null;
    const path = relative(dirname(join(target, chunkId)), moduleId).replaceAll("\\", "/");
    return `new URL(${JSON.stringify(path)}, import.meta.url).href`;
  },
};

/**
 * Without the comments, which the modules have too. Names stay: a stack trace can be read.
 *
 * @type {import("rollup").Plugin}
 */
const withoutComments = {
  name: "without-comments",
  renderChunk: async (code) => (await transform(code, { target: "es2023", charset: "utf8" })).code,
};

/**
 * The names of classes are in errors and in the output of `console.log`. Two classes of one name in one file would have
 * another name there.
 *
 * @param {string} file
 * @param {string} code
 */
function checkNames(file, code) {
  const renamed = /\bclass (\w+\$\d+)/.exec(code)?.[1];
  if (renamed !== undefined) throw new Error(`${file}: two classes have one name, so one became ${renamed}`);
}

const bundle = await rollup({
  input: Object.fromEntries(entries().map((path) => [path, join(folder, `${path}.js`)])),
  external: /^[^./]/,
  plugins: [placesOfModules, withoutComments],
  // As package.json says: no module is there for its effects alone.
  treeshake: { moduleSideEffects: false },
  onLog(level, { message }) {
    if (level === "warn") throw new Error(message);
  },
});
const { output } = await bundle.generate({
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "chunks/[name].js",
  // Small files stay: joined with others, an entry point would load what only another one needs.
  hoistTransitiveImports: false,
});
await bundle.close();
rmSync(target, { recursive: true, force: true });
for (const file of output) {
  if (file.type !== "chunk") throw new Error(`${file.fileName} is not a module`);
  checkNames(file.fileName, file.code);
  const path = join(target, file.fileName);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, file.code);
}
