/**
 * Compressed aggregates on real records: what is stored, what it costs, and how fast it is read. docs/compression.md has the
 * table. The set-up is that of the bench end-to-end; each run with compression has a run without it next to it, and the table shows medians of their ratios.
 *
 *     npm run bench compression -- [--only <regexp>] [--codec <name> …] [--runs <n>] [--seconds <n>] [--warm-up <n>]
 *
 * zstd takes part where Node.js has it. `--only` selects data sets, or "reading". Fails when a figure misses its target.
 */
import { resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import zlib from "node:zlib";
import { billOf, evenTraffic } from "#bill";
import { machine, median, positive, show, table } from "../statistics.mjs";
import { aggregatesOf, readingSpeed } from "./compressed-reading.mjs";
import { runCase } from "./load-run.mjs";
import { REAL_SETS, realRecords } from "./real-records.mjs";

/**
 * @typedef {import("./load-run.mjs").Sample} Sample
 * @typedef {import("./real-records.mjs").RealSet} RealSet
 * @typedef {"gzip" | "lz4" | "zstd"} Codec
 */

const MAX_AGGREGATE_BYTES = 51_200;
const HAS_ZSTD = "zstdCompressSync" in zlib;
/** Records a second of the bill, which is for a month with one reader. */
const BILLED_PER_SECOND = 50_000;
const SMALL = "events of 100 B";
const WIDE = "events of 30 fields";

/** Ratios to the same records without compression, and records a second. Only zstd has targets of speed. */
const TARGETS = {
  storedZstd: 1 / 5,
  wide: { cpu: 1, mainCpu: 0.6, speed: 1.2 },
  small: { cpu: 1.3 },
  fill: 0.9,
  reading: 1_000_000,
};

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    codec: { type: "string", multiple: true, default: ["gzip", "lz4", ...(HAS_ZSTD ? ["zstd"] : [])] },
    runs: { type: "string", default: "3" },
    seconds: { type: "string", default: "3" },
    "warm-up": { type: "string", default: "4" },
    dist: { type: "string", default: "dist" },
  },
});
const pattern = new RegExp(values.only, "i");
const codecs = /** @type {Codec[]} */ (values.codec);
const runs = positive("runs", values.runs);
const dist = resolve(values.dist);
/** @type {import("./load-run.mjs").LoadSettings} */
const settings = {
  dist,
  tls: true,
  warmUp: positive("warm-up", values["warm-up"]),
  seconds: positive("seconds", values.seconds),
  window: 90_000,
  nodeFlags: [],
  options: {},
};
/** @type {string[]} */
const missed = [];

/**
 * @param {RealSet} real
 * @param {Codec} [compression]
 */
function benchCase(real, compression) {
  const title = `${real}, ${compression ?? "uncompressed"}`;
  const options = compression === undefined ? {} : { compression };
  return {
    ...{ title, baseTitle: title, size: 0, real, options, shards: 4 },
    how: /** @type {const} */ ("enqueue"),
    keys: /** @type {const} */ ("thousand"),
  };
}

/** @param {RealSet} real */
async function measureSet(real) {
  /** @type {Map<Codec | undefined, Sample[]>} */
  const taken = new Map([[undefined, []], ...codecs.map((codec) => /** @type {[Codec, Sample[]]} */ ([codec, []]))]);
  for (let run = 1; run <= runs; run++) {
    for (const [codec, samples] of taken) {
      const sample = await runCase(benchCase(real, codec), settings);
      samples.push(sample);
      console.error(`${run}/${runs}  ${sample.title}: ${show(sample.recordsPerSecond)}/s, ${show(sample.cpuUs)} µs`);
    }
  }
  const plain = taken.get(undefined) ?? [];
  const records = realRecords(real);
  const meanBytes = records.reduce((sum, { length }) => sum + length, 0) / records.length;
  return [...taken].map(([codec, samples]) => rowOf({ real, codec, meanBytes, samples, plain }));
}

/**
 * @param {{ real: RealSet, codec: Codec | undefined, meanBytes: number, samples: Sample[], plain: Sample[] }} measured
 * @returns {string[]}
 */
function rowOf({ real, codec, meanBytes, samples, plain }) {
  const of = (/** @type {(sample: Sample) => number} */ value) => median(samples.map(value));
  const ratio = (/** @type {(sample: Sample) => number} */ value) =>
    median(samples.map((sample, run) => value(sample) / value(/** @type {Sample} */ (plain[run]))));
  const stored = ratio((sample) => sample.bytesPerKinesisRecord / sample.recordsPerKinesisRecord);
  const speed = ratio(({ recordsPerSecond }) => recordsPerSecond);
  const cpu = ratio(({ cpuUs }) => cpuUs);
  const mainCpu = ratio(({ mainCpuUs }) => mainCpuUs);
  const fill = of(({ bytesPerKinesisRecord }) => bytesPerKinesisRecord) / MAX_AGGREGATE_BYTES;
  // Invented events of 100 B compress better than the 16 times that an aggregate may grow (decisions/0086).
  if (codec !== undefined && real !== SMALL) hold(`${real}, ${codec}: filled`, fill, { atLeast: TARGETS.fill });
  if (codec === "zstd") holdZstd(real, { stored, speed, cpu, mainCpu });
  return [
    `${real}, ${show(meanBytes)} B`,
    codec ?? "",
    show(of(({ recordsPerSecond }) => recordsPerSecond)),
    show(of(({ cpuUs }) => cpuUs)),
    ...(codec === undefined ? ["", "", "", ""] : [show(1 / stored), ...[cpu, mainCpu, speed].map((n) => n.toFixed(2))]),
    show(fill * 100),
    ...billsOf(samples),
  ];
}

/**
 * On demand, and provisioned.
 *
 * @param {Sample[]} samples
 */
function billsOf(samples) {
  const kinesisRecords =
    BILLED_PER_SECOND / median(samples.map(({ recordsPerKinesisRecord }) => recordsPerKinesisRecord));
  const bytes = kinesisRecords * median(samples.map(({ bytesPerKinesisRecord }) => bytesPerKinesisRecord));
  const { onDemand, provisioned } = billOf(evenTraffic(kinesisRecords, bytes), 1, { readers: 1 });
  return [onDemand, provisioned].map(({ total }) => `$${Math.round(total).toLocaleString("en")}`);
}

/**
 * @param {RealSet} real
 * @param {{ stored: number, speed: number, cpu: number, mainCpu: number }} ratios
 */
function holdZstd(real, { stored, speed, cpu, mainCpu }) {
  hold(`${real}, zstd: stored bytes`, stored, { atMost: TARGETS.storedZstd });
  if (real === SMALL) hold(`${real}, zstd: CPU`, cpu, { atMost: TARGETS.small.cpu });
  if (real !== WIDE) return;
  hold(`${real}, zstd: CPU`, cpu, { atMost: TARGETS.wide.cpu });
  hold(`${real}, zstd: CPU of the main thread`, mainCpu, { atMost: TARGETS.wide.mainCpu });
  hold(`${real}, zstd: records a second`, speed, { atLeast: TARGETS.wide.speed });
}

/**
 * @param {string} what
 * @param {number} value
 * @param {{ atMost?: number, atLeast?: number }} target
 */
function hold(what, value, { atMost = Number.POSITIVE_INFINITY, atLeast = 0 }) {
  if (value > atMost) missed.push(`${what}: ${value.toFixed(3)}, wanted at most ${atMost}`);
  if (value < atLeast) missed.push(`${what}: ${value.toFixed(3)}, wanted at least ${atLeast}`);
}

async function measureReading() {
  const rows = [];
  for (const codec of [undefined, ...codecs]) {
    const records = await aggregatesOf(dist, SMALL, codec);
    const { perSecond, count } = await readingSpeed(dist, records, runs);
    if (codec !== undefined) hold(`reading, ${codec}`, perSecond, { atLeast: TARGETS.reading });
    rows.push([codec ?? "uncompressed", show(perSecond), `${show(count)} in ${records.length}`]);
  }
  return table([`deaggregateAll, ${SMALL}`, "records/s", "records in Kinesis records"], rows);
}

const sets = REAL_SETS.filter((real) => pattern.test(real));
const isReading = pattern.test("reading");
if (sets.length === 0 && !isReading) throw new Error(`no set matches ${values.only}: ${REAL_SETS.join(", ")}, reading`);
console.log(`${machine()}; enqueue over TLS, 1,000 keys, 4 shards, medians of ${runs} runs of ${settings.seconds} s\n`);
if (sets.length > 0) {
  const rows = [];
  for (const real of sets) rows.push(...(await measureSet(real)));
  const head = ["records", "codec", "records/s", "CPU µs a record", "times fewer bytes"];
  const ratios = ["CPU, ×", "main thread, ×", "records/s, ×", "filled, %"];
  console.log(table([...head, ...ratios, "bill on demand", "bill provisioned"], rows));
  console.log(`\nBills: a month of ${show(BILLED_PER_SECOND)} records/s with one reader.`);
}
if (isReading) console.log(`\n${await measureReading()}`);
for (const each of missed) console.error(`missed: ${each}`);
if (missed.length > 0) process.exitCode = 1;
