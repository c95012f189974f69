import aggregator from "aws-kinesis-agg";
import fc from "fast-check";
import { expect, test } from "vitest";

import { deaggregate } from "../../src/deaggregate/index.js";
import { type ArbitraryUserRecord, explicitHashKeys, partitionKeys } from "../support/arbitraries.js";
import { referenceEncode } from "../support/protobufjs-reference.js";

/** The parts of aws-kinesis-agg 4.2.8 that are used here. Its own types need the SDK of version 2. */
interface AwsKinesisAgg {
  RecordAggregator: new () => {
    addUserRecord(record: { partitionKey: string; explicitHashKey?: string; data: Buffer }): void;
    build(): { partitionKey: string; data: Buffer };
  };
  deaggregateSync(
    record: { partitionKey: string; sequenceNumber: string; data: string },
    verify: boolean,
    done: (error: Error | undefined, records: TheirRecord[]) => void,
  ): void;
}

interface TheirRecord {
  readonly partitionKey: string;
  readonly explicitPartitionKey?: string;
  readonly sequenceNumber: string;
  readonly subSequenceNumber: number;
  /** Base64. */
  readonly data: string;
}

const theirs = aggregator as unknown as AwsKinesisAgg;

// The tables of its encoder are plain objects. So integer keys ("10", "9") come first, and records exchange their keys;
// "__proto__" and "hasOwnProperty" break them.
const keysTheyEncode = partitionKeys.filter((key) => !/^\d+$/.test(key) && !(key in {}));

// Explicit hash keys are always integers. Those below 2^32 - 1 are reordered by the same defect, larger ones are not.
const hashKeysTheyEncode = explicitHashKeys.filter((hashKey) => hashKey.length > 10);

// It counts sizes in UTF-16 code units, so keys beyond ASCII can exceed its limit. These aggregates stay far below it.
const data = fc.uint8Array({ maxLength: 60 });

function theyEncode(records: readonly ArbitraryUserRecord[]): Buffer {
  const packer = new theirs.RecordAggregator();
  for (const each of records) packer.addUserRecord({ ...each, data: Buffer.from(each.data) });
  return packer.build().data;
}

function theyDecode(bytes: Uint8Array): TheirRecord[] {
  let decoded: TheirRecord[] = [];
  theirs.deaggregateSync(
    { partitionKey: "a", sequenceNumber: "4959", data: Buffer.from(bytes).toString("base64") },
    true,
    (error, records) => {
      if (error) throw error;
      decoded = records;
    },
  );
  return decoded;
}

function asOurs(records: readonly ArbitraryUserRecord[]): object[] {
  return records.map((each, i) => ({ ...each, sequenceNumber: "4959", subSequenceNumber: i, aggregated: true }));
}

test("we decode what aws-kinesis-agg encodes, some records with explicit hash keys and some without", () => {
  const records = fc
    .tuple(keysTheyEncode, fc.option(hashKeysTheyEncode, { nil: undefined }), data)
    .map(([partitionKey, explicitHashKey, bytes]) => ({
      partitionKey,
      ...(explicitHashKey === undefined ? {} : { explicitHashKey }),
      data: bytes,
    }));

  fc.assert(
    fc.property(fc.array(records, { minLength: 1, maxLength: 30 }), (aggregate) => {
      expect([...deaggregate({ data: theyEncode(aggregate), sequenceNumber: "4959" })]).toEqual(asOurs(aggregate));
    }),
  );
});

test("aws-kinesis-agg and we decode the same of what the reference encodes", () => {
  // Its decoder gives entry 0 of the hash key table to a record without a hash key. So either all records have one, or
  // none.
  const withHashKeys = fc.record({ partitionKey: partitionKeys, explicitHashKey: explicitHashKeys, data });
  const without = fc.record({ partitionKey: partitionKeys, data });
  const records = fc.oneof(
    fc.array(withHashKeys, { minLength: 1, maxLength: 30 }),
    fc.array(without, { minLength: 1, maxLength: 30 }),
  );

  fc.assert(
    fc.property(records, (aggregate: readonly ArbitraryUserRecord[]) => {
      const bytes = referenceEncode(aggregate);

      const ours = [...deaggregate({ data: bytes, sequenceNumber: "4959" })];
      const decoded = theyDecode(bytes);

      expect(ours).toEqual(asOurs(aggregate));
      expect(
        decoded.map((each) => ({
          partitionKey: each.partitionKey,
          ...(each.explicitPartitionKey === undefined ? {} : { explicitHashKey: each.explicitPartitionKey }),
          data: new Uint8Array(Buffer.from(each.data, "base64")),
          sequenceNumber: each.sequenceNumber,
          subSequenceNumber: each.subSequenceNumber,
          aggregated: true,
        })),
      ).toEqual(ours);
    }),
  );
});
