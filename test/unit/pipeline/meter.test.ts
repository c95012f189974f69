import { describe, expect, test } from "vitest";

import type { ShardDescription } from "../../../src/core/ports.js";
import { evenShards, shardIdOf } from "../../../src/testing/even-shards.js";
import {
  acceptByRange,
  connectionLost,
  refuseEntries,
  requestFailure,
  THROTTLED,
} from "../../../src/testing/scripted-answers.js";
import { STREAM, type VirtualProducer, virtualProducer } from "../../support/virtual-producer.js";

const ONE = evenShards(1);
const SHARD = shardIdOf(0);
const LOW = "0";
const HIGH = String(2n ** 128n - 1n);

function statsOf({ producer }: VirtualProducer) {
  const stats = producer.stats().streams[STREAM];
  if (stats === undefined) throw new Error("the stream was not used");
  return stats;
}

describe("the age of the oldest record", () => {
  test("of a healthy producer is that of the record in the queue, not of one that was delivered", async () => {
    // A key to an aggregate: the queue is never empty.
    const virtual = virtualProducer({ lingerMs: 100, aggregation: "reshard-safe" });
    await virtual.start();
    for (let i = 0; i < 50; i++) {
      virtual.put({ partitionKey: `k${i}` });
      await virtual.clock.advanceAsync(40);
    }

    expect(statsOf(virtual).oldestAgeMs).toBeLessThanOrEqual(100);
    await virtual.clock.advanceAsync(200);
    expect(statsOf(virtual).oldestAgeMs).toBe(0);
  });

  test("counts a record in flight", async () => {
    const virtual = virtualProducer();
    await virtual.start();
    virtual.transport.next("hold");
    virtual.put({});

    await virtual.clock.advanceAsync(4_000);

    expect(statsOf(virtual).oldestAgeMs).toBe(4_000);
  });

  test("counts a record that came back behind younger ones", async () => {
    const virtual = virtualProducer({ maxInFlightRequests: 1 });
    await virtual.start();
    virtual.transport.always(requestFailure("ServiceUnavailable", { statusCode: 503 }));
    virtual.put({});
    await virtual.clock.advanceAsync(500);
    virtual.put({});

    await virtual.clock.advanceAsync(1_500);

    expect(statsOf(virtual).oldestAgeMs).toBe(2_000);
  });

  test("counts a held record, and a put that waits for room", async () => {
    const parent = { ...(ONE[0] as ShardDescription), endingSequenceNumber: "1" };
    const children = evenShards(2, 1).map((shard) => ({ ...shard, parentShardId: SHARD }));
    const virtual = virtualProducer({ maxBufferedRecords: 2 });
    await virtual.start();
    virtual.transport.always(acceptByRange(children));
    virtual.directory.setShards([parent, ...children]);
    virtual.directory.listings.next("hold");
    virtual.put({ explicitHashKey: LOW });
    virtual.put({ explicitHashKey: HIGH });
    await virtual.clock.advanceAsync(50);
    virtual.put({});
    expect(statsOf(virtual)).toMatchObject({ waitingPuts: 1, oldestAgeMs: 50 });

    await virtual.clock.advanceAsync(250);

    expect(statsOf(virtual)).toMatchObject({ wrongShard: 1, oldestAgeMs: 300 });
  });
});

describe("a request that never left the process", () => {
  test("is not sent, and has failed", async () => {
    const virtual = virtualProducer();
    await virtual.start();
    const refused = requestFailure("ECONNREFUSED", { isUnsent: true });
    virtual.transport.next({ ...refused, mayBeStored: false }, connectionLost());
    virtual.put({ data: "12345" });
    await virtual.clock.advanceAsync(2_000);

    const stats = statsOf(virtual);

    expect(stats).toMatchObject({ requests: 2, requestsNotSent: 1, requestsFailed: 2, kinesisRecordsSent: 2 });
    expect(stats.requestErrors).toEqual({ ECONNREFUSED: 1, ECONNRESET: 1 });
    expect(stats.kinesisBytesSent).toBe(2 * stats.kinesisBytesAccepted);
    expect(stats.retriesPerRecord).toMatchObject({ count: 1, sum: 2 });
    expect(stats.userRecordsMayBeDuplicate).toBe(1);
  });
});

describe("the time in the limiter", () => {
  test("is the time in which a full shard held a due record back", async () => {
    const virtual = virtualProducer({ aggregation: false, lingerMs: 0, shardLimits: { recordsPerSecond: 10 } });
    await virtual.start();
    for (let i = 0; i < 20; i++) virtual.put({ partitionKey: `k${i}` });

    await virtual.clock.advanceAsync(3_000);

    // A burst of one second, and then one record in 100 ms.
    const { pacingMs, bufferingMs } = statsOf(virtual);
    expect(pacingMs.count).toBe(20);
    expect(pacingMs.max).toBeGreaterThan(900);
    expect(pacingMs.max).toBeLessThan(1_200);
    expect(pacingMs.sum).toBeCloseTo(bufferingMs.sum, -2);
    expect(pacingMs.p50).toBeLessThan(150);
  });

  test("counts the pause after throttling", async () => {
    const virtual = virtualProducer({ recordTtlMs: Number.POSITIVE_INFINITY });
    await virtual.start();
    virtual.transport.next(refuseEntries([0], THROTTLED, acceptByRange(ONE)));
    virtual.put({});

    await virtual.clock.advanceAsync(10_000);

    const { pacingMs, bufferingMs } = statsOf(virtual);
    expect(pacingMs.max).toBeGreaterThan(0);
    expect(pacingMs.max).toBe(bufferingMs.sum - 100);
  });

  test("is 0 for a record that waits to be packed, or for an answer", async () => {
    const virtual = virtualProducer({ maxInFlightRequests: 1 });
    await virtual.start();
    virtual.transport.next("hold");
    virtual.put({});
    await virtual.clock.advanceAsync(150);
    virtual.put({});
    await virtual.clock.advanceAsync(1_000);
    virtual.transport.held[0]?.answer(acceptByRange(ONE));
    await virtual.clock.advanceAsync(1_000);

    expect(statsOf(virtual).pacingMs).toMatchObject({ count: 2, sum: 0 });
  });
});

test("the buffering time counts from acceptance, and for a retry from the end of the attempt before", async () => {
  const virtual = virtualProducer({ lingerMs: 100 });
  await virtual.start();
  virtual.transport.next(connectionLost());
  virtual.put({});
  await virtual.clock.advanceAsync(60);
  virtual.put({});
  await virtual.clock.advanceAsync(2_000);

  const { bufferingMs, latencyMs, shards } = statsOf(virtual);

  // Two records in two attempts; requests take no time here.
  expect(bufferingMs).toMatchObject({ count: 4, sum: latencyMs.sum });
  expect(shards[SHARD]?.bufferingMs).toMatchObject({ count: 4, sum: bufferingMs.sum });
});

test("the load of a shard is a share of its ceilings over the last ten seconds", async () => {
  const virtual = virtualProducer({ aggregation: false, lingerMs: 0, shardLimits: { recordsPerSecond: 100 } });
  await virtual.start();
  for (let i = 0; i < 120; i++) {
    virtual.put({ partitionKey: "key", data: "x".repeat(1_021) });
    await virtual.clock.advanceAsync(100);
  }

  const shard = statsOf(virtual).shards[SHARD];

  expect(shard?.recordsUtilisation).toBeCloseTo(0.1, 2);
  expect(shard?.bytesUtilisation).toBeCloseTo(10_240 / 1_048_576, 3);
  expect(shard?.userRecordBytes).toEqual({ count: 120, sum: 122_520, min: 1_021, max: 1_021 });
});

test("the last minute forgets what is older, and has the expired records apart", async () => {
  const virtual = virtualProducer({ recordTtlMs: 1_000 });
  await virtual.start();
  virtual.put({});
  await virtual.clock.advanceAsync(100);
  virtual.transport.always(requestFailure("ServiceUnavailable", { statusCode: 503 }));
  virtual.put({});
  await virtual.clock.advanceAsync(2_000);
  expect(statsOf(virtual).recent).toMatchObject({
    userRecordsDelivered: 1,
    userRecordsFailed: 1,
    userRecordsExpired: 1,
    latencyMs: { count: 1, max: 100 },
  });

  await virtual.clock.advanceAsync(60_000);

  expect(statsOf(virtual).recent).toMatchObject({
    userRecordsDelivered: 0,
    userRecordsFailed: 0,
    latencyMs: { count: 0 },
  });
  expect(statsOf(virtual)).toMatchObject({ userRecordsDelivered: 1, userRecordsExpired: 1, latencyMs: { count: 1 } });
});

test("a closed shard leaves after its last record, and its counts stay in the stream's", async () => {
  const parent = { ...(ONE[0] as ShardDescription), endingSequenceNumber: "1" };
  const children = evenShards(2, 1).map((shard) => ({ ...shard, parentShardId: SHARD }));
  const virtual = virtualProducer({ shardMapMaxAgeMs: 60_000 });
  await virtual.start();
  virtual.put({ explicitHashKey: LOW });
  await virtual.clock.advanceAsync(1_000);
  virtual.directory.setShards([parent, ...children]);
  virtual.transport.next("hold");
  virtual.put({ explicitHashKey: LOW });
  await virtual.clock.advanceAsync(60_000);
  virtual.put({ explicitHashKey: HIGH });
  virtual.transport.always(acceptByRange(children));
  await virtual.clock.advanceAsync(200);
  expect(Object.keys(statsOf(virtual).shards)).toContain(SHARD);

  virtual.transport.held[0]?.answer(acceptByRange(ONE));
  await virtual.clock.advanceAsync(200);

  const { shards, userRecordsDelivered, kinesisRecordsAccepted } = statsOf(virtual);
  expect(Object.keys(shards)).not.toContain(SHARD);
  expect([userRecordsDelivered, kinesisRecordsAccepted]).toEqual([3, 3]);
});
