/**
 * One case on one build of the package, in a separate process: a fixed number of records, after a warm-up of the same
 * number. Forked by regression.mjs.
 */
import process from "node:process";
import { pathToFileURL } from "node:url";
import { newProducer } from "../end-to-end/bench-producer.mjs";
import { Workload } from "../end-to-end/workload.mjs";

/**
 * @typedef {"enqueue" | "deaggregate"} InProcessCase
 * @typedef {{ dist: string, name: InProcessCase, records: number }} CaseRun
 */

const SIZE = 100;
const BURST = 500;
const MAX_HASH_KEY = 2n ** 128n - 1n;

/** @type {CaseRun} */
const { dist, name, records } = JSON.parse(process.argv[2] ?? "");

/** A stream of one shard that takes everything at once, so only the producer is measured. */
async function enqueue() {
  const shardId = "shardId-000000000000";
  const shard = { shardId, startingHashKey: "0", endingHashKey: String(MAX_HASH_KEY), startingSequenceNumber: "1" };
  const accepted = { shardId, sequenceNumber: "49637420293847563829374658293746582937465829000000000001" };
  let delivered = 0;
  const producer = await newProducer(dist, {
    transport: {
      putRecords: async ({ entries }) => ({ kind: "answered", entries: entries.map(() => accepted) }),
    },
    directory: {
      listShards: async () => ({ kind: "shards", shards: [shard] }),
      describeStream: async () => ({ kind: "summary", recordDistribution: "USER_PARTITION_KEY" }),
    },
    onDelivery: (batch) => {
      delivered += batch.length;
    },
  });
  const workload = new Workload("thousand", SIZE);
  await producer.ready();
  return async () => {
    const until = delivered + records;
    for (let burst = 0; burst < records / BURST; burst++) {
      for (let i = 0; i < BURST; i++) {
        const record = workload.next();
        while (!producer.enqueue(record)) await producer.ready();
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    await producer.flush();
    if (delivered !== until) throw new Error(`${delivered} of ${until} delivered`);
  };
}

/** Opens aggregates of 51,200 bytes, made by the same build, with a check of their MD5. */
async function deaggregate() {
  /** @type {typeof import("kinesis-producer/aggregate")} */
  const { RecordAggregator } = await import(pathToFileURL(`${dist}/aggregate/index.js`).href);
  /** @type {typeof import("kinesis-producer/deaggregate")} */
  const reader = await import(pathToFileURL(`${dist}/deaggregate/index.js`).href);
  const workload = new Workload("thousand", SIZE);
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
    const expected = Math.ceil(records / packed) * packed * (SIZE + 8);
    if (bytes !== expected) throw new Error(`${bytes} of ${expected} bytes came out`);
  };
}

const run = await { enqueue, deaggregate }[name]();
await run();
const before = process.cpuUsage();
await run();
const { user, system } = process.cpuUsage(before);
process.send?.((user + system) / records);
process.disconnect();
