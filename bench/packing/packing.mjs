/**
 * How well the producer packs: bytes and PUT payload units of its requests, compared with the ideal for the same
 * records, in virtual time. The ideal knows the future, and keeps no record longer than the linger; a second ideal has
 * no linger. Records come evenly, at a rate that gives the busiest shard a share of its limit. The producer has its
 * defaults.
 *
 *     npm run bench packing -- [--seconds <n>] [--only <regexp>]
 *
 * Compressed runs have their own table (compressed.mjs). Fails when a row at 90 % of a shard's limit misses its target.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { KinesisProducer } from "kinesis-producer";
import { ManualClock, seededRandom } from "kinesis-producer/testing";
import { keysOf } from "../end-to-end/workload.mjs";
import { positive, show, table } from "../statistics.mjs";
import { COMPRESSED_CASES, COMPRESSED_TARGETS, measureCompressed } from "./compressed.mjs";
import { IdealShard } from "./ideal.mjs";
import {
  ANSWER_MS,
  LINGER_MS,
  MAX_AGGREGATE_BYTES,
  SHARD_BYTES_PER_SECOND,
  SHARDS,
  scriptedStream,
  shardOf,
} from "./stream.mjs";

/**
 * @typedef {import("./ideal.mjs").Cost} Cost
 * @typedef {{ title: string, sizes: readonly [min: number, max: number], keys: string, share: number }} PackingCase
 *   `share`: the load of the busiest shard as a share of its limit
 */

/** Allowed ratio to the ideal. */
const MOST_TIMES = 1.02;
const DRAWS = 20_000;
const STEADY = 0.9;
const PLAIN_HEAD = [
  "records, keys, load",
  "records/s",
  "bytes, of the ideal",
  "PUT units, of the ideal",
  "of that without a linger",
  "units wanted",
  "bytes of a Kinesis record",
  "of them in a request",
];
const COMPRESSED_HEAD = [
  "records, codec, load",
  "records/s",
  "stored bytes, of the ideal",
  "wanted",
  "filled, %",
  "by the ideal, %",
  "wanted, %",
  "Kinesis records in a request",
  "times fewer PUT units",
];

/** @type {readonly (readonly [number, number])[]} */
const SIZES = [
  [10, 10],
  [100, 100],
  [1_024, 1_024],
  [5_000, 5_000],
  [10_000, 10_000],
  [20_000, 20_000],
  [40_000, 40_000],
  [10, 1_000],
  [10, 40_000],
];
const KEYS = ["1,000 keys", "1,000 keys, zipf 1.1", "one key", "unique UUID keys"];
const SHARES = [0.05, 0.1, 0.25, 0.5, STEADY];

/** @type {readonly PackingCase[]} */
const CASES = [
  ...SIZES.flatMap((sizes) => KEYS.map((keys) => caseOf(sizes, keys, STEADY))),
  ...[SIZES[1], SIZES[2]].flatMap((sizes) =>
    SHARES.slice(0, -1).map((share) => caseOf(sizes ?? [100, 100], KEYS[0] ?? "", share)),
  ),
];

/**
 * @param {readonly [number, number]} sizes
 * @param {string} keys
 * @param {number} share
 * @returns {PackingCase}
 */
function caseOf(sizes, keys, share) {
  const [min, max] = sizes.map((size) => size.toLocaleString("en"));
  const size = min === max ? `${min} B` : `${min} to ${max} B`;
  return { title: `${size}, ${keys}, ${show(share * 100)} % of a shard`, sizes, keys, share };
}

/** The same records in the same order for every caller. */
class Records {
  #keys;
  #cumulated;
  #random = seededRandom(1);
  #min;
  #ratio;
  #next = 0;

  /** @param {PackingCase} packingCase */
  constructor({ keys, sizes: [min, max] }) {
    this.#keys = keysOf(keys.startsWith("one") ? "one" : keys.startsWith("unique") ? "unique" : "thousand");
    this.#cumulated = keys.includes("zipf") ? cumulatedZipf(this.#keys.length, 1.1) : undefined;
    this.#min = min;
    this.#ratio = max / min;
  }

  /** Sizes are spread evenly over their orders of magnitude. */
  next() {
    const dataBytes = Math.floor(this.#min * this.#ratio ** this.#random());
    return { partitionKey: this.#key(), dataBytes };
  }

  #key() {
    const count = this.#keys.length;
    if (this.#cumulated === undefined) {
      // Unique keys come one after the other, other keys in random order.
      const index = count > 1_000 ? this.#next++ % count : Math.floor(this.#random() * count);
      return /** @type {string} */ (this.#keys[index]);
    }
    const draw = this.#random() * (this.#cumulated.at(-1) ?? 0);
    return /** @type {string} */ (this.#keys[this.#cumulated.findIndex((sum) => draw < sum)]);
  }
}

/**
 * @param {number} count
 * @param {number} exponent
 */
function cumulatedZipf(count, exponent) {
  let sum = 0;
  return Array.from({ length: count }, (_, index) => {
    sum += 1 / (index + 1) ** exponent;
    return sum;
  });
}

/** Ideal packers of every shard. */
class IdealStream {
  #shards;

  /** @param {number} lingerMs */
  constructor(lingerMs) {
    this.#shards = Array.from({ length: SHARDS }, () => new IdealShard(MAX_AGGREGATE_BYTES, lingerMs));
  }

  /**
   * @param {string} key
   * @param {number} dataBytes
   * @param {number} now
   */
  add(key, dataBytes, now) {
    this.#shards[shardOf(key)]?.add(key, dataBytes, now);
  }

  /** The final cost of each shard. */
  costs() {
    for (const shard of this.#shards) shard.end();
    return this.#shards.map(({ cost }) => cost);
  }
}

/**
 * The rate of records a second that gives the busiest shard its share.
 *
 * @param {PackingCase} packingCase
 */
function rateOf(packingCase) {
  const records = new Records(packingCase);
  const ideal = new IdealStream(Number.POSITIVE_INFINITY);
  for (let draw = 0; draw < DRAWS; draw++) {
    const { partitionKey, dataBytes } = records.next();
    ideal.add(partitionKey, dataBytes, 0);
  }
  const busiest = Math.max(...ideal.costs().map(({ bytes }) => bytes));
  return (packingCase.share * SHARD_BYTES_PER_SECOND * DRAWS) / busiest;
}

/**
 * @param {PackingCase} packingCase
 * @param {number} seconds
 * @returns {Promise<{ sent: Cost, ideal: Cost, patient: Cost, perSecond: number, requests: number }>}
 */
async function measure(packingCase, seconds) {
  const perSecond = rateOf(packingCase);
  const clock = new ManualClock();
  const stream = scriptedStream(clock);
  let failed = 0;
  const producer = new KinesisProducer({
    ...{ streamName: "bench", clock, random: seededRandom(1), ...stream.parts },
    onFailed: () => {
      failed++;
    },
  });
  const ideal = new IdealStream(LINGER_MS);
  const patient = new IdealStream(Number.POSITIVE_INFINITY);
  const records = new Records(packingCase);
  const data = Buffer.alloc(Math.max(...packingCase.sizes));
  let put = 0;
  for (let ms = 1; ms <= seconds * 1000; ms++) {
    for (; put < (perSecond * ms) / 1000; put++) {
      const { partitionKey, dataBytes } = records.next();
      ideal.add(partitionKey, dataBytes, ms);
      patient.add(partitionKey, dataBytes, ms);
      const record = { partitionKey, data: data.subarray(0, dataBytes) };
      if (!producer.enqueue(record))
        throw new Error(`${packingCase.title}: the buffer is full, the load is not steady`);
    }
    await clock.advanceAsync(1);
  }
  const closing = producer.close();
  for (let ms = 0; ms < 5_000; ms++) await clock.advanceAsync(1);
  await closing;
  const { userRecordsDelivered } = producer.stats().streams.bench ?? {};
  if (failed > 0 || userRecordsDelivered !== put) throw new Error(`${put} put, ${userRecordsDelivered} delivered`);
  return {
    sent: stream.sent,
    ideal: sumOf(ideal.costs()),
    patient: sumOf(patient.costs()),
    perSecond,
    requests: stream.requests(),
  };
}

/** @param {readonly Cost[]} costs */
function sumOf(costs) {
  const sum = { kinesisRecords: 0, bytes: 0, units: 0 };
  for (const cost of costs) {
    sum.kinesisRecords += cost.kinesisRecords;
    sum.bytes += cost.bytes;
    sum.units += cost.units;
  }
  return sum;
}

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "5" }, only: { type: "string", default: "" } },
});
const seconds = positive("seconds", values.seconds);
const pattern = new RegExp(values.only, "i");
const rows = [];
/** @type {string[]} */
const missed = [];
for (const packingCase of CASES.filter(({ title }) => pattern.test(title))) {
  const { sent, ideal, patient, perSecond, requests } = await measure(packingCase, seconds);
  const [bytes, units] = [sent.bytes / ideal.bytes, sent.units / ideal.units];
  const isHeld = packingCase.share === STEADY;
  if (isHeld && Math.max(bytes, units) > MOST_TIMES) missed.push(packingCase.title);
  rows.push([
    packingCase.title,
    show(perSecond),
    bytes.toFixed(3),
    units.toFixed(3),
    (sent.units / patient.units).toFixed(3),
    isHeld ? `≤ ${MOST_TIMES}` : "",
    show(sent.bytes / sent.kinesisRecords),
    show(sent.kinesisRecords / requests),
  ]);
  console.error(`${packingCase.title}: bytes ${bytes.toFixed(3)}, units ${units.toFixed(3)}`);
}
/** @type {string[][]} */
const compressedRows = [];
for (const compressedCase of COMPRESSED_CASES.filter(({ title }) => pattern.test(title))) {
  const { title } = compressedCase;
  const { perSecond, bytes, fill, idealFill, kinesisRecords, requests, rawBytes, units } = await measureCompressed(
    compressedCase,
    seconds,
  );
  if (bytes > COMPRESSED_TARGETS.bytes || fill < COMPRESSED_TARGETS.fill) missed.push(title);
  const filled = [fill, idealFill].map((share) => show(share * 100));
  const unitsRatio = Math.ceil(rawBytes / 25_600) / units;
  compressedRows.push([
    title,
    show(perSecond),
    bytes.toFixed(3),
    `≤ ${COMPRESSED_TARGETS.bytes}`,
    ...filled,
    `≥ ${COMPRESSED_TARGETS.fill * 100}`,
    show(kinesisRecords / requests),
    show(unitsRatio),
  ]);
  console.error(`${title}: bytes ${bytes.toFixed(3)}, filled ${fill.toFixed(3)}`);
}
if (rows.length + compressedRows.length === 0) throw new Error(`no case matches ${values.only}`);
console.log(`${seconds} s of virtual time each, answers after ${ANSWER_MS} ms, options at their defaults`);
if (rows.length > 0) console.log(`\n${table(PLAIN_HEAD, rows)}`);
if (compressedRows.length > 0) console.log(`\n${table(COMPRESSED_HEAD, compressedRows)}`);
for (const title of missed) console.error(`missed: ${title}`);
if (missed.length > 0) process.exitCode = 1;
