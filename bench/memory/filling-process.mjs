/**
 * A producer whose buffer is filled while no request is answered, and then drained. Forked by memory.mjs. It measures
 * itself before, while the buffer is full, and after, and reports.
 */
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { newProducer } from "../end-to-end/bench-producer.mjs";
import { Workload } from "../end-to-end/workload.mjs";

/**
 * @typedef {{ endpoint: string, dist: string, how: "put" | "enqueue", size: number, streams: readonly string[], options: import("kinesis-producer").ProducerOptions }} Filling
 * @typedef {{ residentBefore: number, rss: number, heapUsed: number, arrayBuffers: number }} Use
 * @typedef {"before" | "full" | "drained"} Moment
 * @typedef {Record<Moment, Use> & { records: number }} Filled
 */

/** @type {Filling} */
const { endpoint, dist, how, size, streams, options } = JSON.parse(process.argv[2] ?? "");
const workload = new Workload("thousand", size);
const onDelivery = () => {};
const producer = await newProducer(dist, {
  endpoint,
  recordTtlMs: Number.POSITIVE_INFINITY,
  requestTimeoutMs: 120_000,
  onFailed: (error) => {
    throw error;
  },
  ...(how === "enqueue" ? { onDelivery } : {}),
  ...options,
});

/** Resident memory a second later, before and after garbage collections, and the memory held then. */
async function used() {
  await sleep(1_000);
  const { rss: residentBefore } = process.memoryUsage();
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    // Memory outside the heap that was freed is reported in a later turn.
    await sleep(300);
  }
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  return { residentBefore, rss, heapUsed, arrayBuffers };
}

let turn = 0;

/** @returns {boolean} whether there was room */
function hand() {
  const record = workload.next();
  const streamName = /** @type {string} */ (streams[turn++ % streams.length]);
  if (how === "enqueue") return producer.enqueue({ ...record, streamName });
  const promise = producer.tryPut({ ...record, streamName });
  promise?.then(onDelivery);
  return promise !== undefined;
}

async function fill() {
  let records = 0;
  // A refusal wakes the producer, which may make room by sending. The buffer is full when there was no room for a
  // while.
  for (let refused = 0; refused < 20; ) {
    if (hand()) {
      records++;
      refused = 0;
    } else {
      refused++;
      await sleep(10);
    }
    if (records % 200 === 0) await sleep(0);
  }
  return records;
}

// Loads the shard maps, and one-time data.
await producer.ready(streams[0]);
const before = await used();
await Promise.all(streams.map((streamName) => producer.ready(streamName)));
const records = await fill();
const full = await used();
if (producer.stats().outstandingRecords !== records) throw new Error("the sink has answered too early");
process.send?.("full");
await producer.flush();
const userRecordsDelivered = Object.values(producer.stats().streams).reduce(
  (sum, stream) => sum + stream.userRecordsDelivered,
  0,
);
if (userRecordsDelivered !== records) throw new Error(`${userRecordsDelivered} of ${records} records were delivered`);
const drained = await used();
/** @type {Filled} */
const filled = { before, full, drained, records };
process.send?.(filled, () => process.exit(0));
