/**
 * One producer in a separate process, under load. Forked by end-to-end.mjs with the case as its argument. It reports
 * the beginning and the end of the measured time, then delivers the remaining records and reports its totals.
 */
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { newProducer } from "./bench-producer.mjs";
import { DRIVERS } from "./drivers.mjs";
import { Gauges } from "./gauges.mjs";
import { startProfile, writeProfile } from "./profile.mjs";
import { Workload } from "./workload.mjs";

/**
 * @typedef {import("kinesis-producer").ProducerOptions} ProducerOptions
 * @typedef {{
 *   endpoint: string,
 *   dist: string,
 *   size: number,
 *   keys: import("./workload.mjs").KeySet,
 *   real?: import("./real-records.mjs").RealSet,
 *   how: import("./drivers.mjs").How,
 *   window: number,
 *   options: ProducerOptions,
 *   warmUp: number,
 *   seconds: number,
 *   profile?: string,
 *   countsPending?: boolean,
 * }} Run
 * @typedef {{ records: number, requests: number, kinesisRecords: number, kinesisBytes: number, retries: number, failed: number }} Counts
 * @typedef {{ moment: "begin" } | ({ moment: "end", pending: number } & Counts & import("./gauges.mjs").Use) | ({ moment: "closed", handedOver: number } & Counts)} Message
 */

const PENDING_SAMPLES = 20;

/** @type {Run} */
const run = JSON.parse(process.argv[2] ?? "");

/** @param {Message} message */
function tell(message) {
  process.send?.(message);
}

/**
 * @param {import("kinesis-producer").KinesisProducer} producer
 * @returns {Counts}
 */
function counts(producer) {
  const stream = producer.stats().streams.bench;
  if (stream === undefined) throw new Error("the producer knows no stream yet");
  return {
    records: stream.userRecordsDelivered,
    requests: stream.requests,
    kinesisRecords: stream.kinesisRecordsSent,
    kinesisBytes: stream.kinesisBytesSent,
    retries: stream.retries,
    failed: stream.userRecordsFailed,
  };
}

/**
 * @param {Counts} before
 * @param {Counts} after
 */
function difference(before, after) {
  return {
    records: after.records - before.records,
    requests: after.requests - before.requests,
    kinesisRecords: after.kinesisRecords - before.kinesisRecords,
    kinesisBytes: after.kinesisBytes - before.kinesisBytes,
    retries: after.retries - before.retries,
    failed: after.failed - before.failed,
  };
}

/**
 * The mean number of promises that the caller waits for, from moments that are evenly spaced.
 *
 * @param {import("./drivers.mjs").Switch} driven
 * @param {number} forMs
 */
async function meanPending(driven, forMs) {
  let sum = 0;
  for (let i = 0; i < PENDING_SAMPLES; i++) {
    await sleep(forMs / PENDING_SAMPLES);
    sum += driven.outstanding;
  }
  return sum / PENDING_SAMPLES;
}

let outcomes = 0;
const producer = await newProducer(run.dist, {
  endpoint: run.endpoint,
  onDelivery: (batch) => {
    outcomes += batch.length;
  },
  ...run.options,
});
const more = { isWanted: true, outstanding: 0 };
const driving = DRIVERS[run.how](producer, new Workload(run.keys, run.size, run.real), more, run.window);
await sleep(run.warmUp * 1000);
const endProfile = run.profile === undefined ? undefined : await startProfile();
const before = counts(producer);
const gauges = new Gauges();
tell({ moment: "begin" });
const pending = run.countsPending === true ? await meanPending(more, run.seconds * 1000) : Number.NaN;
if (run.countsPending !== true) await sleep(run.seconds * 1000);
const use = gauges.stop();
tell({ moment: "end", pending, ...difference(before, counts(producer)), ...use });
if (run.profile !== undefined && endProfile !== undefined) writeProfile(run.profile, await endProfile());
more.isWanted = false;
const handedOver = await driving;
await producer.close();
const total = counts(producer);
if (run.how === "enqueue" && outcomes !== handedOver) {
  throw new Error(`${handedOver} records enqueued, ${outcomes} outcomes told`);
}
tell({ moment: "closed", handedOver, ...total });
process.disconnect();
