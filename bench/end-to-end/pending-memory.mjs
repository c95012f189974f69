/**
 * Memory that a producer needs for each record that waits for its answer: the transport takes requests and never
 * answers. Keys and data belong to the caller and exist before. The objects that carry them to the producer are not
 * kept.
 */
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { evenShards } from "kinesis-producer/testing";
import { newProducer } from "./bench-producer.mjs";
import { Workload } from "./workload.mjs";

/**
 * @typedef {{ dist: string, size: number, how: "put" | "enqueue", options: import("kinesis-producer").ProducerOptions }} MemoryRun
 * @typedef {{ records: number, bytesPerRecord: number, residentPerRecord: number }} MemoryUse
 */

/**
 * Megabytes, so that one-time allocations matter little; below the default budget, so that no record waits for room.
 */
const PENDING_BYTES = 40_000_000;
const MAX_RECORDS = 200_000;

/** @type {MemoryRun} */
const { dist, size, how, options } = JSON.parse(process.argv[2] ?? "");
const records = Math.min(MAX_RECORDS, Math.floor(PENDING_BYTES / size));

let settled = 0;
const onSettled = () => {
  settled++;
};
const producer = await newProducer(dist, {
  maxBufferedRecords: records,
  recordTtlMs: Number.POSITIVE_INFINITY,
  transport: { putRecords: () => new Promise(() => {}) },
  directory: {
    listShards: async () => ({ kind: "shards", shards: evenShards(4) }),
    describeStream: async () => ({ kind: "summary", recordDistribution: "USER_PARTITION_KEY" }),
  },
  onDelivery: onSettled,
  ...options,
});
const workload = new Workload("thousand", size);
await producer.ready();

async function used() {
  for (let round = 0; round < 4; round++) {
    globalThis.gc?.();
    // Memory outside the heap that was freed is reported in a later turn.
    await sleep(50);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { bytes: heapUsed + external, rss };
}

const before = await used();
for (let i = 0; i < records; i++) {
  if (how === "put") producer.put(workload.next()).then(onSettled);
  else if (!producer.enqueue(workload.next())) throw new Error(`no room for record ${i}`);
  if (i % 500 === 0) await sleep(0);
}
// The linger ends, and requests are in flight.
await sleep(500);
const after = await used();
const { outstandingRecords } = producer.stats();
if (outstandingRecords !== records || settled > 0) throw new Error(`${outstandingRecords} of ${records} are pending`);
/** @type {MemoryUse} */
const use = {
  records,
  bytesPerRecord: (after.bytes - before.bytes) / records,
  residentPerRecord: (after.rss - before.rss) / records,
};
process.send?.(use, () => process.exit(0));
