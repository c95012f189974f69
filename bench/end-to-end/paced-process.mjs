/**
 * A producer under a load of a fixed number of records a second. Records are put when they are due, and latency counts
 * from the scheduled time of a record, so a producer that makes its caller wait does not look better.
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
 * @typedef {{ perSecond: number, p50Ms: number, p99Ms: number, maxMs: number, addedP99Ms: number }} Latency
 */

/** @type {PacedRun} */
const { endpoint, dist, size, perSecond, warmUp, seconds, options } = JSON.parse(process.argv[2] ?? "");
const producer = await newProducer(dist, { endpoint, ...options });
const workload = new Workload("thousand", size);
await producer.ready();

/** @param {string} name */
const load = (name) => import(new URL(`../../dist/metrics/${name}.js`, import.meta.url).href);
/** @type {typeof import("../../src/metrics/histogram.js")} */
const { Histogram } = await load("histogram");
/** @type {typeof import("../../src/metrics/bucket-grid.js")} */
const { FINE_MILLISECONDS } = await load("bucket-grid");

/** From the scheduled time of the record until its promise is settled. */
const whole = new Histogram(FINE_MILLISECONDS);
/** The same without the time of its requests. */
const added = new Histogram(FINE_MILLISECONDS);
const startedAt = performance.now();
const measuredFrom = startedAt + warmUp * 1000;
const endsAt = measuredFrom + seconds * 1000;

/** @param {number} dueAt */
function put(dueAt) {
  const onSettled = (/** @type {import("kinesis-producer").PutResult} */ { attempts }) => {
    const ms = performance.now() - dueAt;
    whole.record(ms);
    let requestMs = 0;
    for (const { durationMs } of attempts) requestMs += durationMs;
    added.record(ms - requestMs);
  };
  const result = producer.put(workload.next());
  result.then(dueAt < measuredFrom ? () => {} : onSettled);
}

/**
 * The load rises for half of the warm-up. Otherwise code that is not compiled yet would fall behind by hundreds of
 * thousands of puts, and the bench would measure how a backlog is worked off.
 */
const riseS = warmUp / 2;
const risen = (perSecond * riseS) / 2;

/** @param {number} index */
function secondOf(index) {
  return index < risen ? Math.sqrt((2 * riseS * index) / perSecond) : index / perSecond + riseS / 2;
}

let handedOver = 0;
for (let now = startedAt; now < endsAt; now = performance.now()) {
  const elapsedS = (now - startedAt) / 1000;
  for (; secondOf(handedOver) < elapsedS; handedOver++) put(startedAt + secondOf(handedOver) * 1000);
  await sleep(1);
}
await producer.close();

/** @type {Latency} */
const latency = {
  perSecond: whole.count / seconds,
  p50Ms: whole.quantile(0.5),
  p99Ms: whole.quantile(0.99),
  maxMs: whole.max,
  addedP99Ms: added.quantile(0.99),
};
process.send?.(latency);
process.disconnect();
