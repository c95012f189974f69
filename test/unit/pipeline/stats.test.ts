import { describe, expect, test } from "vitest";

import { OPTIONS } from "../../../src/option-table.js";
import { evenShards, shardIdOf } from "../../../src/testing/even-shards.js";
import { acceptByRange, refuseEntries, requestFailure, THROTTLED } from "../../../src/testing/scripted-answers.js";
import { STREAM, virtualProducer } from "../../support/virtual-producer.js";

const LOW = "0";
const HIGH = String(2n ** 128n - 1n);

describe("stats", () => {
  test("of a producer that was never used are empty", () => {
    const { producer } = virtualProducer();

    expect(producer.stats()).toEqual({
      outstandingRecords: 0,
      bufferedRecords: 0,
      bufferedBytes: 0,
      maxBufferedRecords: OPTIONS.maxBufferedRecords.default,
      maxBufferedBytes: OPTIONS.maxBufferedBytes.default,
      requestsInFlight: 0,
      transport: "the caller's transport",
      streams: {},
    });
  });

  test("count what goes in, what comes out, and how", async () => {
    const two = evenShards(2);
    const { producer, clock, transport, put, start } = virtualProducer({}, two);
    await start();
    transport.next(refuseEntries([1], THROTTLED, acceptByRange(two)), requestFailure("ServiceUnavailable"));
    put({ explicitHashKey: LOW, data: "12345" });
    put({ explicitHashKey: LOW, data: "12345" });
    put({ explicitHashKey: HIGH, data: "1" });
    await clock.advanceAsync(1_000);

    const stats = producer.stats();

    expect(stats).toMatchObject({ outstandingRecords: 0, bufferedRecords: 0, bufferedBytes: 0, requestsInFlight: 0 });
    expect(stats.streams[STREAM]).toMatchObject({
      routing: "mapped",
      userRecordsAccepted: 3,
      userRecordsDelivered: 3,
      userRecordsFailed: 0,
      bytesDelivered: 11,
      requests: 3,
      requestsNotSent: 0,
      requestsFailed: 1,
      kinesisRecordsSent: 4,
      kinesisRecordsAccepted: 2,
      kinesisRecordsThrottled: 1,
      kinesisRecordsRefused: 0,
      retries: 2,
      wrongShard: 0,
      shardMapRefreshes: 1,
      requestErrors: { ServiceUnavailable: 1 },
      entryErrors: { [THROTTLED.errorCode]: 1 },
      shards: {
        [shardIdOf(0)]: { userRecordsDelivered: 2, kinesisRecordsAccepted: 1, kinesisRecordsThrottled: 0, errors: {} },
        [shardIdOf(1)]: {
          userRecordsDelivered: 1,
          kinesisRecordsAccepted: 1,
          kinesisRecordsThrottled: 1,
          errors: { [THROTTLED.errorCode]: 1 },
        },
      },
    });
  });

  test("count attempts that went wrong and records that failed apart, each once", async () => {
    const { producer, clock, transport, put, start } = virtualProducer({ recordTtlMs: 500, maxBufferedRecords: 4 });
    await start();
    const denied = { errorCode: "AccessDeniedException", errorMessage: "no" };
    transport
      .next(refuseEntries([0], denied, acceptByRange(evenShards(1))))
      .always(requestFailure("ServiceUnavailable"));
    for (const data of ["1", "2", "3"]) put({ data });
    put({ data: "" }, { signal: AbortSignal.abort() });
    put({ partitionKey: "" });
    await clock.advanceAsync(100);
    for (const data of ["4", "5"]) put({ data });
    await clock.advanceAsync(1_000);

    const stats = producer.stats().streams[STREAM];
    const closed = producer.close();
    await clock.settle();

    expect(stats?.requestErrors).toEqual({ ServiceUnavailable: stats?.requestsFailed });
    expect(stats?.entryErrors).toEqual({ AccessDeniedException: 1 });
    expect(stats?.failures).toEqual({ AccessDeniedException: 3, KP_RECORD_EXPIRED: 2 });
    expect(stats).toMatchObject({ userRecordsFailed: 5, userRecordsExpired: 2, userRecordsRefused: 2 });
    expect(stats?.shards[shardIdOf(0)]).toMatchObject({
      userRecordsFailed: 5,
      userRecordsExpired: 2,
      kinesisRecordsRefused: 1,
    });
    await expect(closed).resolves.toEqual({ delivered: 0, failed: 7 });
  });

  test("a shard that throttles shows a lower rate", async () => {
    const { producer, clock, transport, put, start } = virtualProducer({ recordTtlMs: Number.POSITIVE_INFINITY });
    await start();
    transport.next("hold");
    put({});
    await clock.advanceAsync(105);
    transport.held[0]?.answer(refuseEntries([0], THROTTLED, acceptByRange(evenShards(1))));
    await clock.settle();

    expect(producer.stats().streams[STREAM]?.shards[shardIdOf(0)]?.rateFactor).toBeLessThan(1);
  });

  test("gauge the records that wait, those in flight, and the age of the oldest", async () => {
    const { producer, clock, transport, put, start } = virtualProducer({
      maxBufferedRecords: 3,
      maxInFlightRequests: 1,
    });
    await start();
    transport.next("hold");
    put({ data: "xx" });
    await clock.advanceAsync(100);
    put({ data: "y" });
    put({ data: "z" });
    put({ data: "waits" });
    await clock.advanceAsync(40);

    const stats = producer.stats();

    expect(stats).toMatchObject({ outstandingRecords: 4, bufferedRecords: 3, bufferedBytes: 7, requestsInFlight: 1 });
    expect(stats.streams[STREAM]).toMatchObject({
      waitingPuts: 1,
      waitingBytes: 6,
      bufferedRecords: 3,
      oldestAgeMs: 140,
    });
  });

  test("show the latency from acceptance to delivery", async () => {
    const { producer, clock, put, start } = virtualProducer();
    await start();
    put({});
    await clock.advanceAsync(100);

    const { latencyMs } = producer.stats().streams[STREAM] ?? {};

    expect(latencyMs?.max).toBeCloseTo(100, 0);
    expect(latencyMs?.p50).toBeGreaterThan(85);
  });

  test("are a copy: what is shown does not change any more", async () => {
    const { producer, clock, put, start } = virtualProducer();
    await start();
    const before = producer.stats();
    const copy = structuredClone(before);
    put({});
    await clock.advanceAsync(100);

    expect(before).toEqual(copy);
  });
});
