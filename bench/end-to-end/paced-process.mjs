/**
 * A producer under a load of so many records a second, whatever it does: what is due is put, and latency counts from the
 * moment at which a record was meant to be put, so that a caller who is kept from it does not make the figures better.
 */
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { newProducer } from "./bench-producer.mjs";
import { Workload } from "./workload.mjs";

/**
 * @typedef {{
 *   endpoint: string,
 *   dist: string,
 *   size: number,
 *   perSecond: number,
 *   warmUp: number,
 *   seconds: number,
 *   options: import("kinesis-producer").ProducerOptions,
 * }} PacedRun
 * @typedef {{ perSecond: number, p50Ms: number, p99Ms: number, maxMs: number }} Latency
 */

/** Hundredths of a millisecond, up to a minute. */
const STEPS_PER_MS = 100;
const MAX_MS = 60_000;

/** @type {PacedRun} */
const { endpoint, dist, size, perSecond, warmUp, seconds, options } = JSON.parse(process.argv[2] ?? "");
const producer = await newProducer(dist, { endpoint, ...options });
const workload = new Workload("thousand", size);
await producer.ready();

const counts = new Uint32Array(MAX_MS * STEPS_PER_MS);
let measured = 0;
let longest = 0;
const startedAt = performance.now();
const measuredFrom = startedAt + warmUp * 1000;
const endsAt = measuredFrom + seconds * 1000;

/** @param {number} dueAt */
function put(dueAt) {
  const onSettled = () => {
    const ms = performance.now() - dueAt;
    const step = Math.min(counts.length - 1, Math.floor(ms * STEPS_PER_MS));
    counts[step] = (counts[step] ?? 0) + 1;
    measured++;
    if (ms > longest) longest = ms;
  };
  const result = producer.put(workload.next());
  result.then(dueAt < measuredFrom ? () => {} : onSettled);
}

let handedOver = 0;
for (let now = startedAt; now < endsAt; now = performance.now()) {
  const due = ((now - startedAt) / 1000) * perSecond;
  for (; handedOver < due; handedOver++) put(startedAt + (handedOver / perSecond) * 1000);
  await sleep(1);
}
await producer.close();

/** @param {number} share */
function quantile(share) {
  let left = share * measured;
  for (const [step, count] of counts.entries()) {
    left -= count;
    if (left <= 0) return (step + 1) / STEPS_PER_MS;
  }
  return MAX_MS;
}

/** @type {Latency} */
const latency = { perSecond: measured / seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99), maxMs: longest };
process.send?.(latency);
process.disconnect();
