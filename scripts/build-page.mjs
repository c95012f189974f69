/**
 * Builds the page of `kinesis-producer load --report`: its markup with its style and its script, one file that loads
 * nothing.
 *
 *     node scripts/build-page.mjs <folder of the built package>
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const page = fileURLToPath(new URL("../src/cli/load/page/", import.meta.url));
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("the folder of the built package is missing");

const { outputFiles } = await build({
  entryPoints: [join(page, "main.ts")],
  bundle: true,
  format: "iife",
  target: "es2023",
  charset: "utf8",
  write: false,
  // The options of the project's other configurations are for the compiler.
  tsconfigRaw: "{}",
});
const script = outputFiles[0]?.text ?? "";
// It would end the script element.
if (/<\/script|<!--/i.test(script)) throw new Error("the script of the page has a text that ends its element");
const style = ["style.css", "plots.css"].map((file) => readFileSync(join(page, file), "utf8")).join("\n");
const html = readFileSync(join(page, "page.html"), "utf8")
  .replace("/*style*/\n", () => style)
  .replace("/*script*/\n", () => script);
const target = join(folder, "cli", "load", "report");
mkdirSync(target, { recursive: true });
writeFileSync(join(target, "page.html"), html);
