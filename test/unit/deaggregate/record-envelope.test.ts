import { expect, test } from "vitest";

import { deaggregate, type KinesisRecordLike } from "../../../src/deaggregate/index.js";
import { aggregateOf, keys, record } from "../../support/proto-bytes.js";

const ARRIVAL = new Date(1_545_084_650_987);
const PARENT = { sequenceNumber: "4959", approximateArrivalTimestamp: ARRIVAL };

const plain = Buffer.from("plain");
const aggregate = aggregateOf(keys("k"), record(0, "data"));

test("a record of a queue, which has neither a sequence number nor a shard", () => {
  const queueRecord = {
    ReceiptHandle: "handle",
    RecordId: "id",
    PartitionKey: "a",
    Data: aggregate,
    ApproximateArrivalTimestamp: ARRIVAL,
    FirstReceiveTimestamp: ARRIVAL,
    ReceiveCount: 1,
  };

  const records = [...deaggregate(queueRecord)];

  expect(records).toEqual([
    {
      partitionKey: "k",
      data: new Uint8Array(Buffer.from("data")),
      subSequenceNumber: 0,
      aggregated: true,
      approximateArrivalTimestamp: ARRIVAL,
    },
  ]);
});

/** Each envelope around the bytes, in the form of the service's documentation. */
const ENVELOPES: readonly [string, (bytes: Buffer) => KinesisRecordLike][] = [
  [
    "an SDK record",
    (bytes) => ({
      Data: bytes,
      PartitionKey: "a",
      SequenceNumber: "4959",
      ApproximateArrivalTimestamp: ARRIVAL,
      EncryptionType: "NONE",
    }),
  ],
  [
    "a record of a Lambda event",
    (bytes) => ({
      eventID: "shardId-000000000006:4959",
      kinesis: {
        kinesisSchemaVersion: "1.0",
        data: bytes.toString("base64"),
        partitionKey: "a",
        sequenceNumber: "4959",
        approximateArrivalTimestamp: 1545084650.987,
      },
    }),
  ],
  [
    "the kinesis part of it alone",
    (bytes) => ({
      data: bytes.toString("base64"),
      partitionKey: "a",
      sequenceNumber: "4959",
      approximateArrivalTimestamp: 1545084650.987,
    }),
  ],
  [
    "a record of EventBridge Pipes",
    (bytes) => ({
      kinesisSchemaVersion: "1.0",
      data: bytes.toString("base64"),
      partitionKey: "a",
      sequenceNumber: "4959",
      approximateArrivalTimestamp: 1545084650.987,
      eventID: "shardId-000000000006:4959",
      eventSource: "aws:kinesis",
    }),
  ],
  [
    "a Firehose transformation record",
    (bytes) => ({
      recordId: "4959546",
      data: bytes.toString("base64"),
      approximateArrivalTimestamp: 1_545_084_650_987,
      kinesisRecordMetadata: {
        shardId: "shardId-0",
        partitionKey: "a",
        sequenceNumber: "4959",
        subsequenceNumber: "",
        approximateArrivalTimestamp: 1_545_084_650_987,
      },
    }),
  ],
  [
    "a Kinesis Analytics record",
    (bytes) => ({
      recordId: "4959546",
      data: bytes.toString("base64"),
      kinesisStreamRecordMetadata: {
        shardId: "shardId-0",
        partitionKey: "a",
        sequenceNumber: "4959",
        approximateArrivalTimestamp: 1_545_084_650_987,
      },
    }),
  ],
  [
    "a bare record",
    (bytes) => ({ data: bytes, partitionKey: "a", sequenceNumber: "4959", approximateArrivalTimestamp: ARRIVAL }),
  ],
];

test.each(ENVELOPES)("%s that is plain comes out with its own key", (_, envelope) => {
  const [only, ...others] = deaggregate(envelope(plain));

  expect(others).toEqual([]);
  expect(only).toStrictEqual({
    ...PARENT,
    partitionKey: "a",
    data: only?.data,
    subSequenceNumber: 0,
    aggregated: false,
  });
  expect(Buffer.from(only?.data ?? []).toString()).toBe("plain");
});

test.each(ENVELOPES)("%s that is an aggregate comes out as its user records", (_, envelope) => {
  const [only, ...others] = deaggregate(envelope(aggregate));

  expect(others).toEqual([]);
  expect(only).toStrictEqual({
    ...PARENT,
    partitionKey: "k",
    data: new Uint8Array(Buffer.from("data")),
    subSequenceNumber: 0,
    aggregated: true,
  });
});

test("a bare plain record keeps its explicit hash key, and an aggregate's is not its user records'", () => {
  const [lone] = deaggregate({ data: plain, partitionKey: "a", explicitHashKey: "7" });
  const [packed] = deaggregate({ data: aggregate, partitionKey: "a", explicitHashKey: "7" });

  expect(lone?.explicitHashKey).toBe("7");
  expect(packed).not.toHaveProperty("explicitHashKey");
});

test("what an envelope does not tell is absent", () => {
  expect([...deaggregate({ data: plain })]).toStrictEqual([{ data: plain, subSequenceNumber: 0, aggregated: false }]);
});

test("a Firehose record from a direct put has no key, and its own arrival", () => {
  const [only] = deaggregate({ recordId: "1", data: plain.toString("base64"), approximateArrivalTimestamp: 5 });

  expect(only).toStrictEqual({
    data: new Uint8Array(plain),
    subSequenceNumber: 0,
    aggregated: false,
    approximateArrivalTimestamp: new Date(5),
  });
});

test("an SDK record without data is plain and empty", () => {
  expect([...deaggregate({ Data: undefined, PartitionKey: "a" })]).toStrictEqual([
    { partitionKey: "a", data: new Uint8Array(0), subSequenceNumber: 0, aggregated: false },
  ]);
});
