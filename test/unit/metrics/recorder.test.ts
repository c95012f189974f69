import { expect, test } from "vitest";

import { StreamRecorder } from "../../../src/metrics/recorder.js";

test("a new recorder has counted nothing and knows no shard", () => {
  const recorder = new StreamRecorder();

  const counters = Object.values(recorder).filter((value) => typeof value === "number");
  expect(counters.every((value) => value === 0)).toBe(true);
  expect([recorder.shards.size, recorder.errors.size, recorder.failures.size, recorder.latency.count]).toEqual([
    0, 0, 0, 0,
  ]);
});

test("a delivery counts for the stream and for the shard", () => {
  const recorder = new StreamRecorder();

  recorder.onDelivered("shard-1", 10, 1_000);
  recorder.onDelivered("shard-1", 1, 50);
  recorder.onDelivered("shard-2", 5, 500);

  expect(recorder).toMatchObject({ userRecordsDelivered: 16, bytesDelivered: 1_550, kinesisRecordsAccepted: 3 });
  expect(recorder.shard("shard-1")).toEqual({
    userRecordsDelivered: 11,
    bytesDelivered: 1_050,
    kinesisRecordsAccepted: 2,
    kinesisRecordsThrottled: 0,
  });
  expect(recorder.shard("shard-2").userRecordsDelivered).toBe(5);
});

test("failed user records and failed attempts are counted apart, each by its code", () => {
  const recorder = new StreamRecorder();

  recorder.onFailed("KP_RECORD_EXPIRED", 3);
  recorder.onFailed("InternalFailure", 2);
  recorder.onError("InternalFailure");

  expect(recorder.userRecordsFailed).toBe(5);
  expect([...recorder.failures]).toEqual([
    ["KP_RECORD_EXPIRED", 3],
    ["InternalFailure", 2],
  ]);
  expect([...recorder.errors]).toEqual([["InternalFailure", 1]]);
});

test("a shard has one set of counters", () => {
  const recorder = new StreamRecorder();

  recorder.shard("shard-1").kinesisRecordsThrottled++;
  recorder.shard("shard-1").kinesisRecordsThrottled++;

  expect(recorder.shards.size).toBe(1);
  expect(recorder.shard("shard-1").kinesisRecordsThrottled).toBe(2);
});
