/**
 * Simulates fleets of producers on one stream, and shows how well they share it: `npm run bench fleet`, a minute or two;
 * `npm run bench fleet -- --full`, some minutes; with `--update` the result goes into docs/fleet.md and docs/fleet.svg.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { FULL, makeReport, SHORT } from "./report.js";

// The compiled file is in build/bench/bench/fleet.
const docs = fileURLToPath(new URL("../../../../docs/", import.meta.url));
const BEGIN = "<!-- begin: npm run bench fleet -->";
const END = "<!-- end: npm run bench fleet -->";

const { values } = parseArgs({
  options: { full: { type: "boolean", default: false }, update: { type: "boolean", default: false } },
});
const startedAt = performance.now();
const { tables, picture } = await makeReport(values.full ? FULL : SHORT);
console.log(tables);
console.log(`${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
if (values.update) {
  const text = readFileSync(`${docs}fleet.md`, "utf8");
  const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`docs/fleet.md lacks the lines ${BEGIN} and ${END}`);
  const command = `npm run bench fleet --${values.full ? " --full" : ""} --update`;
  const generated = `${BEGIN}\n\n\`${command}\` wrote the rest of this page.\n\n${tables}\n`;
  writeFileSync(`${docs}fleet.md`, text.slice(0, before) + generated + text.slice(after));
  writeFileSync(`${docs}fleet.svg`, picture);
}
