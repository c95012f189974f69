/**
 * Believes no check that it has not seen failing: plants each bug of the tables beside this file in a copy of the tree, runs
 * schedules, or the unit test that the table names, and fails if one survives or its edit does not apply any more.
 *
 *     npm run test:mutants -- [--only <regular expression>] [--seed n] [--schedules 60000] [--processes 2] [--update]
 *
 * `--update` writes the table into docs/reliability.md.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { transpile, transpileTree } from "../transpile.mjs";
import { MUTANTS_OF_CLIENTS } from "./mutants-of-clients.mjs";
import { MUTANTS_OF_ENDING } from "./mutants-of-ending.mjs";
import { MUTANTS_OF_EXCHANGES } from "./mutants-of-exchanges.mjs";
import { MUTANTS_OF_GUARANTEES } from "./mutants-of-guarantees.mjs";
import { MUTANTS_OF_JUDGING } from "./mutants-of-judging.mjs";
import { MUTANTS_OF_MEMORY } from "./mutants-of-memory.mjs";
import { MUTANTS_OF_ORDER } from "./mutants-of-order.mjs";
import { MUTANTS_OF_PACE } from "./mutants-of-pace.mjs";
import { MUTANTS_OF_RECREATION } from "./mutants-of-recreation.mjs";
import { MUTANTS_OF_ROOM } from "./mutants-of-room.mjs";
import { MUTANTS_OF_SERVICE_TROUBLE } from "./mutants-of-service-trouble.mjs";
import { MUTANTS_OF_SETTLING } from "./mutants-of-settling.mjs";
import { MUTANTS_OF_TELLING } from "./mutants-of-telling.mjs";
import { runWorker } from "./run-worker.mjs";

const MUTANTS = [
  ...MUTANTS_OF_CLIENTS,
  ...MUTANTS_OF_ENDING,
  ...MUTANTS_OF_EXCHANGES,
  ...MUTANTS_OF_GUARANTEES,
  ...MUTANTS_OF_JUDGING,
  ...MUTANTS_OF_MEMORY,
  ...MUTANTS_OF_ORDER,
  ...MUTANTS_OF_PACE,
  ...MUTANTS_OF_RECREATION,
  ...MUTANTS_OF_ROOM,
  ...MUTANTS_OF_SERVICE_TROUBLE,
  ...MUTANTS_OF_SETTLING,
  ...MUTANTS_OF_TELLING,
];

/** A schedule that does not end is a bug that was seen. */
const TIMEOUT_MS = 180_000;
const BATCH = 5_000;
/** What the tree must pass unchanged. */
const CONTROL = 5_000;

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
 * @typedef {{ mutant: Mutant, verdict: "caught" | "SURVIVED" | "DOES NOT APPLY", by: string, detail: string }} Judged
 */

/**
 * The files that a mutant changes, changed.
 *
 * @param {Mutant} mutant
 * @returns {Map<string, string>} path → text
 */
function planted({ edits }) {
  /** @type {Map<string, string>} */
  const texts = new Map();
  for (const { file, find, replace } of edits) {
    const text = texts.get(file) ?? readFileSync(join(root, file), "utf8");
    if (text.split(find).length !== 2) throw new Error(`${file} has ${text.split(find).length - 1} times: ${find}`);
    texts.set(
      file,
      text.replace(find, () => replace),
    );
  }
  return texts;
}

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
 * @param {string} tree
 * @param {string} file
 * @returns {Promise<boolean>} whether it passes
 */
function passesUnitTest(tree, file) {
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const child = spawn(process.execPath, [vitest, "run", "--project=unit", file], {
    cwd: tree,
    stdio: "ignore",
    timeout: TIMEOUT_MS,
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code === 0));
  });
}

/**
 * What fails without any mutant would catch every one.
 *
 * @param {readonly Mutant[]} mutants
 * @param {string} scratch
 * @param {string} transpiled
 * @returns {Promise<string | undefined>} what fails
 */
async function problemUnchanged(mutants, scratch, transpiled) {
  const { report } = await runSchedules(transpiled, CONTROL);
  if (report !== undefined) return report;
  const tree = join(scratch, "unchanged-sources");
  copySources(tree);
  for (const file of new Set(mutants.flatMap(({ caughtBy }) => caughtBy ?? [])))
    if (!(await passesUnitTest(tree, file))) return `${file} fails`;
  return undefined;
}

/**
 * @param {Mutant} mutant
 * @param {string} scratch
 * @param {string} transpiled - the tree without mutants
 * @param {number} index
 * @returns {Promise<Judged>}
 */
async function judge(mutant, scratch, transpiled, index) {
  /** @type {Map<string, string>} */
  let texts;
  try {
    texts = planted(mutant);
  } catch (error) {
    return { mutant, verdict: "DOES NOT APPLY", by: "", detail: /** @type {Error} */ (error).message };
  }
  const tree = join(scratch, `mutant-${index}`);
  try {
    const { caughtBy } = mutant;
    if (caughtBy !== undefined) {
      copySources(tree);
      for (const [file, text] of texts) writeFileSync(join(tree, file), text);
      const isCaught = !(await passesUnitTest(tree, caughtBy));
      return { mutant, verdict: isCaught ? "caught" : "SURVIVED", by: `\`${caughtBy}\``, detail: "" };
    }
    cpSync(transpiled, tree, { recursive: true });
    for (const [file, text] of texts) writeFileSync(join(tree, file.replace(/\.ts$/, ".js")), transpile(text, file));
    const { ran, report } = await runSchedules(tree, most);
    if (report === undefined) return { mutant, verdict: "SURVIVED", by: `${ran} schedules`, detail: "" };
    return { mutant, verdict: "caught", by: `${ran} schedule${ran === 1 ? "" : "s"}`, detail: report.trim() };
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** @param {string} tree */
function copySources(tree) {
  const programs = ["scripts/transpile.mjs", "scripts/source-files.mjs"];
  const settings = ["vitest.config.ts", "package.json", "tsconfig.json"];
  for (const path of ["src", "test/unit", "test/support", ...programs, ...settings])
    cpSync(join(root, path), join(tree, path), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
}

/**
 * @param {readonly Mutant[]} mutants
 * @param {string} scratch
 * @param {string} transpiled
 */
async function judgeAll(mutants, scratch, transpiled) {
  /** @type {Judged[]} */
  const judged = [];
  const left = [...mutants.entries()];
  const next = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      const verdict = await judge(item[1], scratch, transpiled, item[0]);
      judged.push(verdict);
      console.log(`${verdict.verdict}: ${verdict.mutant.name} (${verdict.by}) ${verdict.detail.slice(0, 160)}`);
    }
  };
  await Promise.all(Array.from({ length: processes }, next));
  return judged;
}

const picked = MUTANTS.filter(({ name }) => new RegExp(values.only, "i").test(name));
const scratch = mkdtempSync(join(tmpdir(), "kinesis-producer-mutants-"));
/** @type {readonly Judged[]} */
let judged = [];
let isControlClean = false;
/** @type {(path: string, name: string, text: string) => void} */
let replaceSection = () => undefined;
try {
  symlinkSync(join(root, "node_modules"), join(scratch, "node_modules"));
  const transpiled = join(scratch, "unchanged");
  transpileTree(root, transpiled, ["src", "test/support"]);
  ({ replaceSection } = await import(pathToFileURL(join(transpiled, "test/support/document.js")).href));
  const problem = await problemUnchanged(picked, scratch, transpiled);
  isControlClean = problem === undefined;
  if (isControlClean) judged = await judgeAll(picked, scratch, transpiled);
  else console.error(`the tree fails without any mutant: ${problem}`);
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
console.log(`\n${judged.length - wrong.length} of ${picked.length} caught, seed ${seed}`);
process.exitCode = isControlClean && wrong.length === 0 && judged.length === picked.length && picked.length > 0 ? 0 : 1;
