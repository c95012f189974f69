/**
 * Runs micro-benchmarks: `npm run bench micro -- <regular expression>` selects cases by the path and name in the table;
 * without one, all run. Each case has a separate process, so that no case finds code optimized for another. The cases
 * take turns, so that a slow minute of the machine affects all of them.
 *
 *     npm run bench micro -- [--runs <n>] [regular expression]
 */
import { fork } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { add, suite } from "benny";
import { sourceFiles } from "../../scripts/source-files.mjs";
import { machine, median, show } from "../statistics.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const SOURCES = join(root, "bench/micro");
const COMPILED = join(root, "build/bench/bench/micro");

/**
 * @typedef {{ file: string, index: number, title: string, records: number }} Picked
 * @typedef {{ nsPerRecord: number, cpuNsPerRecord: number, marginPercent: number }} Sample
 */

/**
 * @param {string} file
 * @returns {Promise<readonly import("./bench-case.js").BenchCase[]>}
 */
async function casesOf(file) {
  const module = await import(pathToFileURL(join(COMPILED, file.replace(/\.ts$/, ".js"))).href);
  return module.cases;
}

/**
 * @param {RegExp} pattern
 * @returns {Promise<Picked[]>}
 */
async function pick(pattern) {
  /** @type {Picked[]} */
  const picked = [];
  for (const file of sourceFiles(SOURCES)) {
    if (!file.endsWith(".bench.ts")) continue;
    for (const [index, { name, records }] of (await casesOf(file)).entries()) {
      const title = `${file.replace(/\.bench\.ts$/, "")} ${name}`;
      if (pattern.test(title)) picked.push({ file, index, title, records });
    }
  }
  return picked;
}

/**
 * Measures one case in this process, warmed up first, and sends the result to the parent.
 *
 * @param {string} file
 * @param {number} index
 */
async function measure(file, index) {
  const picked = (await casesOf(file))[index];
  if (picked === undefined) throw new Error(`no case ${index} in ${file}`);
  const run = picked.setUp();
  let consumed = 0;
  const warmUntil = performance.now() + 500;
  while (performance.now() < warmUntil) consumed = (consumed + run()) | 0;
  globalThis.gc?.();
  let calls = 0;
  const before = process.cpuUsage();
  const { results } = await suite(
    picked.name,
    add(
      picked.name,
      () => {
        consumed = (consumed + run()) | 0;
        calls++;
      },
      { minSamples: 30, maxTime: 1 },
    ),
  );
  const { user, system } = process.cpuUsage(before);
  const [result] = results;
  if (result === undefined || !result.completed) throw new Error(`${picked.name} did not complete`);
  process.send?.({
    nsPerRecord: (result.details.median * 1e9) / picked.records,
    cpuNsPerRecord: ((user + system) * 1e3) / (calls * picked.records),
    marginPercent: result.margin,
    consumed,
  });
}

/**
 * @param {Picked} picked
 * @returns {Promise<Sample>}
 */
function measureApart({ file, index, title }) {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), ["--measure", file, String(index)], {
      cwd: root,
      execArgv: ["--expose-gc"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    /** @type {Sample | undefined} */
    let sample;
    child.on("message", (message) => {
      sample = /** @type {Sample} */ (message);
    });
    child.on("error", reject);
    child.on("exit", (code) => {
      if (code === 0 && sample !== undefined) resolve(sample);
      else reject(new Error(`${title}: the process ended with ${code}`));
    });
  });
}

/**
 * @param {Picked[]} picked
 * @param {number} runs
 */
async function runAll(picked, runs) {
  /** @type {Map<Picked, Sample[]>} */
  const samples = new Map(picked.map((each) => [each, []]));
  for (let run = 1; run <= runs; run++) {
    for (const [each, taken] of samples) {
      const sample = await measureApart(each);
      taken.push(sample);
      console.error(`${run}/${runs}  ${each.title}: ${show(sample.nsPerRecord)} ns ± ${sample.marginPercent} %`);
    }
  }
  console.log(`\n${machine()}, medians of ${runs} runs\n`);
  console.log("| case | ns per record | lowest to highest run | CPU ns per record |");
  console.log("| --- | ---: | ---: | ---: |");
  for (const [{ title }, taken] of samples) {
    const wall = taken.map(({ nsPerRecord }) => nsPerRecord).sort((a, b) => a - b);
    const cpu = taken.map(({ cpuNsPerRecord }) => cpuNsPerRecord).sort((a, b) => a - b);
    const spread = `${show(wall[0] ?? 0)} to ${show(wall.at(-1) ?? 0)}`;
    console.log(`| ${title} | ${show(median(wall))} | ${spread} | ${show(median(cpu))} |`);
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: "string", default: "3" }, measure: { type: "boolean", default: false } },
});
if (values.measure) {
  const [file, index] = /** @type {[string, string]} */ (positionals);
  await measure(file, Number(index));
} else {
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs must be a whole number from 1, got ${values.runs}`);
  const picked = await pick(new RegExp(positionals.join(" "), "i"));
  if (picked.length === 0) throw new Error(`no case matches ${positionals.join(" ")}`);
  await runAll(picked, runs);
}
