/**
 * Tests the tests: plants each bug of the tables in this folder, and runs schedules, or the unit test that the table
 * names. Fails if a bug survives or its edit no longer applies. `npm run check mutants` checks that each bug compiles.
 *
 *     npm run test:mutants -- [--only <regular expression>] [--seed n] [--schedules 60000] [--processes 2] [--update]
 *
 * `--update` writes the table into docs/reliability.md.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { transpile, transpileTree } from "../transpile.mjs";
import { allMutants } from "./all-mutants.mjs";
import { planted } from "./mutant.mjs";
import { PlantedTests } from "./planted-tests.mjs";
import { runWorker } from "./run-worker.mjs";

/** A schedule that does not end counts as caught. */
const TIMEOUT_MS = 180_000;
const BATCH = 5_000;
/** Number of schedules that the unchanged tree must pass. */
const CONTROL = 5_000;

/** Verdict on a mutant, by the verdict of its test. */
const VERDICTS = /** @type {const} */ ({ passed: "SURVIVED", failed: "caught", "no test ran": "NO TEST RAN" });

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    seed: { type: "string", default: "1" },
    schedules: { type: "string", default: "60000" },
    processes: { type: "string", default: "2" },
    update: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed);
const most = Number(values.schedules);
const processes = Number(values.processes);
if (values.update && values.only !== "") throw new Error("--update writes the whole table: leave out --only");
if (![seed, most, processes].every(Number.isInteger) || most < 1 || processes < 1)
  throw new Error("--seed, --schedules and --processes must be whole numbers");

/**
 * @typedef {import("./mutant.mjs").Mutant} Mutant
 * @typedef {{ mutant: Mutant, verdict: "caught" | "SURVIVED" | "NO TEST RAN" | "DOES NOT APPLY", by: string, detail: string }} Judged
 */

/**
 * @param {string} tree - transpiled
 * @param {number} count
 * @returns {Promise<{ ran: number, report: string | undefined }>} what failed, if anything did
 */
async function runSchedules(tree, count) {
  let ran = 0;
  let isLoaded = false;
  /** @type {string | undefined} */
  let report;
  const batches = Math.ceil(count / BATCH);
  const batch = { firstBatch: 0, everyBatch: 1, batches, batchSize: BATCH, lastSize: count - (batches - 1) * BATCH };
  const { ended } = runWorker(
    tree,
    { ...batch, seed, shrink: false },
    (message) => {
      isLoaded = true;
      ran += message.ran;
      report ??= message.failure?.problem;
    },
    TIMEOUT_MS,
  );
  const { status, output } = await ended;
  if (!isLoaded) throw new Error(`the tree does not load: ${output}`);
  if (status !== 0) report ??= status === "SIGTERM" ? "a schedule does not end" : output;
  return { ran, report };
}

/**
 * Runs all tests without a mutant: a test that fails then would catch every mutant.
 *
 * @param {readonly Mutant[]} mutants
 * @param {string} transpiled
 * @param {readonly PlantedTests[]} lanes
 * @returns {Promise<string | undefined>} what fails
 */
async function problemUnchanged(mutants, transpiled, lanes) {
  /** @type {string[]} */
  const problems = [];
  const { report } = await runSchedules(transpiled, CONTROL);
  if (report !== undefined) problems.push(report);
  const files = [...new Set(mutants.flatMap(({ caughtBy }) => caughtBy ?? []))];
  await inLanes(files, lanes, async (file, tests) => {
    const { verdict, detail } = await tests.run(file, new Map());
    if (verdict !== "passed") problems.push(`${file}: ${verdict}: ${detail}`);
  });
  return problems[0];
}

/**
 * @template T
 * @param {readonly T[]} items
 * @param {readonly PlantedTests[]} lanes
 * @param {(item: T, tests: PlantedTests, index: number) => Promise<void>} work
 */
async function inLanes(items, lanes, work) {
  const left = [...items.entries()];
  /** @param {PlantedTests} tests */
  const next = async (tests) => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item[1], tests, item[0]);
  };
  await Promise.all(lanes.map(next));
}

/**
 * @param {Mutant} mutant
 * @param {string} transpiled - the tree without mutants
 * @param {string} tree - for the mutant, while it is judged
 * @param {PlantedTests} tests
 * @returns {Promise<Judged>}
 */
async function judge(mutant, transpiled, tree, tests) {
  /** @type {Map<string, string>} */
  let texts;
  try {
    texts = planted(mutant);
  } catch (error) {
    return { mutant, verdict: "DOES NOT APPLY", by: "", detail: /** @type {Error} */ (error).message };
  }
  const { caughtBy } = mutant;
  if (caughtBy !== undefined) {
    const { verdict, detail } = await tests.run(caughtBy, texts);
    return { mutant, verdict: VERDICTS[verdict], by: `\`${caughtBy}\``, detail };
  }
  try {
    cpSync(transpiled, tree, { recursive: true });
    for (const [file, text] of texts) writeFileSync(join(tree, file.replace(/\.ts$/, ".js")), transpile(text, file));
    const { ran, report } = await runSchedules(tree, most);
    if (report === undefined) return { mutant, verdict: "SURVIVED", by: `${ran} schedules`, detail: "" };
    return { mutant, verdict: "caught", by: `${ran} schedule${ran === 1 ? "" : "s"}`, detail: report.trim() };
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/**
 * The settings of the unit tests.
 *
 * @param {string} tree - where packages can be found
 * @returns {Promise<object>}
 */
async function unitProject(tree) {
  const file = join(tree, "vitest.config.js");
  writeFileSync(file, transpile(readFileSync(join(root, "vitest.config.ts"), "utf8"), file));
  /** @type {{ default: { test: { projects: { test: { name: string } }[] } } }} */
  const { default: config } = await import(pathToFileURL(file).href);
  const unit = config.test.projects.find(({ test }) => test.name === "unit");
  if (unit === undefined) throw new Error("vitest.config.ts has no project unit");
  return unit.test;
}

const picked = (await allMutants()).filter(({ name }) => new RegExp(values.only, "i").test(name));
const scratch = mkdtempSync(join(tmpdir(), "kinesis-producer-mutants-"));
const startedAt = performance.now();
/** @type {Judged[]} */
const judged = [];
let isControlClean = false;
/** @type {(path: string, name: string, text: string) => void} */
let replaceSection = () => undefined;
try {
  symlinkSync(join(root, "node_modules"), join(scratch, "node_modules"));
  const transpiled = join(scratch, "unchanged");
  transpileTree(root, transpiled, ["src", "test/support"]);
  ({ replaceSection } = await import(pathToFileURL(join(transpiled, "test/support/document.js")).href));
  const settings = await unitProject(transpiled);
  const lanes = Array.from({ length: processes }, () => new PlantedTests(settings));
  const problem = await problemUnchanged(picked, transpiled, lanes);
  isControlClean = problem === undefined;
  if (problem !== undefined) console.error(`the tree fails without any mutant: ${problem}`);
  else {
    await inLanes(picked, lanes, async (mutant, tests, index) => {
      const verdict = await judge(mutant, transpiled, join(scratch, `mutant-${index}`), tests);
      judged.push(verdict);
      console.log(`${verdict.verdict}: ${verdict.mutant.name} (${verdict.by}) ${verdict.detail.slice(0, 160)}`);
    });
  }
  for (const tests of lanes) tests.stop();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

const table = ["| planted | caught by |", "| --- | --- |"];
for (const mutant of picked) {
  const found = judged.find((verdict) => verdict.mutant === mutant);
  table.push(`| ${mutant.name} | ${found?.verdict === "caught" ? found.by : (found?.verdict ?? "not run")} |`);
}
console.log(`\n${table.join("\n")}`);
if (values.update) replaceSection(join(root, "docs/reliability.md"), "mutants", table.join("\n"));
const wrong = judged.filter(({ verdict }) => verdict !== "caught");
for (const { mutant, verdict, detail } of wrong) console.error(`${verdict}: ${mutant.name} ${detail}`);
const seconds = Math.round((performance.now() - startedAt) / 1000);
console.log(`\n${judged.length - wrong.length} of ${picked.length} caught, seed ${seed}, ${seconds} s`);
process.exitCode = isControlClean && wrong.length === 0 && judged.length === picked.length && picked.length > 0 ? 0 : 1;
