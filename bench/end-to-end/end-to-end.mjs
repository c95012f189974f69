/**
 * The producer over TLS on loopback, against a LocalKinesis that counts: records a second, and the cost of each. The
 * producer and the sink have separate processes, new ones for each run; the cases take turns. Also: memory per pending
 * record, latency at half the load, an idle producer. Prints tables with the targets beside the results, and writes
 * each run as a line of JSON to build/end-to-end/runs.jsonl.
 *
 *     npm run bench end-to-end -- [--only <regexp>] [--runs <n>] [--seconds <n>] [--warm-up <n>] [--window <n>]
 *         [--option <name>=<value>] [--node-flag <flag>] [--plain] [--profile] [--dist <folder>]
 *
 * `--option` sets an option of the producer for every case (`lingerMs=5`); without it, all but `shardLimits` are the defaults.
 * `--node-flag=--max-semi-space-size=64` is for the producer's process. `--profile` runs each case once under the
 * profiler, and prints where the time is spent; these figures are not for comparison. `--dist` measures another build of the package.
 */
import { appendFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { machine, median, positive, show, table } from "../statistics.mjs";
import { CASES } from "./cases.mjs";
import { runCase } from "./load-run.mjs";
import { kindsOf, topOf } from "./profile.mjs";
import { SPECIAL_CASES } from "./special-cases.mjs";
import { targetOf } from "./targets.mjs";
import { OUTPUT } from "./trust.mjs";

/**
 * @typedef {import("./cases.mjs").BenchCase} BenchCase
 * @typedef {import("./load-run.mjs").Sample} Sample
 */

const TOP = 25;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    runs: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
    "warm-up": { type: "string", default: "4" },
    window: { type: "string", default: "90000" },
    option: { type: "string", multiple: true, default: [] },
    "node-flag": { type: "string", multiple: true, default: [] },
    dist: { type: "string", default: "dist" },
    plain: { type: "boolean", default: false },
    profile: { type: "boolean", default: false },
  },
});
const runs = positive("runs", values.runs);
/** @type {import("./load-run.mjs").LoadSettings} */
const settings = {
  dist: resolve(values.dist),
  tls: !values.plain,
  warmUp: positive("warm-up", values["warm-up"]),
  seconds: positive("seconds", values.seconds),
  window: positive("window", values.window),
  nodeFlags: values["node-flag"],
  options: Object.fromEntries(values.option.map(readOption)),
};
const pattern = new RegExp(values.only, "i");

/**
 * @param {string} text
 * @returns {[string, unknown]}
 */
function readOption(text) {
  const [, name = "", value = ""] = /^(\w+)=(.+)$/.exec(text) ?? [];
  if (name === "") throw new Error(`--option must be <name>=<value>, got ${text}`);
  try {
    return [name, JSON.parse(value)];
  } catch {
    return [name, value];
  }
}

/** @param {BenchCase[]} picked */
async function measureLoad(picked) {
  const log = join(OUTPUT, "runs.jsonl");
  mkdirSync(OUTPUT, { recursive: true });
  rmSync(log, { force: true });
  const taken = new Map(picked.map((each) => [each, /** @type {Sample[]} */ ([])]));
  for (let run = 1; run <= runs; run++) {
    for (const [benchCase, samples] of taken) {
      const sample = await runCase(benchCase, settings);
      samples.push(sample);
      appendFileSync(log, `${JSON.stringify({ run, ...sample })}\n`);
      const { title, recordsPerSecond, cpuUs } = sample;
      console.error(`${run}/${runs}  ${title}: ${show(recordsPerSecond)} records/s, ${show(cpuUs)} µs`);
    }
  }
  console.log(
    `${machine()}, medians of ${runs} runs of ${settings.seconds} s, each after ${settings.warmUp} s of the same`,
  );
  console.log(described());
  console.log(`\n${loadTable(taken)}\n\nEach run: ${relative(process.cwd(), log)}`);
}

function described() {
  const given = [...values.option, ...values["node-flag"]].join(", ") || "none";
  const wire = settings.tls ? "TLS" : "plain HTTP";
  return `over ${wire}; put keeps ${show(settings.window)} records outstanding; options beside the defaults: ${given}`;
}

/** @param {Map<BenchCase, Sample[]>} taken */
function loadTable(taken) {
  const medians = new Map(
    [...taken].map(([{ title }, samples]) => [
      title,
      (/** @type {Exclude<keyof Sample, "title">} */ name) => median(samples.map((sample) => sample[name])),
    ]),
  );
  const head = [
    "case",
    "records/s",
    "wanted",
    "CPU µs a record",
    "lowest to highest",
    "wanted",
    "GC %",
    "loop delay p99 ms",
  ];
  head.push("peak RSS MB", "sink CPU µs", "requests/s", "records in a Kinesis record", "its bytes", "MB a request");
  const rows = [...taken].map(([benchCase, samples]) => {
    const of = /** @type {NonNullable<ReturnType<typeof medians.get>>} */ (medians.get(benchCase.title));
    const target = targetOf(benchCase);
    const cpu = samples.map(({ cpuUs }) => cpuUs).sort((a, b) => a - b);
    const base = target.of === undefined ? undefined : medians.get(target.of.title)?.("cpuUs");
    const relation =
      target.of === undefined ? "" : `≤ ${target.of.atMost} × ${base === undefined ? target.of.title : show(base)}`;
    return [
      benchCase.title,
      show(of("recordsPerSecond")),
      target.recordsPerSecond === undefined ? "" : `≥ ${show(target.recordsPerSecond)}`,
      show(of("cpuUs")),
      `${show(cpu[0] ?? 0)} to ${show(cpu.at(-1) ?? 0)}`,
      target.cpuUs === undefined ? relation : `≤ ${show(target.cpuUs)}`,
      show(of("gcShare") * 100),
      show(of("delayP99Ms")),
      show(of("peakRssMb")),
      show(of("sinkCpuUs")),
      show(of("requestsPerSecond")),
      show(of("recordsPerKinesisRecord")),
      show(of("bytesPerKinesisRecord")),
      show(of("mbPerRequest")),
    ];
  });
  return table(head, rows);
}

/** @param {BenchCase[]} picked */
async function profile(picked) {
  mkdirSync(OUTPUT, { recursive: true });
  /** @type {Map<string, Map<string, number>>} */
  const kinds = new Map();
  for (const benchCase of picked) {
    const file = join(OUTPUT, `${benchCase.title.replaceAll(/[^\w]+/g, "-")}.cpuprofile`);
    const { recordsPerSecond, cpuUs } = await runCase(benchCase, { ...settings, profile: file });
    /** @type {import("./profile.mjs").Profile} */
    const taken = JSON.parse(readFileSync(file, "utf8"));
    const rows = topOf(taken, TOP).map(({ name, share }) => [name, show(share * 100)]);
    kinds.set(benchCase.title, new Map(kindsOf(taken).map(({ name, share }) => [name, share])));
    console.log(`\n${benchCase.title}: ${show(recordsPerSecond)} records/s, ${show(cpuUs)} µs under the profiler`);
    console.log(
      `${relative(process.cwd(), file)}\n\n${table(["self time, of the time that was not idle", "%"], rows)}`,
    );
  }
  console.log(`\n${machine()}\n\n${kindTable(kinds)}`);
}

/** Kinds of work in rows, cases in columns. @param {ReadonlyMap<string, ReadonlyMap<string, number>>} kinds */
function kindTable(kinds) {
  const names = [...new Set([...kinds.values()].flatMap((shares) => [...shares.keys()]))];
  const rows = names.map((name) => [name, ...[...kinds.values()].map((shares) => show((shares.get(name) ?? 0) * 100))]);
  return table(["% of the main thread's time", ...kinds.keys()], rows);
}

const picked = CASES.filter(({ title }) => pattern.test(title));
const special = SPECIAL_CASES.filter(({ title }) => pattern.test(title));
if (picked.length + special.length === 0) {
  throw new Error(
    `no case matches ${values.only}; there are\n  ${[...CASES, ...SPECIAL_CASES].map(({ title }) => title).join("\n  ")}`,
  );
}
if (values.profile) await profile(picked);
else {
  if (picked.length > 0) await measureLoad(picked);
  for (const { title, measure } of special) console.log(`\n${title}\n\n${await measure(settings, runs)}`);
}
