import type { KinesisRecord } from "../../../src/core/ports.js";
import { cborPutRecords } from "../../../src/edge/put-records-cbor.js";
import { jsonPutRecords } from "../../../src/edge/put-records-json.js";
import { stringBase64, type WriteBase64 } from "../../../src/wire/base64/base64.js";
import type { BenchCase } from "../bench-case.js";
import { recordsOf } from "../fixed-inputs.js";

const STREAM = { streamName: "clicks" };
const HASH_KEY = "170141183460469231731687303715884105728";

/** About a megabyte each, so that a thousandth of the figure per record is its microseconds per kilobyte. */
const SHAPES: readonly (readonly [name: string, entries: () => readonly KinesisRecord[]])[] = [
  ["20 aggregates of 50,000 B", () => aggregates(20, 50_000)],
  ["1 record of 1,000,000 B", () => aggregates(1, 1_000_000)],
  ["500 records of 2,000 B", () => recordsOf(500, 2_000, 36)],
];

function aggregates(count: number, bytes: number): KinesisRecord[] {
  return recordsOf(count, bytes, 8).map(({ data }) => ({ partitionKey: "a", explicitHashKey: HASH_KEY, data }));
}

/** Turns entries into a body. */
type Write = (entries: readonly KinesisRecord[]) => Buffer;

const WAYS: readonly (readonly [name: string, write: Write])[] = [
  ["jsonPutRecords", (entries) => jsonPutRecords(STREAM, entries)],
  ["cborPutRecords", (entries) => cborPutRecords(STREAM, entries)],
  ["JSON, each record's base64 in strings of 24 KB", (entries) => jsonByHand(entries, stringBase64)],
  ["JSON, each record's base64 in one string", (entries) => jsonByHand(entries, oneString)],
  ["JSON.stringify", (entries) => Buffer.from(JSON.stringify(inputOf(entries)))],
];

function inputOf(entries: readonly KinesisRecord[]): object {
  const Records = entries.map(({ partitionKey, explicitHashKey, data }) => ({
    Data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64"),
    PartitionKey: partitionKey,
    ExplicitHashKey: explicitHashKey,
  }));
  return { Records, StreamName: STREAM.streamName };
}

const oneString: WriteBase64 = (into, at, bytes) =>
  at + into.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64"), at, "latin1");

/** Like jsonPutRecords, except for the base64. */
function jsonByHand(entries: readonly KinesisRecord[], writeBase64: WriteBase64): Buffer {
  let size = 40;
  for (const { data } of entries) size += Math.ceil(data.length / 3) * 4 + 160;
  const body = Buffer.allocUnsafeSlow(size);
  let at = body.write('{"Records":[', 0, "latin1");
  for (const { partitionKey, explicitHashKey, data } of entries) {
    at += body.write('{"Data":"', at, "latin1");
    at = writeBase64(body, at, data);
    at += body.write(`","PartitionKey":"${partitionKey}","ExplicitHashKey":"${explicitHashKey}"},`, at, "latin1");
  }
  at += body.write(`],"StreamName":"${STREAM.streamName}"}`, at - 1, "latin1") - 1;
  return body.subarray(0, at);
}

export const cases: readonly BenchCase[] = SHAPES.flatMap(([shape, makeEntries]) =>
  WAYS.map(([way, write]) => ({
    name: `body, ${shape}: ${way}`,
    records: 1,
    setUp: () => {
      const entries = makeEntries();
      return () => {
        const body = write(entries);
        return body.length + (body[body.length >> 1] ?? 0);
      };
    },
  })),
);
