/**
 * The schedules of `test/property/pipeline.property.test.ts`, many of them, without a test runner. Prints the seed and
 * the speed. For a schedule that fails, prints its seed and the smallest counterexample, and exits with 1.
 *
 *     npm run test:schedules -- [--count 1000000] [--seed n] [--processes 2]
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { transpileTree } from "../transpile.mjs";
import { runWorker } from "./run-worker.mjs";

const BATCH = 5_000;
const PROGRESS_MS = 30_000;

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({
  options: {
    count: { type: "string", default: "1000000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
    processes: { type: "string", default: "1" },
  },
});
const count = wholeNumber("count", values.count, 1, 1e9);
const seed = wholeNumber("seed", values.seed, -(2 ** 31), 2 ** 31 - 1);
const processes = wholeNumber("processes", values.processes, 1, 64);

/**
 * @param {string} name
 * @param {string} text
 * @param {number} min
 * @param {number} max
 */
function wholeNumber(name, text, min, max) {
  const number = Number(text);
  if (Number.isInteger(number) && number >= min && number <= max) return number;
  console.error(`--${name} must be a whole number from ${min} to ${max}, got ${text}`);
  process.exit(2);
}

const startedAt = performance.now();
let ran = 0;

function pace() {
  const minutes = (performance.now() - startedAt) / 60_000;
  const perMinute = Math.round(ran / minutes).toLocaleString("en");
  return `${ran.toLocaleString("en")} of ${count.toLocaleString("en")} after ${minutes.toFixed(1)} min, ${perMinute} a minute`;
}

const tree = join(root, "build", `schedules-${process.pid}`);
/** @type {import("./worker.mjs").WorkerMessage["failure"]} */
let failure;
const crashes = [];
try {
  transpileTree(root, tree, ["src", "test/support"]);
  console.log(
    `${count.toLocaleString("en")} schedules, seed ${seed}, processes ${processes}, Node.js ${process.version}`,
  );
  const batches = Math.ceil(count / BATCH);
  const shared = { batches, batchSize: BATCH, lastSize: count - (batches - 1) * BATCH, seed, shrink: true };
  const workers = Array.from({ length: Math.min(processes, batches) }, (_, i) =>
    runWorker(tree, { ...shared, firstBatch: i, everyBatch: processes }, (message) => {
      ran += message.ran;
      failure ??= message.failure;
      if (message.failure !== undefined) for (const worker of workers) worker.kill();
    }),
  );
  const progress = setInterval(() => console.log(pace()), PROGRESS_MS);
  const ends = await Promise.all(workers.map(({ ended }) => ended));
  clearInterval(progress);
  if (failure === undefined) crashes.push(...ends.filter(({ status }) => status !== 0));
} finally {
  rmSync(tree, { recursive: true, force: true });
}

console.log(pace());
if (failure !== undefined) {
  console.error(`${failure.problem}\n${failure.report}`);
  console.error(`replay: npm run test:schedules -- --seed ${failure.seed} --count ${BATCH}`);
}
for (const { status, output } of crashes) console.error(`a process ended with ${status}:\n${output}`);
const isClean = failure === undefined && crashes.length === 0 && ran === count;
console.log(isClean ? `clean: ${ran.toLocaleString("en")} schedules, seed ${seed}` : "FAILED");
process.exitCode = isClean ? 0 : 1;
