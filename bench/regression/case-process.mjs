/**
 * One case on one build of the package, in a separate process: a fixed number of records, after a warm-up of the same
 * number. Forked by regression.mjs.
 */
import process from "node:process";
import { pathToFileURL } from "node:url";
import { newProducer } from "../end-to-end/bench-producer.mjs";
import { Workload } from "../end-to-end/workload.mjs";

/**
 * @typedef {{ kind: "put" | "enqueue", size: number, shards: number, real?: import("../end-to-end/real-records.mjs").RealSet, compression?: "gzip" }} ProducerWork
 * @typedef {ProducerWork | { kind: "deaggregate", size: number }} Work
 * @typedef {{ dist: string, work: Work, records: number }} CaseRun
 */

const BURST = 500;
const HASH_KEYS = 2n ** 128n;
const SEQUENCE_NUMBER = "49637420293847563829374658293746582937465829000000000001";

/** @type {CaseRun} */
const { dist, work, records } = JSON.parse(process.argv[2] ?? "");

/** @param {number} index */
function shardId(index) {
  return `shardId-${String(index).padStart(12, "0")}`;
}

/** @param {number} count */
function evenRanges(count) {
  const startOf = (/** @type {number} */ index) => (HASH_KEYS * BigInt(index)) / BigInt(count);
  return Array.from({ length: count }, (_, index) => ({
    shardId: shardId(index),
    startingHashKey: String(startOf(index)),
    endingHashKey: String(startOf(index + 1) - 1n),
    startingSequenceNumber: "1",
  }));
}

/**
 * The shard of an entry. All entries of this bench have an explicit hash key, or the stream has one shard.
 *
 * @param {{ explicitHashKey?: string | undefined }} entry
 * @param {number} count
 */
function shardOf({ explicitHashKey }, count) {
  if (count === 1 || explicitHashKey === undefined) return 0;
  // Of the range of a shard, the first 52 bits are enough here: no hash key lies so near to an end.
  return Number((BigInt(explicitHashKey) * BigInt(count)) / HASH_KEYS);
}

/**
 * A stream that takes everything at once, so only the producer is measured.
 *
 * @param {ProducerWork} producerWork
 */
async function producing({ kind, size, shards, real, compression }) {
  const accepted = Array.from({ length: shards }, (_, index) => ({
    shardId: shardId(index),
    sequenceNumber: SEQUENCE_NUMBER,
  }));
  const answerOf = (/** @type {{ explicitHashKey?: string | undefined }} */ entry) =>
    /** @type {(typeof accepted)[number]} */ (accepted[shardOf(entry, shards)]);
  let delivered = 0;
  const onPut = () => {
    delivered++;
  };
  const producer = await newProducer(dist, {
    ...(compression === undefined ? {} : { compression }),
    transport: {
      putRecords: async ({ entries }) => ({ kind: "answered", entries: entries.map(answerOf) }),
    },
    directory: {
      listShards: async () => ({ kind: "shards", shards: evenRanges(shards) }),
      describeStream: async () => ({ kind: "summary", recordDistribution: "USER_PARTITION_KEY" }),
    },
    onDelivery: (batch) => {
      delivered += batch.length;
    },
  });
  const workload = new Workload("thousand", size, real);
  await producer.ready();
  return async () => {
    const until = delivered + records;
    for (let burst = 0; burst < records / BURST; burst++) {
      for (let i = 0; i < BURST; i++) {
        const record = workload.next();
        if (kind === "put") void producer.put(record).then(onPut);
        else while (!producer.enqueue(record)) await producer.ready();
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    await producer.flush();
    if (delivered !== until) throw new Error(`${delivered} of ${until} delivered`);
  };
}

/**
 * Opens aggregates of 51,200 bytes, made by the same build, with a check of their MD5.
 *
 * @param {number} size
 */
async function deaggregating(size) {
  /** @type {typeof import("kinesis-producer/aggregate")} */
  const { RecordAggregator } = await import(pathToFileURL(`${dist}/aggregate/index.js`).href);
  /** @type {typeof import("kinesis-producer/deaggregate")} */
  const reader = await import(pathToFileURL(`${dist}/deaggregate/index.js`).href);
  const workload = new Workload("thousand", size);
  const aggregator = new RecordAggregator();
  let packed = 0;
  while (aggregator.tryAdd(workload.next()) === "added") packed++;
  const aggregate = aggregator.take();
  if (aggregate === undefined) throw new Error("nothing was packed");
  return async () => {
    let bytes = 0;
    for (let opened = 0; opened < records; opened += packed) {
      for (const { data, partitionKey = "" } of reader.deaggregate(aggregate))
        bytes += data.length + partitionKey.length;
    }
    const expected = Math.ceil(records / packed) * packed * (size + 8);
    if (bytes !== expected) throw new Error(`${bytes} of ${expected} bytes came out`);
  };
}

const run = await (work.kind === "deaggregate" ? deaggregating(work.size) : producing(work));
await run();
const before = process.cpuUsage();
await run();
const { user, system } = process.cpuUsage(before);
process.send?.((user + system) / records);
process.disconnect();
