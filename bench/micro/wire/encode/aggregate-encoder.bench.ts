import { AggregateEncoder, type EncodableRecord } from "../../../../src/wire/encode/aggregate-encoder.js";
import { hashKey } from "../../../../src/wire/md5/key-hasher.js";
import type { BenchCase } from "../../bench-case.js";
import { type InputRecord, recordsOf } from "../../fixed-inputs.js";
import { awsKinesisAgg, protobufjsEncode } from "../../peer-codecs.js";

/** As many records as one aggregate of 51,200 bytes holds. */
const SIZES = [
  { dataBytes: 100, records: 440 },
  { dataBytes: 1_024, records: 48 },
];

function asEncodable({ partitionKey, data }: InputRecord): EncodableRecord {
  return { key: hashKey(partitionKey), explicitHashKey: undefined, data, dataBytes: data.length, tags: undefined };
}

/** Makes one aggregate of all the records. Returns its length. */
function encode(records: readonly EncodableRecord[]): number {
  const encoder = new AggregateEncoder(51_200);
  for (const record of records) {
    if (!encoder.tryAdd(record)) throw new Error("the records are meant to fit");
  }
  return encoder.finish().length;
}

/** The same without the end: no tables, no MD5. */
function addAll(records: readonly EncodableRecord[]): number {
  const encoder = new AggregateEncoder(51_200);
  for (const record of records) encoder.tryAdd(record);
  return encoder.size;
}

export const cases: readonly BenchCase[] = SIZES.flatMap(({ dataBytes, records }): BenchCase[] => [
  {
    name: `encoder, ${dataBytes} B: kinesis-producer`,
    records,
    setUp: () => {
      const inputs = recordsOf(records, dataBytes, 8).map(asEncodable);
      return () => encode(inputs);
    },
  },
  {
    name: `encoder, ${dataBytes} B: parts, tryAdd without finish`,
    records,
    setUp: () => {
      const inputs = recordsOf(records, dataBytes, 8).map(asEncodable);
      return () => addAll(inputs);
    },
  },
  {
    name: `encoder, ${dataBytes} B: protobufjs and node:crypto`,
    records,
    setUp: () => {
      const inputs = recordsOf(records, dataBytes, 8);
      return () => protobufjsEncode(inputs).length;
    },
  },
  {
    name: `encoder, ${dataBytes} B: aws-kinesis-agg`,
    records,
    setUp: () => {
      const inputs = recordsOf(records, dataBytes, 8);
      return () => {
        const packer = new awsKinesisAgg.RecordAggregator();
        for (const input of inputs) packer.addUserRecord(input);
        return packer.build().data.length;
      };
    },
  },
]);
