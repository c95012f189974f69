/**
 * The stages of one record, each measured alone: a function that takes `records` records through the stage and all
 * stages before it. For the stages of a request, it takes the entries of this many records. Made in the stage's
 * process.
 */
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { newProducer } from "../end-to-end/bench-producer.mjs";
import { Workload } from "../end-to-end/workload.mjs";

/**
 * @typedef {{ dist: string, size: number, endpoint: string }} StageSettings
 * @typedef {{ records: number, run: () => void | Promise<void>, end?: () => Promise<unknown> }} Stage
 * @typedef {{ title: string, isWithinProducer: boolean, make: (settings: StageSettings) => Promise<Stage> }} StageKind
 */

const SHARDS = 4;
const AGGREGATE_BYTES = 51_200;
/** Kinesis records of one request, about as many as end to end. */
const ENTRIES = 24;
const RECORDS = 20_000;
const MAX_RECORD_BYTES = 1_048_576;
const BURST = 500;
/** About the duration of a request end to end. */
const ANSWER_MS = 4;
const STREAM = { streamName: "bench" };
const CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" };

/**
 * @param {string} dist
 * @param {string} path
 */
function module(dist, path) {
  return import(pathToFileURL(`${dist}/${path}`).href);
}

/** @param {string} dist */
async function shardMap(dist) {
  const { evenShards } = await module(dist, "testing/even-shards.js");
  const { ShardMap } = await module(dist, "core/shards/shard-map.js");
  return { shards: evenShards(SHARDS), map: ShardMap.from(evenShards(SHARDS)) };
}

/**
 * The stages before the producer's bookkeeping, up to one of them.
 *
 * @param {StageSettings} settings
 * @param {"make" | "check" | "add" | "seal"} last
 * @returns {Promise<Stage>}
 */
async function path({ dist, size }, last) {
  const { RecordChecker } = await module(dist, "core/record/record-check.js");
  const { LaneQueue } = await module(dist, "core/lane/lane-queue.js");
  const { newAggregator } = await module(dist, "core/lane/aggregator.js");
  const { PendingKinesisRecord } = await module(dist, "core/record/pending-kinesis-record.js");
  const { map } = await shardMap(dist);
  const workload = new Workload("thousand", size);
  const checker = new RecordChecker();
  const { checked } = checker;
  const limits = { maxBytes: AGGREGATE_BYTES, maxCount: Number.POSITIVE_INFINITY };
  const queues = Array.from({ length: SHARDS }, () => new LaneQueue(newAggregator("shard", limits)));
  /** @type {object[]} */
  let complete = [];
  let sum = 0;
  const take = (/** @type {{ takeComplete(): object | undefined }} */ queue) => {
    const record = queue.takeComplete();
    if (record === undefined) return;
    complete.push(record);
    if (complete.length < ENTRIES) return;
    if (last === "seal") sum += PendingKinesisRecord.sealAll(complete, true).length;
    complete = [];
  };
  return {
    records: RECORDS,
    run: () => {
      for (let i = 0; i < RECORDS; i++) {
        const record = workload.next();
        if (last === "make") {
          sum += record.data.length;
          continue;
        }
        checker.check(record, MAX_RECORD_BYTES);
        sum += checked.dataBytes;
        if (last === "check") continue;
        const queue = queues[map.predictKey(checked.key)];
        if (queue?.add(checked) === true) take(queue);
      }
      if (!(sum > 0)) throw new Error("nothing was done");
    },
  };
}

/**
 * A whole producer. Its requests are answered in the process, after about their duration end to end.
 *
 * @param {StageSettings} settings
 * @returns {Promise<Stage>}
 */
async function producer({ dist, size }) {
  const { acceptByRange } = await module(dist, "testing/scripted-answers.js");
  const { shards } = await shardMap(dist);
  const accept = acceptByRange(shards);
  const made = await newProducer(dist, {
    transport: {
      readsAtOnce: true,
      putRecords: async (request) => {
        await sleep(ANSWER_MS);
        return accept({ ...request, index: 0 });
      },
    },
    directory: {
      listShards: async () => ({ kind: "shards", shards }),
      describeStream: async () => ({ kind: "summary", recordDistribution: "USER_PARTITION_KEY" }),
    },
    onDelivery: () => {},
  });
  const workload = new Workload("thousand", size);
  await made.ready();
  return {
    records: RECORDS,
    run: async () => {
      for (let from = 0; from < RECORDS; from += BURST) {
        for (let i = 0; i < BURST; i++) {
          const record = workload.next();
          while (!made.enqueue(record)) await made.ready();
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    end: () => made.close(),
  };
}

/**
 * The entries of a request, with the number of their records.
 *
 * @param {StageSettings} settings
 */
async function entriesOf({ dist, size }) {
  const { aggregate } = await module(dist, "aggregate/index.js");
  const { shards } = await shardMap(dist);
  const workload = new Workload("thousand", size);
  let records = 0;
  const source = function* () {
    for (;;) {
      records++;
      yield workload.next();
    }
  };
  const entries = [];
  for (const entry of aggregate(source(), { maxBytes: AGGREGATE_BYTES, shards })) {
    if (entries.push(entry) === ENTRIES) break;
  }
  // Without the records in aggregates that are still open.
  const perEntry = Math.floor(AGGREGATE_BYTES / (size + 12));
  return { entries, records: Math.min(records, perEntry * ENTRIES) };
}

/**
 * @param {StageSettings} settings
 * @returns {Promise<Stage>}
 */
async function body(settings) {
  const { jsonPutRecords } = await module(settings.dist, "edge/put-records-json.js");
  const { entries, records } = await entriesOf(settings);
  return {
    records,
    run: () => {
      if (jsonPutRecords(STREAM, entries).length === 0) throw new Error("no body");
    },
  };
}

/**
 * The path of a request after its body, in parts: only digest and signature, or all of it to the sink and back.
 *
 * @param {StageSettings} settings
 * @param {"signature" | "exchange"} part
 * @returns {Promise<Stage>}
 */
async function request(settings, part) {
  const { dist, endpoint } = settings;
  const { jsonPutRecords, JSON_CONTENT_TYPE } = await module(dist, "edge/put-records-json.js");
  const { loadSdk } = await module(dist, "edge/lazy-sdk.js");
  const { LazyClient } = await module(dist, "edge/sdk-client.js");
  const { drawModel } = await module(dist, "edge/request-model.js");
  const { signedHeaders } = await module(dist, "edge/request-signature.js");
  const { exchange } = await module(dist, "edge/http-exchange.js");
  const { readPutRecordsAnswer } = await module(dist, "edge/put-records-answer.js");
  const { entries, records } = await entriesOf(settings);
  const lazy = new LazyClient({ region: "us-east-1", endpoint, credentials: CREDENTIALS }, 8, 6_000);
  const { client, agents, connectTimeoutMs } = lazy.own(await loadSdk());
  const model = await drawModel(client, STREAM, {});
  const written = jsonPutRecords(STREAM, entries);
  const headers = await signedHeaders(client.config, model, CREDENTIALS, JSON_CONTENT_TYPE, written);
  const way = { agent: agents[model.target.protocol], connectTimeoutMs, signal: undefined };
  return {
    records,
    run: async () => {
      if (part === "signature") await signedHeaders(client.config, model, CREDENTIALS, JSON_CONTENT_TYPE, written);
      else readPutRecordsAnswer(await exchange(model.target, headers, written, way));
    },
    end: async () => lazy.close(),
  };
}

/** @type {readonly StageKind[]} */
export const STAGES = [
  { title: "the caller makes it", isWithinProducer: true, make: (settings) => path(settings, "make") },
  { title: "check, hash of its key", isWithinProducer: true, make: (settings) => path(settings, "check") },
  { title: "its shard, into the aggregate", isWithinProducer: true, make: (settings) => path(settings, "add") },
  { title: "tables, one copy, digest", isWithinProducer: true, make: (settings) => path(settings, "seal") },
  { title: "room, lanes, pacing, settlement, callback", isWithinProducer: true, make: producer },
  { title: "body in JSON", isWithinProducer: false, make: body },
  {
    title: "SHA-256 of the body, signature",
    isWithinProducer: false,
    make: (settings) => request(settings, "signature"),
  },
  {
    title: "HTTP, TLS, the kernel, the answer",
    isWithinProducer: false,
    make: (settings) => request(settings, "exchange"),
  },
];

/** @param {string} title */
export function stageOf(title) {
  const stage = STAGES.find((each) => each.title === title);
  if (stage === undefined) throw new Error(`there is no stage ${title}`);
  return stage;
}

process.on("unhandledRejection", (error) => {
  throw error;
});
