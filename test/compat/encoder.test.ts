import aggregator from "aws-kinesis-agg";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { RecordAggregator } from "../../src/aggregate/index.js";
import type { UserRecord } from "../../src/record.js";
import { type ArbitraryUserRecord, explicitHashKeys, partitionKeys, recordTags } from "../support/arbitraries.js";
import { VECTORS } from "../support/vectors.js";

/** The reading part of aws-kinesis-agg 4.2.8. Its own types need the SDK of version 2. */
interface AwsKinesisAgg {
  deaggregateSync(
    record: { partitionKey: string; sequenceNumber: string; data: string },
    verify: boolean,
    done: (error: Error | undefined, records: TheirRecord[]) => void,
  ): void;
}

interface TheirRecord {
  readonly partitionKey: string;
  readonly explicitPartitionKey?: string;
  readonly subSequenceNumber: number;
  /** Base64. */
  readonly data: string;
}

const theirs = aggregator as unknown as AwsKinesisAgg;

/** The records that aws-kinesis-agg reads, with its check of the digest. */
function theyRead(bytes: Uint8Array): TheirRecord[] {
  let read: TheirRecord[] = [];
  const data = Buffer.from(bytes).toString("base64");
  theirs.deaggregateSync({ partitionKey: "a", sequenceNumber: "4959", data }, true, (error, records) => {
    if (error) throw error;
    read = records;
  });
  return read;
}

/** Adds records until one does not fit. Returns the number of added records, and the Kinesis record. */
function packOne(records: Iterable<UserRecord>, maxBytes: number): { count: number; bytes: number } {
  const packer = new RecordAggregator({ maxBytes });
  let count = 0;
  for (const record of records) {
    if (packer.tryAdd(record) !== "added") break;
    count++;
  }
  return { count, bytes: packer.take()?.data.length ?? 0 };
}

/** Endless user records, with keys made from their numbers. */
function* userRecords(bytes: number, keyOf: (i: number) => string): Generator<UserRecord> {
  const data = new Uint8Array(bytes).fill(0x78);
  for (let i = 0; ; i++) yield { partitionKey: keyOf(i), data };
}

const onePerKey = (length: number) => (i: number) => String(i).padStart(length, "k");
const oneKey = (): string => "pk";

describe("the KPL 1.0.7 packs as many records into as many bytes", () => {
  const MIB = 1024 * 1024;

  test.each([
    ["10 B, one key", 10, oneKey, 51_200, 3_198, 51_192],
    ["128 B, one key", 128, oneKey, 51_200, 376, 51_160],
    ["128 B, keys of 8 characters", 128, onePerKey(8), 51_200, 349, 51_195],
    ["200 B, one key", 200, oneKey, 51_200, 246, 51_192],
    ["200 B, keys of 8 characters", 200, onePerKey(8), 51_200, 234, 51_138],
    ["200 B, keys of 36 characters", 200, onePerKey(36), 51_200, 207, 51_021],
    ["1,024 B, one key", 1_024, oneKey, 51_200, 49, 50_592],
    ["1,024 B, keys of 8 characters", 1_024, onePerKey(8), 51_200, 49, 51_078],
    ["40,000 B, which is raw", 40_000, oneKey, 51_200, 1, 40_000],
    ["200 B, keys of 36 characters, limit 1 MiB", 200, onePerKey(36), MIB, 4_245, 1_048_407],
  ])("%s", (_, bytes, keyOf, maxBytes, count, aggregateBytes) => {
    expect(packOne(userRecords(bytes, keyOf), maxBytes)).toEqual({ count, bytes: aggregateBytes });
  });
});

describe("public aggregates of other encoders", () => {
  test.each(VECTORS)("are the bytes that we write for their records: $name", ({ records, bytes }) => {
    const packer = new RecordAggregator();
    for (const record of records) packer.tryAdd(record);

    expect(packer.take()?.data).toEqual(bytes);
  });
});

describe("aws-kinesis-agg reads what we write", () => {
  const data = fc.uint8Array({ maxLength: 60 });
  // It gives entry 0 of the hash key table to a record without a hash key. So either all records have one, or none.
  const aggregates: fc.Arbitrary<readonly ArbitraryUserRecord[]> = fc.oneof(
    fc.array(fc.record({ partitionKey: partitionKeys, explicitHashKey: explicitHashKeys, data }), {
      minLength: 2,
      maxLength: 30,
    }),
    fc.array(fc.record({ partitionKey: partitionKeys, data }), { minLength: 2, maxLength: 30 }),
    // It skips fields that it does not know.
    fc.array(fc.record({ partitionKey: partitionKeys, data, tags: recordTags }), { minLength: 2, maxLength: 30 }),
  );

  test("with the keys, the hash keys, the data and the order that went in", () => {
    fc.assert(
      fc.property(aggregates, (records) => {
        const packer = new RecordAggregator();
        for (const record of records) packer.tryAdd(record);

        const read = theyRead(packer.take()?.data as Uint8Array);

        expect(
          read.map(({ partitionKey, explicitPartitionKey, data: base64, subSequenceNumber }) => ({
            partitionKey,
            explicitHashKey: explicitPartitionKey,
            data: base64,
            subSequenceNumber,
          })),
        ).toEqual(
          records.map(({ partitionKey, explicitHashKey, data: bytes }, i) => ({
            partitionKey,
            explicitHashKey,
            data: Buffer.from(bytes).toString("base64"),
            subSequenceNumber: i,
          })),
        );
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ["51,200 bytes", 51_200],
    ["1 MiB", 1024 * 1024],
  ])("when it is as large as it may be: %s", (_, maxBytes) => {
    const packer = new RecordAggregator({ maxBytes });
    let count = 0;
    for (const record of userRecords(100, onePerKey(12))) {
      if (packer.tryAdd(record) !== "added") break;
      count++;
    }

    const read = theyRead(packer.take()?.data as Uint8Array);

    expect(read.length).toBe(count);
    expect(read.at(-1)?.partitionKey).toBe(onePerKey(12)(count - 1));
  });
});
