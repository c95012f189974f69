/**
 * The work that no producer can avoid, in a separate process: the records of the benches, in aggregates that are made
 * before, and the steps below for each request. It keeps no account of records, buffers or answers.
 *
 * - `key`: a cached partition key becomes its shard, for each record
 * - `copy`: the data of each record is copied once; it is measured alone, and is no part of the floor
 * - `md5`: the digests of the request's aggregates, eight at a time
 * - `body`: the body in JSON with base64, or in CBOR
 * - `sha256`: the digest of the body
 * - `tls`: the request is written to a connection in one piece, and its answer is awaited
 *
 * A step that is not chosen has its result ready. So each step can be measured alone, and all of them together.
 */
import { hash } from "node:crypto";
import process from "node:process";
import { setImmediate as nextTurn } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { RawConnection, requestHead } from "../end-to-end/raw-client.mjs";
import { Workload } from "../end-to-end/workload.mjs";

/**
 * @typedef {"key" | "copy" | "md5" | "body" | "sha256" | "tls"} Step
 * @typedef {{ dist: string, size: number, protocol: "json" | "cbor", steps: readonly Step[], port: number, warmUp: number, seconds: number }} FloorRun
 * @typedef {{ cpuUs: number, records: number }} FloorUse
 * @typedef {{ records: number, aggregates: Buffer[], entries: import("kinesis-producer/aggregate").AggregatedKinesisRecord[] }} FloorRequest
 * @typedef {{ body: Buffer, whole: Buffer, memory: Buffer }} Prepared
 */

const SHARDS = 4;
const AGGREGATE_BYTES = 51_200;
/** Kinesis records of a request, about as many as the producer has. */
const ENTRIES = 24;
/** Requests in flight, and different requests: more bytes than a cache of the processor's core has. */
const CONNECTIONS = 8;
const STREAM = { streamName: "bench" };

/** @type {FloorRun} */
const run = JSON.parse(process.argv[2] ?? "");
const steps = new Set(run.steps);

/** @param {string} path */
const load = (path) => import(pathToFileURL(`${run.dist}/${path}`).href);
/** @type {typeof import("../../src/wire/md5/body-digest.js")} */
const { writeDigests } = await load("wire/md5/body-digest.js");
/** @type {typeof import("../../src/edge/put-records-json.js")} */
const { jsonPutRecords } = await load("edge/put-records-json.js");
/** @type {typeof import("../../src/edge/put-records-cbor.js")} */
const { cborPutRecords } = await load("edge/put-records-cbor.js");
/** @type {typeof import("kinesis-producer/aggregate")} */
const { aggregate } = await load("aggregate/index.js");
/** @type {typeof import("kinesis-producer/deaggregate")} */
const { deaggregate } = await load("deaggregate/index.js");
/** @type {typeof import("kinesis-producer/testing")} */
const { evenShards } = await load("testing/index.js");

const workload = new Workload("thousand", run.size);
/** @type {ReadonlyMap<string, number>} */
const shardOfKey = new Map(
  Array.from({ length: 1_000 }, () => workload.next().partitionKey).map((key, i) => [key, i % SHARDS]),
);
const writeBody = run.protocol === "json" ? jsonPutRecords : cborPutRecords;
const requests = Array.from({ length: CONNECTIONS }, newRequest);
const prepared = requests.map(prepare);
const copied = Buffer.allocUnsafeSlow(AGGREGATE_BYTES);

/** @returns {FloorRequest} */
function newRequest() {
  const source = function* () {
    for (;;) yield workload.next();
  };
  const entries = [];
  for (const entry of aggregate(source(), { maxBytes: AGGREGATE_BYTES, shards: evenShards(SHARDS) })) {
    if (entries.push(entry) === ENTRIES) break;
  }
  // The records in aggregates that are still open do not count.
  const records = entries.reduce((total, entry) => total + [...deaggregate(entry)].length, 0);
  const aggregates = entries.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.length));
  return { records, aggregates, entries };
}

/**
 * @param {FloorRequest} request
 * @returns {Prepared}
 */
function prepare({ entries }) {
  const { length } = writeBody(STREAM, entries);
  const head = requestHead(length, run.protocol);
  const whole = Buffer.concat([head, writeBody(STREAM, entries)]);
  return { whole, memory: whole.subarray(head.length), body: whole.subarray(head.length) };
}

let sum = 0;

/**
 * Every step of a request that needs no network.
 *
 * @param {FloorRequest} request
 * @param {Prepared} ready
 */
function work({ records, aggregates, entries }, ready) {
  if (steps.has("key")) for (let i = 0; i < records; i++) sum += shardOfKey.get(workload.next().partitionKey) ?? 0;
  if (steps.has("copy")) copyData(records);
  if (steps.has("md5")) writeDigests(aggregates);
  if (steps.has("body")) ready.body = writeBody(STREAM, entries, () => ready.memory);
  if (steps.has("sha256")) sum += hash("sha256", ready.body, "hex").length;
}

/** @param {number} records */
function copyData(records) {
  const { size } = run;
  for (let i = 0, at = 0; i < records; i++, at += size) {
    if (at + size > AGGREGATE_BYTES) at = 0;
    copied.set(workload.next().data, at);
  }
  sum += copied[0] ?? 0;
}

let records = 0;
let isWanted = true;

/** @param {number} number */
async function drive(number) {
  const request = /** @type {FloorRequest} */ (requests[number]);
  const ready = /** @type {Prepared} */ (prepared[number]);
  const connection = steps.has("tls") ? await RawConnection.open(run.port, true) : undefined;
  while (isWanted) {
    work(request, ready);
    if (connection === undefined) await nextTurn();
    else await connection.send(ready.whole);
    records += request.records;
  }
  connection?.close();
}

/** @param {number} seconds */
const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

const driving = Promise.all(requests.map((_, number) => drive(number)));
await wait(run.warmUp);
const from = records;
const before = process.cpuUsage();
await wait(run.seconds);
const { user, system } = process.cpuUsage(before);
const measured = records - from;
isWanted = false;
await driving;
if (measured === 0 || Number.isNaN(sum)) throw new Error("nothing was measured");
/** @type {FloorUse} */
const use = { cpuUs: (user + system) / measured, records: measured };
process.send?.(use);
process.disconnect();
