/**
 * Packing a batch of records without a producer, in a separate process: `aggregate()`, `RecordAggregator`, and
 * protobufjs with node:crypto. Each packs the records of one batch into full aggregates.
 */
import { createHash } from "node:crypto";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import protobuf from "protobufjs";
import { Workload } from "../end-to-end/workload.mjs";

/**
 * @typedef {import("../end-to-end/workload.mjs").BenchRecord} BenchRecord
 * @typedef {"aggregate()" | "RecordAggregator" | "protobufjs"} Packer
 * @typedef {{ dist: string, packer: Packer, size: number, warmUp: number, seconds: number }} BatchRun
 * @typedef {{ cpuUs: number, aggregates: number, bytes: number }} BatchUse
 */

const SCHEMA = fileURLToPath(new URL("../../proto/aggregated-record.proto", import.meta.url));
const MAGIC = Buffer.from([0xf3, 0x89, 0x9a, 0xc2]);
const AGGREGATES = 24;

/** @type {BatchRun} */
const { dist, packer, size, warmUp, seconds } = JSON.parse(process.argv[2] ?? "");
/** @type {typeof import("kinesis-producer/aggregate")} */
const ours = await import(pathToFileURL(`${dist}/aggregate/index.js`).href);

/** As many as an aggregate of 51,200 bytes holds, with its table of keys. */
const perAggregate = size === 100 ? 440 : 48;
const workload = new Workload("thousand", size);
const batch = Array.from({ length: AGGREGATES * perAggregate }, () => workload.next());

function byAggregate() {
  return [...ours.aggregate(batch, { shards: ONE_SHARD })].map(({ data }) => data);
}

const ONE_SHARD = [{ startingHashKey: "0", endingHashKey: String(2n ** 128n - 1n) }];

function byRecordAggregator() {
  const aggregator = new ours.RecordAggregator();
  const made = [...aggregator.pack(batch)].map(({ data }) => data);
  const last = aggregator.take();
  return last === undefined ? made : [...made, last.data];
}

const message = new protobuf.Root().loadSync(SCHEMA, { keepCase: true }).lookupType("kinesisproducer.AggregatedRecord");

/** @param {readonly BenchRecord[]} records */
function oneByProtobufjs(records) {
  /** @type {Map<string, number>} */
  const keys = new Map();
  /** @type {{ partition_key_index: number, data: Uint8Array }[]} */
  const entries = [];
  for (const { partitionKey, data } of records) {
    let index = keys.get(partitionKey);
    if (index === undefined) {
      index = keys.size;
      keys.set(partitionKey, index);
    }
    entries.push({ partition_key_index: index, data });
  }
  const body = message.encode({ partition_key_table: [...keys.keys()], records: entries }).finish();
  return Buffer.concat([MAGIC, body, createHash("md5").update(body).digest()]);
}

function byProtobufjs() {
  return Array.from({ length: AGGREGATES }, (_, i) =>
    oneByProtobufjs(batch.slice(i * perAggregate, (i + 1) * perAggregate)),
  );
}

/** @type {Readonly<Record<Packer, () => readonly Uint8Array[]>>} */
const PACKERS = { "aggregate()": byAggregate, RecordAggregator: byRecordAggregator, protobufjs: byProtobufjs };
const pack = PACKERS[packer];

/** @param {number} forSeconds */
function packFor(forSeconds) {
  const until = performance.now() + forSeconds * 1000;
  let aggregates = 0;
  let bytes = 0;
  let records = 0;
  while (performance.now() < until) {
    const made = pack();
    aggregates += made.length;
    for (const { length } of made) bytes += length;
    records += batch.length;
  }
  return { aggregates, bytes, records };
}

// Each packer must take every record.
const payload = batch.length * size;
const packed = pack().reduce((sum, { length }) => sum + length, 0);
if (packed < payload || packed > payload * 1.3) throw new Error(`${packer}: ${packed} bytes of ${payload}`);
packFor(warmUp);
const before = process.cpuUsage();
const { aggregates, bytes, records } = packFor(seconds);
const { user, system } = process.cpuUsage(before);
/** @type {BatchUse} */
const use = { cpuUs: (user + system) / records, aggregates, bytes };
process.send?.(use);
process.disconnect();
