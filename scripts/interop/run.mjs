/**
 * Installs what the interop tests need and runs them: all, or the parts that are named. `--quick` leaves out the parts that
 * take minutes, `--list` prints the parts and what each needs. A part whose clients cannot be installed is not run; the
 * output names each with the reason, counts them, and ends with `N passed, N failed`. A run fails when a test fails, and,
 * without `--quick`, when a part was not run. `--update` writes docs/conformance.md, docs/deaggregation.md and the sections of
 * the parts in docs/compatibility.md again. Without it, a run fails when these sections differ from the run. Other options
 * are passed to vitest.
 *
 *     node scripts/interop/run.mjs [--quick] [--list] [--update] [part …]
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import process from "node:process";
import { install } from "./clients.mjs";
import { keepDocument } from "./document.mjs";
import { PARTS, partsOf } from "./parts.mjs";

/** @typedef {import("./document.mjs").TestResult} TestResult */
/** @typedef {{ testResults: { name: string, assertionResults: TestResult[] }[] }} Report */

const REPORT = "build/interop/report.json";
/** After this time `--quick` begins no other installation. */
const INSTALLING_MS = 300_000;
const OWN_OPTIONS = ["--quick", "--list", "--update"];

const args = process.argv.slice(2);
const options = args.filter((arg) => arg.startsWith("-"));
const isQuick = options.includes("--quick");
const isUpdate = options.includes("--update");
const passedOn = options.filter((option) => !OWN_OPTIONS.includes(option));

if (options.includes("--list")) listParts();
else
  runParts(
    partsOf(
      args.filter((arg) => !arg.startsWith("-")),
      isQuick,
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
  const notRun = installFor(names);
  const runnable = names.filter((name) => !notRun.has(name));
  /** @param {boolean} isLong */
  const those = (isLong) => runnable.filter((name) => (PARTS[name]?.isLong === true) === isLong);
  const groups = [test(those(false), []), test(those(true), ["--no-file-parallelism"])];
  const results = new Map(groups.flatMap((group) => [...group.results]));
  const broken = runnable.filter((name) => !results.has(name));
  for (const name of broken) notRun.set(name, "its test file has no result");

  const all = [...results.values()].flat();
  const passed = new Map([...results].filter(([, tests]) => tests.every(({ status }) => status === "passed")));
  const isDocumentTrue = passedOn.length > 0 || keepDocument(passed, isUpdate);
  const troubles = groups.filter(({ isTrouble }) => isTrouble).length + broken.length + (isDocumentTrue ? 0 : 1);
  const failed = all.filter(({ status }) => status === "failed").length + troubles;
  for (const [name, reason] of notRun) console.log(`not run: ${name}: ${reason}`);
  console.log(`${notRun.size} of ${names.length} parts not run`);
  console.log(`${all.filter(({ status }) => status === "passed").length} passed, ${failed} failed`);
  if (failed > 0 || (notRun.size > 0 && !isQuick)) process.exitCode = 1;
}

/**
 * A message in one line; of a long one, the output of a program, the first and the last line.
 *
 * @param {string} message
 */
function inOneLine(message) {
  const lines = message.split("\n").map((line) => line.trim());
  return (lines.length < 10 ? lines : [lines[0], "…", lines.at(-1)]).join(" ").slice(0, 500);
}

/**
 * Installs the clients of these parts.
 *
 * @param {readonly string[]} names
 * @returns {Map<string, string>} parts that miss a client, with the reason
 */
function installFor(names) {
  const clients = new Set(names.flatMap((name) => PARTS[name]?.needs ?? []));
  /** @type {Map<import("./clients.mjs").ClientName, string>} */
  const reasons = new Map();
  const end = isQuick ? Date.now() + INSTALLING_MS : Number.POSITIVE_INFINITY;
  for (const client of clients) {
    try {
      if (Date.now() > end) throw new Error(`other installations took ${INSTALLING_MS / 1000} s`);
      install(client);
    } catch (error) {
      const message = /** @type {Error} */ (error).message.trim();
      console.error(`the client ${client} of the interop tests cannot be installed: ${message}`);
      reasons.set(client, `${client}: ${inOneLine(message)}`);
    }
  }
  /** @type {Map<string, string>} */
  const notRun = new Map();
  for (const name of names) {
    const missing = PARTS[name]?.needs.flatMap((client) => reasons.get(client) ?? []) ?? [];
    if (missing.length > 0) notRun.set(name, missing.join("; "));
  }
  return notRun;
}

/**
 * Runs these parts.
 *
 * @param {readonly string[]} names
 * @param {readonly string[]} more - options of vitest
 * @returns {{ results: Map<string, TestResult[]>, isTrouble: boolean }} the tests of each part that ran; and whether something
 *   outside of a test failed
 */
function test(names, more) {
  if (names.length === 0) return { results: new Map(), isTrouble: false };
  rmSync(REPORT, { force: true });
  mkdirSync("build/interop", { recursive: true });
  const vitest = ["vitest", "run", "--project=interop", "--reporter=default", "--reporter=json"];
  // The whole name: vitest takes every file whose path contains the text.
  const files = names.map((name) => `test/interop/${name}.test.ts`);
  // Files come first: an option without a value would take the next one as its value.
  const last = [...more, ...(isUpdate ? ["--update"] : []), ...passedOn];
  const ran = spawnSync("npx", [...vitest, ...files, `--outputFile.json=${REPORT}`, ...last], { stdio: "inherit" });
  /** @type {Report} */
  const report = existsSync(REPORT) ? JSON.parse(readFileSync(REPORT, "utf8")) : { testResults: [] };
  const results = new Map(
    report.testResults.map(({ name, assertionResults }) => [
      name.replace(/^.*\/test\/interop\/(.+)\.test\.ts$/, "$1"),
      assertionResults,
    ]),
  );
  const hasFailed = [...results.values()].flat().some(({ status }) => status === "failed");
  return { results, isTrouble: ran.status !== 0 && !hasFailed };
}
