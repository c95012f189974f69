/**
 * One encoder in a separate process: encodes aggregates of the same records repeatedly, for a while. Forked by
 * main.mjs.
 */
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { RecordAggregator } from "kinesis-producer/aggregate";

/**
 * @typedef {import("../../micro/fixed-inputs.js").InputRecord} InputRecord
 * @typedef {{ encoder: string, size: number, seconds: number }} EncodeRun
 * @typedef {{ nsPerRecord: number, cpuNsPerRecord: number, bytes: number }} EncodeSample
 */

/** The compiled files of bench/micro (bench/tsconfig.json). */
const COMPILED = fileURLToPath(new URL("../../../build/bench/bench/micro", import.meta.url));
const MAX_BYTES = 51_200;
const KEY_LENGTH = 8;
const WARM_UP_MS = 500;

/** @type {typeof import("../../micro/peer-codecs.js")} */
const { awsKinesisAgg, protobufjsEncode } = await import(pathToFileURL(`${COMPILED}/peer-codecs.js`).href);
/** @type {typeof import("../../micro/fixed-inputs.js")} */
const { recordsOf } = await import(pathToFileURL(`${COMPILED}/fixed-inputs.js`).href);

/** Packs one aggregate after the other. */
const aggregator = new RecordAggregator({ maxBytes: MAX_BYTES });

/** @param {readonly InputRecord[]} records */
function kinesisProducer(records) {
  for (const record of records) {
    if (aggregator.tryAdd(record) !== "added") throw new Error("the records are meant to fit");
  }
  const aggregate = aggregator.take();
  if (aggregate === undefined) throw new Error("nothing was packed");
  return aggregate.data;
}

/** @param {readonly InputRecord[]} records */
function packageOfAws(records) {
  const packer = new awsKinesisAgg.RecordAggregator();
  for (const record of records) packer.addUserRecord(record);
  return packer.build().data;
}

/** @type {Readonly<Record<string, (records: readonly InputRecord[]) => Uint8Array>>} */
const ENCODERS = {
  "kinesis-producer/aggregate": kinesisProducer,
  "aws-kinesis-agg": packageOfAws,
  "protobufjs and node:crypto": protobufjsEncode,
};

/**
 * @param {string} why
 * @returns {never}
 */
function fail(why) {
  throw new Error(why);
}

/** @type {EncodeRun} */
const { encoder, size, seconds } = JSON.parse(process.argv[2] ?? "");
const encode = ENCODERS[encoder] ?? fail(`no encoder ${encoder}`);
// As many records as an aggregate of 51,200 bytes holds, with its tables. aws-kinesis-agg confuses keys that are whole
// numbers.
const count = size === 100 ? 440 : 48;
const records = recordsOf(2 * count, size, KEY_LENGTH)
  .filter(({ partitionKey }) => !/^\d+$/.test(partitionKey))
  .slice(0, count);
const expected = kinesisProducer(records);
if (Buffer.compare(encode(records), expected) !== 0) throw new Error(`${encoder} makes other bytes`);

let bytes = 0;
/** @param {number} milliseconds */
function encodeFor(milliseconds) {
  const startedAt = performance.now();
  let aggregates = 0;
  while (performance.now() - startedAt < milliseconds) {
    bytes += encode(records).length;
    aggregates++;
  }
  return { encoded: aggregates * records.length, ms: performance.now() - startedAt };
}

encodeFor(WARM_UP_MS);
const before = process.cpuUsage();
const { encoded, ms } = encodeFor(seconds * 1000);
const { user, system } = process.cpuUsage(before);
/** @type {EncodeSample} */
const sample = { nsPerRecord: (ms * 1e6) / encoded, cpuNsPerRecord: ((user + system) * 1e3) / encoded, bytes };
process.send?.(sample);
process.disconnect();
