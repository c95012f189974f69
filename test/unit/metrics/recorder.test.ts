import { expect, test } from "vitest";

import { StreamRecorder } from "../../../src/metrics/recorder.js";

const SIZES = { count: 10, sum: 1_000, min: 50, max: 200 };

function deliver(recorder: StreamRecorder, shardId: string, attempts = 1, mayBeDuplicate = false): void {
  recorder.onDelivered({ shardId, userRecords: 10, attempts }, SIZES, mayBeDuplicate);
}

test("a new recorder has counted nothing and knows no shard", () => {
  const recorder = new StreamRecorder();

  const counters = Object.values(recorder).filter((value) => typeof value === "number");
  expect(counters.every((value) => value === 0)).toBe(true);
  const { shards, requestErrors, entryErrors, failures } = recorder;
  expect([shards, requestErrors, entryErrors, failures].map(({ size }) => size)).toEqual([0, 0, 0, 0]);
  expect([recorder.userRecordsDelivered, recorder.userRecordsFailed]).toEqual([0, 0]);
});

test("a delivery counts for the stream and for the shard", () => {
  const recorder = new StreamRecorder();

  deliver(recorder, "shard-1");
  deliver(recorder, "shard-2", 3, true);

  expect(recorder.total().userRecordBytes).toMatchObject({ count: 20, sum: 2_000, min: 50, max: 200 });
  expect(recorder.shard("shard-2").userRecordBytes).toMatchObject(SIZES);
  expect(recorder.retriesPerRecord).toMatchObject({ count: 20, sum: 20, min: 0, max: 2 });
  expect(recorder.shard("shard-2").retriesPerRecord).toMatchObject({ count: 10, sum: 20 });
  expect(recorder.userRecordsMayBeDuplicate).toBe(10);
});

test("failed requests, refused Kinesis records and failed user records are counted apart, each by its code", () => {
  const recorder = new StreamRecorder();

  recorder.onFailed({ shardId: "shard-1", userRecords: 3, attempts: 0 }, "KP_RECORD_EXPIRED", true, 0);
  recorder.onFailed({ shardId: undefined, userRecords: 2, attempts: 2 }, "InternalFailure", false, 0);
  recorder.onRequestFailed("ECONNREFUSED");
  recorder.onRefused("shard-1", "Throttled", true);
  recorder.onRefused(undefined, "InternalFailure", false);

  expect([...recorder.failures]).toEqual([
    ["KP_RECORD_EXPIRED", 3],
    ["InternalFailure", 2],
  ]);
  expect([...recorder.requestErrors]).toEqual([["ECONNREFUSED", 1]]);
  expect([...recorder.entryErrors]).toEqual([
    ["Throttled", 1],
    ["InternalFailure", 1],
  ]);
  expect([...recorder.shard("shard-1").errors]).toEqual([["Throttled", 1]]);
  expect(recorder.total()).toMatchObject({
    userRecordsFailed: 5,
    userRecordsExpired: 3,
    kinesisRecordsThrottled: 1,
    kinesisRecordsRefused: 1,
  });
  expect(recorder.outcomes.read(0)).toMatchObject({ failed: 5, expired: 3 });
});

test("a request counts with its Kinesis records and its user records", () => {
  const recorder = new StreamRecorder();

  recorder.onKinesisRecord({ shardId: "shard-1", userRecords: 30, bytes: 900, pacedMs: 0 });
  recorder.onKinesisRecord({ shardId: undefined, userRecords: 1, bytes: 100, pacedMs: 40 });
  recorder.onRequest(2, 31, 25);

  expect(recorder).toMatchObject({ requests: 1, kinesisRecordsSent: 2, kinesisBytesSent: 1_000 });
  expect(recorder.requestMs).toMatchObject({ count: 1, sum: 25 });
  expect(recorder.kinesisRecordsPerRequest).toMatchObject({ count: 1, sum: 2 });
  expect(recorder.userRecordsPerRequest).toMatchObject({ count: 1, sum: 31 });
  expect(recorder.userRecordsPerKinesisRecord).toMatchObject({ count: 2, sum: 31, min: 1, max: 30 });
  expect(recorder.pacingMs).toMatchObject({ count: 2, sum: 40 });
  expect(recorder.shard("shard-1").userRecordsPerKinesisRecord).toMatchObject({ count: 1, sum: 30 });
});

test("Kinesis records that the codec has seen count with their bytes, and divided ones without", () => {
  const recorder = new StreamRecorder();

  recorder.onPressed({ outcome: "compressed", bytesBefore: 900, bytesAfter: 100 });
  recorder.onPressed({ outcome: "kept", bytesBefore: 50, bytesAfter: 50 });
  recorder.onPressed({ outcome: "divided", bytesBefore: 5_000, bytesAfter: 5_000 });

  expect(recorder).toMatchObject({ aggregatesCompressed: 1, aggregatesKept: 1, aggregatesDivided: 1 });
  expect(recorder).toMatchObject({ bytesBeforeCompression: 950, bytesAfterCompression: 150 });
});

test("the counts of a forgotten shard stay in the total", () => {
  const recorder = new StreamRecorder();
  deliver(recorder, "old");
  deliver(recorder, "new");
  recorder.onAccepted("old", 500, 0);
  recorder.onBuffered("old", 100, 10);
  recorder.onRefused("old", "Throttled", true);

  recorder.forgetShards((shardId) => shardId === "new");

  expect([...recorder.shards.keys()]).toEqual(["new"]);
  expect(recorder.total()).toMatchObject({
    kinesisRecordsThrottled: 1,
    userRecordBytes: { count: 20, sum: 2_000 },
    kinesisRecordBytes: { count: 1, sum: 500 },
    bufferingMs: { count: 10, sum: 1_000 },
    retriesPerRecord: { count: 20 },
  });
});
