/**
 * Installs what the interop tests need and runs them: all, or the parts that are named. It ends with `N passed, N failed`.
 * `--quick` leaves out the parts that take minutes, `--list` prints the parts and what each needs. `--update` then writes
 * docs/conformance.md, docs/deaggregation.md and docs/interop.md again. Without it, a run of all parts fails when
 * docs/interop.md shows another run. Other options are passed to vitest.
 *
 *     node scripts/interop/run.mjs [--quick] [--list] [--update] [part …]
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { install, installedVersions } from "./clients.mjs";
import { PARTS, partsOf } from "./parts.mjs";

/** @typedef {{ testResults: { name: string, assertionResults: { fullName: string, status: string }[] }[] }} Report */

const REPORT = "build/interop/report.json";
const DOCUMENT = "docs/interop.md";
const MARKERS = { start: "<!-- run: npm run test:interop -->", end: "<!-- /run -->" };
const OWN_OPTIONS = ["--quick", "--list", "--update"];

const args = process.argv.slice(2);
const options = args.filter((arg) => arg.startsWith("-"));
const isUpdate = options.includes("--update");

if (options.includes("--list")) listParts();
else
  runParts(
    partsOf(
      args.filter((arg) => !arg.startsWith("-")),
      options.includes("--quick"),
    ),
  );

function listParts() {
  for (const [name, { about, needs, isLong }] of Object.entries(PARTS))
    console.log(
      `${name.padEnd(16)} ${about}\n${" ".repeat(16)} needs ${needs.join(", ")}${isLong ? "; not --quick" : ""}`,
    );
}

/** @param {readonly string[]} names */
function runParts(names) {
  const clients = [...new Set(names.flatMap((name) => PARTS[name]?.needs ?? []))];
  install(clients);
  rmSync(REPORT, { force: true });
  mkdirSync("build/interop", { recursive: true });
  const vitest = ["vitest", "run", "--project=interop", "--reporter=default", "--reporter=json"];
  const more = options.filter((option) => !OWN_OPTIONS.includes(option));
  // The whole name: vitest takes every file whose path contains the text.
  const files = names.map((name) => `test/interop/${name}.test.ts`);
  // Files come first: an option without a value would take the next one as its value.
  const last = [...(isUpdate ? ["--update"] : []), ...more];
  const ran = spawnSync("npx", [...vitest, ...files, `--outputFile.json=${REPORT}`, ...last], { stdio: "inherit" });
  process.exitCode = ran.status ?? 1;
  const isWhole = names.length === Object.keys(PARTS).length && more.length === 0;
  /** @type {Report} */
  const report = existsSync(REPORT) ? JSON.parse(readFileSync(REPORT, "utf8")) : { testResults: [] };
  const missing = files.filter((file) => !report.testResults.some(({ name }) => name.endsWith(`/${file}`)));
  if (missing.length > 0) {
    console.error(`these parts did not run: ${missing.join(", ")}`);
    process.exitCode = 1;
  } else if (ran.status === 0 && isWhole) keepDocument(clients, report);
  printCounts(report);
}

/** @param {Report} report */
function printCounts(report) {
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  /** @param {string} wanted */
  const count = (wanted) => results.filter(({ status }) => status === wanted).length;
  console.log(`${count("passed")} passed, ${count("failed")} failed`);
}

/**
 * The part of the document that a run writes: versions of the clients, and each test.
 *
 * @param {readonly import("./clients.mjs").ClientName[]} clients
 * @param {Report} report
 */
function renderedRun(clients, report) {
  const versions = Object.entries(installedVersions(clients)).map(([client, version]) => `| ${client} | ${version} |`);
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

/**
 * Writes the document, or reports that it differs from this run.
 *
 * @param {readonly import("./clients.mjs").ClientName[]} clients
 * @param {Report} report
 */
function keepDocument(clients, report) {
  const old = readFileSync(DOCUMENT, "utf8");
  const start = old.indexOf(MARKERS.start);
  const end = old.indexOf(MARKERS.end);
  if (start === -1 || end < start) throw new Error(`${DOCUMENT} has no place for the run: ${MARKERS.start}`);
  const head = old.slice(0, start + MARKERS.start.length);
  const text = `${head}\n\n${renderedRun(clients, report).join("\n")}\n\n${old.slice(end)}`;
  if (text === old) return;
  if (isUpdate) {
    writeFileSync(DOCUMENT, text);
    console.log(`${DOCUMENT} written`);
    return;
  }
  console.error(`${DOCUMENT} tells another run: \`npm run test:interop -- --update\` writes it`);
  process.exitCode = 1;
}
