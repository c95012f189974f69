import { describe, expect, test } from "vitest";

import { evenShards, shardIdOf } from "../../../src/testing/even-shards.js";
import {
  acceptAll,
  acceptByRange,
  refuseAll,
  requestFailure,
  THROTTLED,
} from "../../../src/testing/scripted-answers.js";
import { textsByRequest, virtualProducer } from "../../support/virtual-producer.js";

const DOWN = requestFailure("ServiceUnavailable", { statusCode: 503 });
const NO_LISTING = requestFailure("AccessDeniedException");

describe("a service that is down", () => {
  test("is sent one probe at a time, and requests come back one by one", async () => {
    const { clock, transport, put, start } = virtualProducer({ aggregation: false, maxRequestRecords: 1, lingerMs: 0 });
    await start();
    transport.always(DOWN);
    for (let i = 0; i < 200; i++) put({ data: String(i) });
    await clock.advanceAsync(2_000);
    const untilKnown = transport.requests.length;
    await clock.advanceAsync(20_000);

    expect(untilKnown).toBeLessThan(40);
    expect(transport.requests.length - untilKnown).toBeLessThan(15);

    transport.always("hold");
    await clock.advanceAsync(5_000);
    const atOnce: number[] = [];
    for (let i = 0; i < 12; i++) {
      atOnce.push(transport.held.length);
      transport.held[0]?.answer(acceptAll(shardIdOf(0)));
      await clock.advanceAsync(1);
    }
    expect(atOnce.slice(0, 4)).toEqual([1, 1, 2, 3]);
    expect(Math.max(...atOnce)).toBeGreaterThan(10);
  });

  test("leaves other streams alone", async () => {
    const { clock, transport, put, producer } = virtualProducer({ aggregation: false, lingerMs: 0 });
    transport.always((call) => (call.stream.streamName === "other" ? acceptAll(shardIdOf(0))(call) : DOWN));
    for (let i = 0; i < 20; i++) {
      put({ data: "down" });
      await clock.advanceAsync(100);
    }
    const record = put({ streamName: "other", data: "up" });
    await clock.advanceAsync(10);

    expect(record.state).toBe("resolved");
    expect(producer.stats().outstandingRecords).toBe(20);
  });
});

describe("without a predicted shard", () => {
  const KNOWN = { recordDistribution: "USER_PARTITION_KEY", maxRecordBytes: 1_048_576, lingerMs: 0 } as const;

  test("a throttled key pauses, with what comes later for it, and no other key does", async () => {
    const { clock, transport, directory, put } = virtualProducer({ ...KNOWN, random: () => 0.9 });
    directory.listings.always(NO_LISTING);
    transport.always((call) => ({
      kind: "answered",
      entries: call.entries.map(({ partitionKey }, i) =>
        partitionKey === "hot" ? THROTTLED : { shardId: shardIdOf(0), sequenceNumber: String(call.index * 500 + i) },
      ),
    }));
    put({ partitionKey: "hot", data: "h1" });
    await clock.advanceAsync(10);
    const others = ["c1", "c2", "c3"].map((data) => put({ partitionKey: "cold", data }));
    put({ partitionKey: "hot", data: "h2" });
    await clock.advanceAsync(20);

    expect(others.map(({ state }) => state)).toEqual(["resolved", "resolved", "resolved"]);
    expect(textsByRequest(transport)).toEqual([["h1"], ["c1", "c2", "c3"]]);
    transport.always(acceptAll(shardIdOf(0)));
    await clock.advanceAsync(5_000);
    expect(textsByRequest(transport).slice(2).flat()).toEqual(["h1", "h2"]);
  });

  test("on a stream that ignores keys, only the record itself pauses", async () => {
    const { clock, transport, directory, put } = virtualProducer({
      ...KNOWN,
      recordDistribution: "AUTO",
      random: () => 0.9,
    });
    directory.listings.always(NO_LISTING);
    transport.next(refuseAll(THROTTLED));
    put({ partitionKey: "k", data: "1" });
    await clock.advanceAsync(10);
    const second = put({ partitionKey: "k", data: "2" });
    await clock.advanceAsync(10);

    expect(second.state).toBe("resolved");
    expect(textsByRequest(transport)).toEqual([["1"], ["2"]]);
  });
});

describe("a stream that was deleted and created again", () => {
  const first = evenShards(1).map((shard) => ({ ...shard, startingSequenceNumber: "1000" }));
  const again = evenShards(2).map((shard) => ({ ...shard, startingSequenceNumber: "2000" }));

  test("under the same shard ids with other ranges: what was held goes again by the new ranges", async () => {
    const { clock, transport, directory, put, start } = virtualProducer({}, first);
    await start();
    directory.setShards(again);
    transport.always(acceptByRange(again));
    transport.next({ kind: "answered", entries: [{ shardId: shardIdOf(1), sequenceNumber: "2001" }] });
    const records = [
      put({ explicitHashKey: "0", data: "low" }),
      put({ explicitHashKey: String(2n ** 128n - 1n), data: "high" }),
    ];
    await clock.advanceAsync(1_000);

    expect(textsByRequest(transport).map((texts) => [...texts].sort())).toEqual([
      ["high", "low"],
      ["high", "low"],
    ]);
    expect(transport.requests[1]?.entries).toHaveLength(2);
    expect(records.map(({ value }) => [value?.shardId, value?.mayBeDuplicate])).toEqual([
      [shardIdOf(0), true],
      [shardIdOf(1), true],
    ]);
  });
});

test("a summary that comes late, with a smaller record limit than was allowed, re-packs the records that wait", async () => {
  const { clock, transport, directory, put } = virtualProducer({
    aggregation: { maxBytes: 2_000_000 },
    lingerMs: 1_000,
  });
  directory.summaries.next("hold");
  put({ data: "" });
  await clock.advanceAsync(6_001);
  for (let i = 0; i < 3; i++) put({ data: "x".repeat(600_000) });
  directory.summaries.held[0]?.answer();
  await clock.advanceAsync(3_000);

  const sizes = transport.requests.slice(1).flatMap(({ entries }) => entries.map(({ data }) => data.length));
  expect(sizes).toHaveLength(3);
  expect(Math.max(...sizes)).toBeLessThan(1_048_576);
});

test("an outage of an hour fills the buffer, and nothing else grows", async () => {
  const { clock, transport, producer, start, outcomes } = virtualProducer({
    maxBufferedRecords: 1_000,
    recordTtlMs: Number.POSITIVE_INFINITY,
    onDelivery: (batch) => void outcomes.push(...batch),
  });
  await start();
  transport.always(DOWN);
  let refused = 0;
  for (let minute = 0; minute < 60; minute++) {
    for (let i = 0; i < 100; i++) if (!producer.enqueue({ partitionKey: `${i}`, data: "x".repeat(100) })) refused++;
    await clock.advanceAsync(60_000);
  }

  expect(refused).toBe(5_000);
  expect(producer.stats()).toMatchObject({ outstandingRecords: 1_000, bufferedRecords: 1_000 });
  expect(clock.pendingTimers).toBe(1);
  transport.always(acceptAll(shardIdOf(0)));
  await clock.advanceAsync(30_000);
  expect(outcomes).toHaveLength(1_000);
  expect(Math.max(...outcomes.map(({ result }) => result?.attempts.length ?? 0))).toBeLessThanOrEqual(50);
});

test.each([5, 15])(
  "a shard that refuses everything for %d s costs a producer at half its rate no record: the rate comes back with the shard",
  async (seconds) => {
    const { clock, transport, producer, start, outcomes } = virtualProducer();
    await start();
    const send = async (stretch: number): Promise<void> => {
      for (let i = 0; i < stretch * 10; i++) {
        for (let j = 0; j < 5; j++) producer.enqueue({ partitionKey: `${j}`, data: "x".repeat(10_000) });
        await clock.advanceAsync(100);
      }
    };
    await send(20);
    transport.always(refuseAll(THROTTLED));
    await send(seconds);
    transport.always(acceptAll(shardIdOf(0)));
    await send(60);

    const flushed = producer.flush();
    await clock.advanceAsync(25_000);
    await flushed;
    expect(outcomes).toHaveLength((80 + seconds) * 50);
    expect(outcomes.filter(({ error }) => error !== undefined)).toEqual([]);
  },
);
