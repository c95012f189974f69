/**
 * docs/sample-report.html keeps the data of its run, in the page of today. Needs `npm run build`. Fails when the page is
 * another one; `--update` writes it.
 *
 *     node scripts/sample-report.mjs [--update]
 */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { pathToFileURL } from "node:url";

const FILE = "docs/sample-report.html";

/** @type {typeof import("../src/cli/load/report/report-file.js")} */
const { pageOf, readTemplate } = await import(pathToFileURL("dist/cli/load/report/report-file.js").href);

const before = readFileSync(FILE, "utf8");
const [, html = ""] = /<noscript><pre>([\s\S]*?)<\/pre>/.exec(before) ?? [];
const [, json = ""] = /<script type="application\/json" id="report-data">(.*)<\/script>/.exec(before) ?? [];
const text = html.replaceAll("&lt;", "<").replaceAll("&amp;", "&");
const after = pageOf(readTemplate(), JSON.parse(json), text);
if (process.argv.includes("--update")) writeFileSync(FILE, after);
else if (after !== before) {
  console.error(`${FILE} is not the page of today; run: npm run check docs -- --update`);
  process.exitCode = 1;
}
