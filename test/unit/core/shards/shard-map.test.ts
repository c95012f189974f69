import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ShardDescription } from "../../../../src/core/ports.js";
import { newHashWords, writeHashWords } from "../../../../src/core/shards/hash-key.js";
import {
  type HashRange,
  rangeCovers,
  readHashRange,
  ShardMap,
  ShardMapProblem,
} from "../../../../src/core/shards/shard-map.js";
import { MAX_HASH_KEY } from "../../../../src/quotas.js";

const SPACE = MAX_HASH_KEY + 1n;

function wordsOf(hashKey: bigint): Uint32Array {
  const words = newHashWords();
  writeHashWords(hashKey, words);
  return words;
}

/** Shards that begin at these hash keys, the first at 0. */
function shardsAt(starts: readonly bigint[]): ShardDescription[] {
  return starts.map((start, i) => ({
    shardId: `shardId-${String(i).padStart(12, "0")}`,
    startingHashKey: String(start),
    endingHashKey: String((starts[i + 1] ?? SPACE) - 1n),
  }));
}

/** As CreateStream and UpdateShardCount split the space. */
function evenShards(count: number): ShardDescription[] {
  return shardsAt(Array.from({ length: count }, (_, i) => (BigInt(i) * SPACE) / BigInt(count)));
}

function mapOf(shards: readonly ShardDescription[]): ShardMap {
  const map = ShardMap.from(shards);
  if (map instanceof ShardMapProblem) throw new Error(map.reason);
  return map;
}

function problemOf(shards: readonly ShardDescription[]): string | undefined {
  const map = ShardMap.from(shards);
  return map instanceof ShardMapProblem ? map.reason : undefined;
}

/** The shard by comparing with each, as a number is compared. */
function bruteForce(starts: readonly bigint[], hashKey: bigint): number {
  return starts.findLastIndex((start) => start <= hashKey);
}

/** Compares the map with brute force at, just before and just after each beginning. */
function expectExactBoundaries(starts: readonly bigint[]): void {
  const map = mapOf(shardsAt(starts));
  const wrong: string[] = [];
  for (const start of [...starts, SPACE]) {
    for (const hashKey of [start - 1n, start, start + 1n]) {
      if (hashKey < 0n || hashKey > MAX_HASH_KEY) continue;
      if (map.predict(wordsOf(hashKey)) !== bruteForce(starts, hashKey)) wrong.push(String(hashKey));
    }
  }
  expect(wrong).toEqual([]);
}

describe("predict", () => {
  test.each([1, 2, 3, 4, 5, 7, 16, 100, 255, 256, 257, 999, 1000, 4096, 5000])(
    "is exact at the boundaries of %d shards, split evenly",
    (count) => {
      expectExactBoundaries(evenShards(count).map((shard) => BigInt(shard.startingHashKey)));
    },
  );

  test("is exact at boundaries within one top word, at its ends and next to it", () => {
    const top = 0x1234_5678n << 96n;

    expectExactBoundaries([
      0n,
      top - 1n,
      top,
      top + 1n,
      top + 5n,
      top + (1n << 32n),
      top + (1n << 64n),
      top + (1n << 96n) - 1n,
      top + (1n << 96n),
    ]);
  });

  test("is exact where several shards begin within the first top word, and within the last", () => {
    expectExactBoundaries([0n, 1n, 2n, 1n << 40n, 1n << 80n, MAX_HASH_KEY - 2n, MAX_HASH_KEY - 1n, MAX_HASH_KEY]);
  });

  test("is exact where hundreds of shards begin within one bucket of the table", () => {
    const bucket = 1n << 116n;

    expectExactBoundaries([0n, ...Array.from({ length: 300 }, (_, i) => bucket * 7n + BigInt(i) * (bucket / 300n))]);
  });

  test("agrees with brute force over random maps of 1 to 1,000 shards", () => {
    const hashKeys = fc.bigInt({ min: 0n, max: MAX_HASH_KEY });
    // Starts near one another often, so that their top words tie.
    const near = fc.tuple(fc.constantFrom(0n, 1n << 100n, 0xffff_ffffn << 96n), fc.bigInt({ min: 1n, max: 1n << 97n }));
    const starts = fc.oneof(
      hashKeys,
      near.map(([base, offset]) => base + offset),
    );
    const inside = starts.filter((start) => start > 0n && start <= MAX_HASH_KEY);

    fc.assert(
      fc.property(
        fc.uniqueArray(inside, { maxLength: 999, size: "max" }),
        fc.array(hashKeys, { maxLength: 50 }),
        (inner, asked) => {
          const sorted = [0n, ...inner.sort((a, b) => (a < b ? -1 : 1))];
          const map = mapOf(shardsAt(sorted));

          expectExactBoundaries(sorted);
          for (const hashKey of asked) expect(map.predict(wordsOf(hashKey))).toBe(bruteForce(sorted, hashKey));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("ShardMap.from", () => {
  test("sorts shards that come in any order, by the whole hash key", () => {
    const shards = shardsAt([0n, 5n, 9n, 1n << 100n]);

    const map = mapOf(shards.toReversed());

    expect(map.shards.map((shard) => shard.shardId)).toEqual(shards.map((shard) => shard.shardId));
  });

  const [a, b, c] = evenShards(3) as [ShardDescription, ShardDescription, ShardDescription];

  test.each([
    ["no shards", [], "no shard covers the end"],
    ["a gap in the middle", [a, c], "a gap before shard"],
    ["a gap at the start", [b, c], "a gap before shard"],
    ["nothing at the end", [a, b], "no shard covers the end"],
    ["the same shard twice", [a, b, b, c], "an overlap before shard"],
    ["parent and children at once", [a, b, c, ...evenShards(1)], "an overlap before shard"],
    [
      "a gap of one hash key",
      [a, { ...b, startingHashKey: String(BigInt(b.startingHashKey) + 1n) }, c],
      "a gap before shard",
    ],
    [
      "an overlap of one hash key",
      [a, { ...b, startingHashKey: String(BigInt(b.startingHashKey) - 1n) }, c],
      "an overlap before shard",
    ],
    [
      "an end that is missing by one",
      [a, b, { ...c, endingHashKey: String(MAX_HASH_KEY - 1n) }],
      "no shard covers the end",
    ],
    ["a hash key that is none", [a, { ...b, startingHashKey: "x" }, c], "no readable hash key range"],
    [
      "a range the wrong way round",
      [a, { ...b, startingHashKey: b.endingHashKey, endingHashKey: b.startingHashKey }, c],
      "no readable",
    ],
  ])("refuses %s", (_, shards, reason) => {
    expect(problemOf(shards)).toContain(reason);
  });
});

describe("readHashRange", () => {
  test("reads both ends", () => {
    expect(readHashRange({ startingHashKey: "5", endingHashKey: String(MAX_HASH_KEY) })).toEqual({
      start: wordsOf(5n),
      end: wordsOf(MAX_HASH_KEY),
    });
  });

  test.each([
    ["", "1"],
    ["0", "-1"],
    ["0", String(SPACE)],
    ["2", "1"],
  ])("has no answer for %j to %j", (startingHashKey, endingHashKey) => {
    expect(readHashRange({ startingHashKey, endingHashKey })).toBeUndefined();
  });
});

test("a range covers both of its ends and nothing beyond", () => {
  const range = readHashRange({ startingHashKey: "10", endingHashKey: String(1n << 100n) }) as HashRange;

  const covered = [9n, 10n, 11n, (1n << 100n) - 1n, 1n << 100n, (1n << 100n) + 1n].map((hashKey) =>
    rangeCovers(range, wordsOf(hashKey)),
  );

  expect(covered).toEqual([false, true, true, true, true, false]);
});
