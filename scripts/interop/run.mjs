/**
 * Installs what the interop tests need and runs them. `--update` then writes docs/conformance.md, docs/deaggregation.md
 * and docs/interop.md again. Without it, a run of all tests fails when docs/interop.md shows another run. Other
 * arguments are passed to vitest.
 *
 *     node scripts/interop/run.mjs [--update] [test file …]
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { install, installedVersions } from "./install.mjs";

const REPORT = "build/interop/report.json";
const DOCUMENT = "docs/interop.md";
const MARKERS = { start: "<!-- run: npm run test:interop -->", end: "<!-- /run -->" };

const args = process.argv.slice(2);
const isUpdate = args.includes("--update");
const isWhole = args.every((arg) => arg === "--update");

install();
rmSync(REPORT, { force: true });
mkdirSync("build/interop", { recursive: true });
const vitest = ["vitest", "run", "--project=interop", "--reporter=default", "--reporter=json"];
const { status } = spawnSync("npx", [...vitest, `--outputFile.json=${REPORT}`, ...args], { stdio: "inherit" });
process.exitCode = status ?? 1;
if (status === 0 && isWhole) keepDocument();

/** The part of the document that a run writes: versions of the clients, and each test. */
function renderedRun() {
  /** @type {{ testResults: { name: string, assertionResults: { fullName: string, status: string }[] }[] }} */
  const report = JSON.parse(readFileSync(REPORT, "utf8"));
  const versions = Object.entries(installedVersions()).map(([client, version]) => `| ${client} | ${version} |`);
  const files = report.testResults
    .map(({ name, assertionResults }) => ({ name: name.replace(/^.*\/test\/interop\//, ""), assertionResults }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const results = files.flatMap(({ name, assertionResults }) => [
    "",
    name,
    ...assertionResults.map((test) => `  ${test.status === "passed" ? "✓" : test.status} ${test.fullName}`),
  ]);
  const count = files.flatMap(({ assertionResults }) => assertionResults).length;
  const table = ["| client | version |", "| --- | --- |", ...versions];
  return [
    ...table,
    "",
    "```text",
    `$ npm run test:interop${results.join("\n").replace(/^/, "\n")}`,
    "",
    `${count} passed`,
    "```",
  ];
}

/** Writes the document, or reports that it differs from this run. */
function keepDocument() {
  const old = readFileSync(DOCUMENT, "utf8");
  const start = old.indexOf(MARKERS.start);
  const end = old.indexOf(MARKERS.end);
  if (start === -1 || end < start) throw new Error(`${DOCUMENT} has no place for the run: ${MARKERS.start}`);
  const head = old.slice(0, start + MARKERS.start.length);
  const text = `${head}\n\n${renderedRun().join("\n")}\n\n${old.slice(end)}`;
  if (text === old) return;
  if (isUpdate) {
    writeFileSync(DOCUMENT, text);
    console.log(`${DOCUMENT} written`);
    return;
  }
  console.error(`${DOCUMENT} tells another run: \`npm run test:interop -- --update\` writes it`);
  process.exitCode = 1;
}
