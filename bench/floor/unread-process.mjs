/**
 * Memory of a result that nobody reads, in a separate process: records are put and delivered, the caller keeps their
 * promises, and an equal number of bare promises is kept for comparison.
 */
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { newProducer } from "../end-to-end/bench-producer.mjs";
import { Workload } from "../end-to-end/workload.mjs";

/**
 * @typedef {{ dist: string, records: number }} UnreadRun
 * @typedef {{ bytes: number, promiseBytes: number }} UnreadUse - `bytes`: of a record in addition to its promise
 */

const BURST = 500;
const SETTLE_MS = 100;
const STABLE = 0.999;

/** @type {UnreadRun} */
const { dist, records } = JSON.parse(process.argv[2] ?? "");
/** @param {string} path */
const load = (path) => import(pathToFileURL(`${dist}/${path}`).href);
/** @type {typeof import("kinesis-producer/testing")} */
const { acceptByRange, evenShards } = await load("testing/index.js");

const shards = evenShards(4);
const accept = acceptByRange(shards);
const producer = await newProducer(dist, {
  transport: { putRecords: async (request) => accept({ ...request, index: 0 }) },
  directory: {
    listShards: async () => ({ kind: "shards", shards }),
    describeStream: async () => ({ kind: "summary", recordDistribution: "USER_PARTITION_KEY" }),
  },
});
const workload = new Workload("thousand", 100);
await producer.ready();

/** The heap in use, as soon as garbage collections free nothing more: the producer lets go of things in later turns. */
async function used() {
  let last = Number.POSITIVE_INFINITY;
  for (;;) {
    await sleep(SETTLE_MS);
    globalThis.gc?.();
    const { heapUsed } = process.memoryUsage();
    if (heapUsed > last * STABLE) return heapUsed;
    last = heapUsed;
  }
}

/** It exists before, so that the differences have the promises alone. */
const kept = /** @type {unknown[]} */ (new Array(records).fill(undefined));

async function putAll() {
  for (let i = 0; i < records; i++) {
    kept[i] = producer.put(workload.next());
    if (i % BURST === 0) await sleep(0);
  }
  await producer.flush();
}

// The buffers and tables of the producer have their size after this.
await putAll();
kept.fill(undefined);
const empty = await used();
await putAll();
const withResults = await used();
for (let i = 0; i < records; i++) kept[i] = new Promise((resolve) => resolve(empty));
const withPromises = await used();
if (kept.length !== records) throw new Error("the promises are not kept");
const promiseBytes = (withPromises - empty) / records;
/** @type {UnreadUse} */
const use = { bytes: (withResults - empty) / records - promiseBytes, promiseBytes };
await producer.close();
process.send?.(use, () => process.exit(0));
