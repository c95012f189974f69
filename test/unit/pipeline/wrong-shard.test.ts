import { describe, expect, test } from "vitest";

import type { ShardDescription } from "../../../src/core/ports.js";
import { evenShards, shardIdOf } from "../../../src/testing/even-shards.js";
import {
  acceptAll,
  acceptByRange,
  refuseAll,
  requestFailure,
  THROTTLED,
} from "../../../src/testing/scripted-answers.js";
import { STREAM, textsByRequest, textsOf, virtualProducer } from "../../support/virtual-producer.js";

const PARENT = evenShards(1);
const CHILDREN = evenShards(2, 1).map((shard) => ({ ...shard, parentShardId: shardIdOf(0) }));
const CLOSED_PARENT = { ...(PARENT[0] as ShardDescription), endingSequenceNumber: "1" };
const [LEFT, RIGHT] = [shardIdOf(1), shardIdOf(2)];
const LOW = "0";
const LOW_TOO = "1";
const HIGH = String(2n ** 128n - 1n);

/** One shard that has just been split, which the producer does not know yet; every record goes to the children. */
async function afterSplit(options: Parameters<typeof virtualProducer>[0] = {}) {
  const virtual = virtualProducer(options, PARENT);
  await virtual.start();
  virtual.directory.setShards([CLOSED_PARENT, ...CHILDREN]);
  virtual.transport.always(acceptByRange(CHILDREN));
  return virtual;
}

describe("a mixed aggregate in a shard that was not predicted", () => {
  test("after a split, with keys of both children: none of it counts, all of it goes again, in two", async () => {
    const { clock, transport, put } = await afterSplit();
    const records = [put({ explicitHashKey: LOW, data: "low" }), put({ explicitHashKey: HIGH, data: "high" })];

    await clock.advanceAsync(100);

    expect(transport.requests.map(({ entries }) => entries.map(textsOf))).toEqual([
      [["low", "high"]],
      [["low"], ["high"]],
    ]);
    expect(records.map(({ value }) => value?.shardId)).toEqual([LEFT, RIGHT]);
    for (const { value } of records) {
      expect(value?.mayBeDuplicate).toBe(true);
      expect(value?.attempts[0]).toMatchObject({ shardId: LEFT, errorCode: "WrongShard" });
    }
  });

  test("whose keys all lie in the child that took it is delivered, without a second copy", async () => {
    const { clock, transport, put } = await afterSplit();
    const records = [put({ explicitHashKey: LOW, data: "a" }), put({ explicitHashKey: LOW_TOO, data: "b" })];

    await clock.advanceAsync(100);

    expect(transport.requests).toHaveLength(1);
    expect(records.map(({ value }) => value)).toMatchObject([
      { shardId: LEFT, subSequenceNumber: 0, mayBeDuplicate: false },
      { shardId: LEFT, subSequenceNumber: 1, mayBeDuplicate: false },
    ]);
  });

  test("is neither delivered nor sent again before the refresh has answered", async () => {
    const { clock, transport, directory, put } = await afterSplit();
    directory.listings.always("hold");
    const records = [put({ explicitHashKey: LOW }), put({ explicitHashKey: HIGH })];

    await clock.advanceAsync(4_000);
    expect(records.map(({ state }) => state)).toEqual(["pending", "pending"]);
    expect(transport.requests).toHaveLength(1);
    directory.listings.held[0]?.answer();
    await clock.settle();

    expect(records.map(({ state }) => state)).toEqual(["resolved", "resolved"]);
  });

  test("does not count against maxAttempts", async () => {
    const { clock, put } = await afterSplit({ maxAttempts: 1 });
    const records = [put({ explicitHashKey: LOW }), put({ explicitHashKey: HIGH })];

    await clock.advanceAsync(100);

    expect(records.map(({ state }) => state)).toEqual(["resolved", "resolved"]);
  });

  test("does not count against maxAttempts of the copy that is sent again", async () => {
    const { clock, transport, put } = await afterSplit({ maxAttempts: 2 });
    transport.next(acceptByRange(CHILDREN), refuseAll(THROTTLED));
    const records = [put({ explicitHashKey: LOW }), put({ explicitHashKey: HIGH })];

    await clock.advanceAsync(1_000);

    expect(records.map(({ state }) => state)).toEqual(["resolved", "resolved"]);
  });

  test("answered while a refresh is under way waits for the next one, which follows", async () => {
    const { clock, transport, directory, put, start } = virtualProducer({ lingerMs: 0 }, evenShards(2));
    await start();
    transport.next("hold", "hold");
    const first = [put({ explicitHashKey: LOW }), put({ explicitHashKey: LOW_TOO })];
    await clock.advanceAsync(10);
    const second = [put({ explicitHashKey: LOW }), put({ explicitHashKey: LOW_TOO })];
    await clock.advanceAsync(10);
    directory.listings.next("hold");
    transport.held[0]?.answer(acceptAll(shardIdOf(1)));
    await clock.advanceAsync(10);
    transport.held[0]?.answer(acceptAll(shardIdOf(1)));
    await clock.advanceAsync(10);

    directory.listings.held[0]?.answer();
    await clock.settle();
    expect([...first, ...second].map(({ state }) => state)).toEqual(["resolved", "resolved", "pending", "pending"]);
    await clock.advanceAsync(200);

    expect(second.map(({ state }) => state)).toEqual(["resolved", "resolved"]);
    expect(directory.listings.calls).toHaveLength(3);
  });

  test("that was accepted by the parent, and answered after the refresh dropped that parent, is delivered", async () => {
    const { clock, transport, directory, put, start } = virtualProducer({ lingerMs: 0 }, PARENT);
    await start();
    transport.next("hold");
    const records = [put({ explicitHashKey: LOW }), put({ explicitHashKey: HIGH })];
    await clock.settle();
    // Another record tells of the split.
    directory.setShards([CLOSED_PARENT, ...CHILDREN]);
    transport.always(acceptByRange(CHILDREN));
    put({ explicitHashKey: HIGH });
    put({ explicitHashKey: LOW });
    await clock.settle();
    expect(directory.listings.calls).toHaveLength(2);

    transport.held[0]?.answer(acceptAll(shardIdOf(0)));
    await clock.settle();

    expect(records.map(({ value }) => value)).toMatchObject([
      { shardId: shardIdOf(0), mayBeDuplicate: false },
      { shardId: shardIdOf(0), mayBeDuplicate: false },
    ]);
    expect(transport.requests).toHaveLength(3);
  });

  test("predictions go on with the old map for other shards while the refresh runs", async () => {
    const two = evenShards(2);
    const { clock, transport, directory, put, start } = virtualProducer({ lingerMs: 0 }, two);
    await start();
    directory.listings.always("hold");
    transport.next(acceptAll(shardIdOf(7)));
    put({ explicitHashKey: LOW });
    put({ explicitHashKey: LOW_TOO });
    await clock.settle();

    const held = put({ explicitHashKey: LOW });
    const other = put({ explicitHashKey: HIGH });
    await clock.settle();

    expect(other.state).toBe("resolved");
    expect(held.state).toBe("pending");
  });

  test("held longer than its time to live, it expires as soon as it is to be sent again", async () => {
    const { clock, transport, directory, put } = await afterSplit({ recordTtlMs: 1_000, maxInFlightRequests: 1 });
    directory.listings.always("hold");
    const records = [put({ explicitHashKey: LOW }), put({ explicitHashKey: HIGH })];
    await clock.advanceAsync(3_000);
    expect(records.map(({ state }) => state)).toEqual(["pending", "pending"]);

    directory.listings.held[0]?.answer();
    await clock.settle();

    expect(records.map(({ error }) => error)).toMatchObject([
      { code: "KP_RECORD_EXPIRED", delivery: "unknown" },
      { code: "KP_RECORD_EXPIRED", delivery: "unknown" },
    ]);
    expect(transport.requests).toHaveLength(1);
    expect(clock.isRefed).toBe(false);
  });

  test("re-packed, it still expires by the timer when nothing can be sent", async () => {
    const { clock, transport, directory, put } = await afterSplit({ recordTtlMs: 4_000, aggregation: { maxCount: 2 } });
    directory.listings.always("hold");
    const records = [put({ explicitHashKey: LOW }), put({ explicitHashKey: HIGH })];
    await clock.advanceAsync(3_000);
    transport.always(refuseAll(THROTTLED));
    directory.listings.held[0]?.answer();

    await clock.advanceAsync(10_000);

    expect(records.map(({ settledAt }) => settledAt)).toEqual([5_000, 5_000]);
    expect(clock.isRefed).toBe(false);
  });

  test("closed while it waits for judgement, it fails with unknown: a shard has it", async () => {
    const { producer, clock, directory, put } = await afterSplit();
    directory.listings.always("hold");
    const record = put({ explicitHashKey: LOW });
    put({ explicitHashKey: HIGH });
    await clock.advanceAsync(100);

    void producer.close({ timeoutMs: 50 });
    await clock.advanceAsync(50);

    expect(record.error).toMatchObject({ code: "KP_CLOSED", delivery: "unknown" });
    expect(clock.isRefed).toBe(false);
  });

  test("holds its room in the buffer, and no request slot", async () => {
    const { producer, clock, directory, put } = await afterSplit({ maxInFlightRequests: 1 });
    directory.listings.always("hold");
    put({ explicitHashKey: LOW });
    put({ explicitHashKey: HIGH });
    await clock.advanceAsync(100);

    expect(producer.stats()).toMatchObject({ bufferedRecords: 2, requestsInFlight: 0 });
    expect(producer.stats().streams[STREAM]).toMatchObject({ wrongShard: 1 });
  });
});

describe("a raw record, or an aggregate of one key", () => {
  test("raw it is delivered at once, whichever shard took it", async () => {
    const { clock, directory, put } = await afterSplit();
    directory.listings.always("hold");
    const record = put({ explicitHashKey: HIGH });

    await clock.advanceAsync(100);

    expect(record.value).toMatchObject({ shardId: RIGHT, mayBeDuplicate: false });
  });

  test.each([
    ["until a list shows it", 1_000],
    ["at most the bound", 5_100],
  ])(
    "an aggregate of one key waits for the range of its shard %s, and is delivered without a second copy",
    async (_, ms) => {
      const { clock, directory, put, transport } = await afterSplit();
      directory.listings.always("hold");
      const records = [put({ data: "a" }), put({ data: "b" })];

      await clock.advanceAsync(ms - 1);
      expect(records.map(({ state }) => state)).toEqual(["pending", "pending"]);
      if (ms === 1_000) for (const listing of directory.listings.held) listing.answer();
      await clock.advanceAsync(1);

      expect(records.map(({ value }) => value?.mayBeDuplicate)).toEqual([false, false]);
      expect(transport.requests).toHaveLength(1);
    },
  );

  test("an aggregate of one key is delivered at once when the map is not believed anyway", async () => {
    const { clock, directory, put } = await afterSplit();
    directory.listings.always("hold");
    put({ data: "a" });
    put({ data: "b" });
    await clock.advanceAsync(5_100);
    const records = [put({ data: "c" }), put({ data: "d" })];

    await clock.advanceAsync(100);

    expect(records.map(({ state }) => state)).toEqual(["resolved", "resolved"]);
  });

  test("an aggregate of one key is not, when the range is known and excludes it", async () => {
    const two = evenShards(2);
    const { clock, transport, put, start } = virtualProducer({}, two);
    await start();
    transport.next(acceptAll(shardIdOf(1)));
    const records = [put({ explicitHashKey: LOW, data: "a" }), put({ explicitHashKey: LOW, data: "b" })];

    await clock.advanceAsync(200);

    expect(records.map(({ value }) => value)).toMatchObject([
      { shardId: shardIdOf(0), mayBeDuplicate: true },
      { shardId: shardIdOf(0), mayBeDuplicate: true },
    ]);
    expect(transport.requests).toHaveLength(2);
  });

  test("the evidence refreshes the map also when nothing waits for it", async () => {
    const { clock, directory, put } = await afterSplit();
    put({ explicitHashKey: HIGH });
    await clock.advanceAsync(100);

    expect(directory.listings.calls).toHaveLength(2);
    expect(clock.isRefed).toBe(false);
  });
});

describe("a list of shards that does not help", () => {
  test("an intermediate that is closed already is looked up among the closed ones", async () => {
    // 0 was split into 1 and 2, and those merged again into 3, all of it unseen.
    const merged = { ...evenShards(1, 3)[0], parentShardId: LEFT, adjacentParentShardId: RIGHT } as ShardDescription;
    const closed = CHILDREN.map((shard) => ({ ...shard, endingSequenceNumber: "1" }));
    const { clock, transport, directory, put, start } = virtualProducer({}, PARENT);
    await start();
    directory.setShards([CLOSED_PARENT, ...closed, merged]);
    transport.next(acceptAll(LEFT));
    transport.always(acceptAll(shardIdOf(3)));
    const records = [put({ explicitHashKey: LOW }), put({ explicitHashKey: HIGH })];

    await clock.advanceAsync(200);

    expect(directory.listings.calls.map(({ selection }) => selection)).toEqual(["open", "open", "all"]);
    expect(transport.requests).toHaveLength(2);
    expect(records.map(({ value }) => value?.shardId)).toEqual([shardIdOf(3), shardIdOf(3)]);
  });

  test("a lagging one does not bring a closed parent back", async () => {
    const { clock, transport, directory, put } = await afterSplit();
    put({ explicitHashKey: LOW });
    await clock.advanceAsync(100);
    expect(directory.listings.calls).toHaveLength(2);
    directory.listings.next({ kind: "shards", shards: PARENT });
    // By age, at the next put.
    await clock.advanceAsync(4_000_000);

    const records = [put({ explicitHashKey: LOW }), put({ explicitHashKey: HIGH })];
    await clock.advanceAsync(200);

    expect(transport.requests.at(-1)?.entries).toHaveLength(2);
    expect(records.map(({ value }) => value)).toMatchObject([
      { shardId: LEFT, mayBeDuplicate: false },
      { shardId: RIGHT, mayBeDuplicate: false },
    ]);
  });

  test("one that still predicts the shard: its records go one key to an aggregate until a map replaces it", async () => {
    const { clock, transport, directory, put } = await afterSplit();
    directory.setShards(PARENT);
    const records = [
      put({ partitionKey: "x", explicitHashKey: LOW, data: "a" }),
      put({ partitionKey: "y", explicitHashKey: HIGH, data: "b" }),
      put({ partitionKey: "x", explicitHashKey: LOW, data: "c" }),
    ];

    await clock.advanceAsync(10_000);

    expect(records.map(({ state }) => state)).toEqual(["resolved", "resolved", "resolved"]);
    expect(transport.requests[1]?.entries.map(textsOf)).toEqual([["a", "c"], ["b"]]);
  });

  test("none at all: at the bound all is sent again in fallback packing, one key to an aggregate", async () => {
    const { clock, transport, directory, put } = await afterSplit();
    directory.listings.always(requestFailure("LimitExceededException"));
    const records = [
      put({ explicitHashKey: LOW, data: "a" }),
      put({ explicitHashKey: HIGH, data: "b" }),
      put({ explicitHashKey: LOW, data: "c" }),
    ];

    await clock.advanceAsync(100);
    await clock.advanceAsync(4_999);
    expect(transport.requests).toHaveLength(1);
    await clock.advanceAsync(1);

    expect(transport.requests[1]?.entries.map(textsOf)).toEqual([["a", "c"], ["b"]]);
    expect(records.map(({ value }) => value?.mayBeDuplicate)).toEqual([true, true, true]);
  });

  test("one that never shows the answering shard: at the bound in fallback packing, though the map is new", async () => {
    const { clock, transport, directory, put } = await afterSplit();
    transport.next(acceptAll(shardIdOf(9)));
    const records = [
      put({ explicitHashKey: LOW, data: "a" }),
      put({ explicitHashKey: LOW_TOO, data: "b" }),
      put({ explicitHashKey: LOW, data: "c" }),
    ];

    await clock.advanceAsync(5_100);

    expect(directory.listings.calls.map(({ selection }) => selection)).toContain("all");
    expect(transport.requests[1]?.entries.map(textsOf)).toEqual([["a", "c"], ["b"]]);
    expect(records.map(({ state }) => state)).toEqual(["resolved", "resolved", "resolved"]);
  });

  test("an aggregate that was in flight when its shard lost its trust is re-packed when it comes back", async () => {
    const { clock, transport, directory, put } = await afterSplit({ lingerMs: 0 });
    directory.setShards(PARENT);
    transport.next("hold");
    const early = [put({ explicitHashKey: LOW, data: "a" }), put({ explicitHashKey: HIGH, data: "b" })];
    await clock.settle();
    const evidence = [put({ explicitHashKey: LOW, data: "c" }), put({ explicitHashKey: HIGH, data: "d" })];
    await clock.settle();
    transport.held[0]?.answer(refuseAll(THROTTLED));

    await clock.advanceAsync(10_000);

    expect(evidence.map(({ state }) => state)).toEqual(["resolved", "resolved"]);
    expect(early.map(({ value }) => value?.mayBeDuplicate)).toEqual([false, false]);
    expect(textsByRequest(transport)).toHaveLength(4);
  });
});
