import { createHash } from "node:crypto";

import { deaggregate } from "../../../../src/deaggregate/index.js";
import { MAGIC } from "../../../../src/wire/aggregated-record.js";
import { openAggregate } from "../../../../src/wire/decode/aggregate-decoder.js";
import type { BenchCase } from "../../bench-case.js";
import { recordsOf } from "../../fixed-inputs.js";
import { awsKinesisAgg, protobufjsDecode, protobufjsEncode } from "../../peer-codecs.js";

/** As many records as one aggregate of 51,200 bytes holds. */
const SIZES = [
  { dataBytes: 100, records: 440 },
  { dataBytes: 1_024, records: 48 },
];

/** Opens an aggregate without checking its MD5, and makes a record of the key and the data of each. */
function openAll(bytes: Buffer): number {
  const aggregate = openAggregate(bytes, false);
  if (aggregate === undefined) throw new Error("meant to be an aggregate");
  let sum = 0;
  for (let i = 0; i < aggregate.readableCount; i++) {
    const record = { partitionKey: aggregate.keyOf(i), data: aggregate.dataOf(i) };
    sum += record.partitionKey.length + record.data.length;
  }
  return sum;
}

/** The same records from a generator, to show its cost. */
function* generate(bytes: Buffer): Generator<{ partitionKey: string; data: Uint8Array }> {
  const aggregate = openAggregate(bytes, false);
  if (aggregate === undefined) return;
  for (let i = 0; i < aggregate.readableCount; i++) {
    yield { partitionKey: aggregate.keyOf(i), data: aggregate.dataOf(i) };
  }
}

/** The same message with the data of each record before its index: valid, but not the form of encoders. */
function withFieldsReversed(bytes: Buffer): Buffer {
  const body = bytes.subarray(MAGIC.length, -16);
  const parts: Buffer[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = body[at++] as number;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < body.length) {
    const start = at;
    const tag = varint();
    const length = varint();
    const end = at + length;
    if (tag !== 0x1a) parts.push(body.subarray(start, end));
    else {
      const content = at;
      varint();
      varint();
      parts.push(body.subarray(start, content), body.subarray(at, end), body.subarray(content, at));
    }
    at = end;
  }
  const reversed = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(MAGIC), reversed, createHash("md5").update(reversed).digest()]);
}

/** A case that opens one aggregate repeatedly. */
function opening(
  name: string,
  size: (typeof SIZES)[number],
  keyLength: number,
  open: (bytes: Buffer) => number,
): BenchCase {
  const { dataBytes, records } = size;
  return {
    name: `decoder, ${dataBytes} B: ${name}`,
    records,
    setUp: () => {
      const bytes = protobufjsEncode(recordsOf(records, dataBytes, keyLength));
      return () => open(bytes);
    },
  };
}

function sumOf(
  records: Iterable<{ readonly partitionKey?: string; readonly data: { readonly length: number } }>,
): number {
  let sum = 0;
  for (const { partitionKey = "", data } of records) sum += partitionKey.length + data.length;
  return sum;
}

const [small] = SIZES as [(typeof SIZES)[number], ...typeof SIZES];

export const cases: readonly BenchCase[] = [
  ...SIZES.flatMap((size): BenchCase[] => [
    opening("kinesis-producer, deaggregate()", size, 8, (bytes) => sumOf(deaggregate({ data: bytes }))),
    opening("protobufjs and node:crypto", size, 8, (bytes) => sumOf(protobufjsDecode(bytes))),
    opening("aws-kinesis-agg", size, 8, (bytes) => {
      let sum = 0;
      // It takes base64, as Lambda does.
      const data = bytes.toString("base64");
      awsKinesisAgg.deaggregateSync({ partitionKey: "a", sequenceNumber: "1", data }, true, (error, records) => {
        if (error) throw error;
        sum = sumOf(records);
      });
      return sum;
    }),
  ]),
  opening("parts without MD5, openAggregate", small, 8, openAll),
  opening("parts without MD5, openAggregate, keys of 12 characters", small, 12, openAll),
  opening("parts without MD5, openAggregate, keys of 13 characters", small, 13, openAll),
  opening("parts without MD5, openAggregate by a generator", small, 8, (bytes) => sumOf(generate(bytes))),
  {
    name: "decoder, 100 B: parts without MD5, openAggregate, fields in another order",
    records: small.records,
    setUp: () => {
      const bytes = withFieldsReversed(protobufjsEncode(recordsOf(small.records, small.dataBytes, 8)));
      return () => openAll(bytes);
    },
  },
];
