import { describe, expect, test } from "vitest";
import { NO_SHARD } from "../../../../src/core/buffer-budget.js";
import { newAggregator } from "../../../../src/core/lane/aggregator.js";
import { Lane } from "../../../../src/core/lane/lane.js";
import { Pause, RETRY_BACKOFF } from "../../../../src/core/pacing/retry-policy.js";
import { ShardLimiter } from "../../../../src/core/pacing/shard-limiter.js";
import type { EntryAccepted, ShardDescription, StreamSummary } from "../../../../src/core/ports.js";
import type { OpenShard, ShardMap } from "../../../../src/core/shards/shard-map.js";
import type { FactsChange } from "../../../../src/pipeline/stream/facts-change.js";
import { Misplacement, type MisplacementDecision } from "../../../../src/pipeline/stream/misplacement.js";
import { StreamFacts } from "../../../../src/pipeline/stream/stream-facts.js";
import { evenShards, shardIdOf } from "../../../../src/testing/even-shards.js";
import { type PlacedParts, pendingOf } from "../../core/placed-records.js";

const NO_QUEUE = { listingAt: Number.NEGATIVE_INFINITY, summaryAt: Number.NEGATIVE_INFINITY };
const BOUND_MS = 5_000;
const SHARDS = evenShards(2);
const [LEFT, RIGHT, UNLISTED] = [shardIdOf(0), shardIdOf(1), shardIdOf(9)];
const LOW: PlacedParts = { explicitHashKey: "0" };
const HIGH: PlacedParts = { explicitHashKey: String(2n ** 128n - 1n) };
const OF_ONE_KEY = [LOW, LOW];
const MIXED = [LOW, HIGH];
const SUMMARY: StreamSummary = { kind: "summary", recordDistribution: "USER_PARTITION_KEY", maxRecordBytes: 1_048_576 };

/** A stream of two shards that were asked for at 0, and its lane of the left one. */
function start() {
  const facts = new StreamFacts({
    streamName: "s",
    packing: "shard",
    aggregate: { maxBytes: 51_200, maxCount: 500 },
    known: { maxRecordBytes: undefined, recordDistribution: undefined },
    isOrdered: false,
    shardMapTimeoutMs: BOUND_MS,
  });
  const misplacement = new Misplacement({ facts, packing: "shard", boundMs: BOUND_MS });
  const listed = (shards: readonly ShardDescription[], askedAt: number, now = askedAt): FactsChange =>
    facts.takeListing({ kind: "shards", shards }, askedAt, now, NO_QUEUE);
  const list = (...told: Parameters<typeof listed>): MisplacementDecision =>
    misplacement.onFacts(listed(...told), told[1]);
  facts.takeSummary(SUMMARY, NO_QUEUE);
  list(SHARDS, 0);
  const lane = laneOf((facts.map as ShardMap).shards[0]);
  const land = (shardId: string, records: readonly PlacedParts[], now: number) => {
    const record = pendingOf(...records);
    record.seal(true);
    const answer: EntryAccepted = { shardId, sequenceNumber: "1" };
    return misplacement.onLanded({ record, lane, pacedMs: 0 }, answer, now - 1, now);
  };
  return { facts, misplacement, lane, land, list };
}

function laneOf(shard: OpenShard | undefined): Lane {
  const limits = { recordsPerSecond: 1_000, bytesPerSecond: 1_048_576, adaptive: true };
  return new Lane({
    ...(shard === undefined ? {} : { shard }),
    aggregator: newAggregator("shard", { maxBytes: 51_200, maxCount: 500 }),
    limiter: new ShardLimiter(limits, 0),
    pause: new Pause(RETRY_BACKOFF, () => 0.5),
    budget: NO_SHARD,
  });
}

/** How many records each of the verdicts is about, and how what goes again is packed. */
function inNumbers({ delivered, resend, distrusted }: MisplacementDecision) {
  const again = resend.filter(({ records }) => records.length > 0);
  return [delivered.length, again.map(({ records, packing }) => [records.length, packing]), distrusted.length];
}

test("the predicted shard is known by its id, as long as the id is that of the lane's own shard", () => {
  const { misplacement, lane, list } = start();
  const answer = { shardId: LEFT, sequenceNumber: "1" };

  expect(misplacement.isPredicted(lane, answer)).toBe(true);
  expect(misplacement.isPredicted(lane, { ...answer, shardId: RIGHT })).toBe(false);
  expect(misplacement.isPredicted(laneOf(undefined), answer)).toBe(false);
  list(evenShards(3), 1);
  expect(misplacement.isPredicted(lane, answer)).toBe(false);
});

describe("a lane whose shard did not take what was predicted for it", () => {
  test("is held until a list that was asked for after that has answered, and is not believed then", () => {
    const { misplacement, lane, land, list } = start();
    land(RIGHT, [LOW], 100);

    expect([lane.heldUntil, misplacement.nextAt]).toEqual([100 + BOUND_MS, 100 + BOUND_MS]);
    expect(list(SHARDS, 99).distrusted).toEqual([]);
    expect(list(SHARDS, 100).distrusted).toEqual([lane]);
    expect([lane.heldUntil, misplacement.nextAt]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  test("is held until the bound where no list answers", () => {
    const { misplacement, lane, land } = start();
    land(RIGHT, [LOW], 100);
    land(RIGHT, [LOW], 200);

    expect(misplacement.onTime(99 + BOUND_MS).distrusted).toEqual([]);
    expect(misplacement.onTime(100 + BOUND_MS).distrusted).toEqual([lane]);
    expect(lane.heldUntil).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe("a Kinesis record in another shard", () => {
  test("is delivered when it is raw, or of one key that belongs there", () => {
    const { land } = start();

    expect(land(RIGHT, [LOW], 100)).toBe("delivered");
    expect(land(RIGHT, [HIGH, HIGH], 100)).toBe("delivered");
  });

  test("is held as an aggregate, and goes again as a whole when a list that was asked for later shows a foreign record in it", () => {
    const { misplacement, land, list } = start();

    expect(land(RIGHT, MIXED, 100)).toBe("held");
    expect(inNumbers(misplacement.onTime(100))).toEqual([0, [], 0]);
    expect(inNumbers(list(SHARDS, 101))).toEqual([0, [[1, undefined]], 1]);
    expect(misplacement.takeAll()).toEqual([]);
  });

  test("waits for the range of a shard that no list has shown, and is delivered when all of it lies inside", () => {
    const { misplacement, land, list } = start();

    expect(land(UNLISTED, MIXED, 100)).toBe("held");
    expect(misplacement.isMissingRanges).toBe(true);
    expect(inNumbers(list(evenShards(1, 9), 101))).toEqual([1, [], 1]);
    expect(misplacement.isMissingRanges).toBe(false);
  });

  test("goes again by key, or raw, when the range is unknown at the bound; one key counts as delivered then", () => {
    const { misplacement, land } = start();
    land(UNLISTED, MIXED, 100);
    land(UNLISTED, OF_ONE_KEY, 100);

    expect(inNumbers(misplacement.onTime(99 + BOUND_MS))).toEqual([0, [], 0]);
    expect(inNumbers(misplacement.onTime(100 + BOUND_MS))).toEqual([1, [[1, "key"]], 1]);
  });

  test("is given up with all that are held", () => {
    const { misplacement, land } = start();
    land(RIGHT, MIXED, 100);

    expect(misplacement.takeAll()).toHaveLength(1);
    expect(misplacement.onTime(101)).toEqual({ delivered: [], resend: [], distrusted: [] });
  });
});

describe("an aggregate of one key outside its shard", () => {
  test("makes keys suspect: what goes again goes raw, and what the envelope is needed for is refused when a fresh map explains nothing", () => {
    const { misplacement, land, list } = start();

    expect(land(RIGHT, OF_ONE_KEY, 100)).toBe("held");
    expect([misplacement.fallbackPacking, misplacement.mayIgnoreKeys]).toEqual(["none", false]);
    list(SHARDS, 99);
    expect(misplacement.mayIgnoreKeys).toBe(false);
    expect(inNumbers(list(SHARDS, 100))).toEqual([0, [[1, "none"]], 1]);
    expect(misplacement.mayIgnoreKeys).toBe(true);
  });

  test.each([
    [
      "another map",
      (facts: StreamFacts) => facts.takeListing({ kind: "shards", shards: evenShards(3) }, 200, 200, NO_QUEUE),
    ],
    ["the service's word", (facts: StreamFacts) => facts.takeSummary(SUMMARY, NO_QUEUE)],
  ])("is explained by %s: keys are trusted again", (_, learn) => {
    const { facts, misplacement, land, list } = start();
    land(RIGHT, OF_ONE_KEY, 100);
    list(SHARDS, 100);

    misplacement.onFacts(learn(facts), 200);

    expect([misplacement.fallbackPacking, misplacement.mayIgnoreKeys]).toEqual(["key", false]);
  });
});
