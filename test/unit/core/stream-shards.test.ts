import { beforeEach, describe, expect, test } from "vitest";

import { newHashWords, writeHashWords } from "../../../src/core/hash-key.js";
import type { ShardDescription } from "../../../src/core/ports.js";
import { ShardMapProblem } from "../../../src/core/shard-map.js";
import { type MapUpdate, StreamShards } from "../../../src/core/stream-shards.js";
import { MAX_HASH_KEY } from "../../../src/quotas.js";

const HALF = 1n << 127n;
const QUARTER = 1n << 126n;

type Lineage = Pick<ShardDescription, "parentShardId" | "adjacentParentShardId" | "endingSequenceNumber">;

function shard(shardId: string, first: bigint, last: bigint, lineage: Lineage = {}): ShardDescription {
  return { shardId, startingHashKey: String(first), endingHashKey: String(last), ...lineage };
}

// The stream starts as A and B; A splits into C and D; C and D merge into E.
const A = shard("A", 0n, HALF - 1n);
const B = shard("B", HALF, MAX_HASH_KEY);
const C = shard("C", 0n, QUARTER - 1n, { parentShardId: "A" });
const D = shard("D", QUARTER, HALF - 1n, { parentShardId: "A" });
const E = shard("E", 0n, HALF - 1n, { parentShardId: "C", adjacentParentShardId: "D" });

let shards: StreamShards;

beforeEach(() => {
  shards = new StreamShards();
});

function predicted(hashKey: bigint): string | undefined {
  const words = newHashWords();
  writeHashWords(hashKey, words);
  return shards.predict(words)?.shardId;
}

function learned(...open: readonly ShardDescription[]): MapUpdate | string {
  const update = shards.learnOpen(open);
  return update instanceof ShardMapProblem ? update.reason : update;
}

test("without a map nothing is predicted and no range is known", () => {
  expect(shards.map).toBeUndefined();
  expect(predicted(0n)).toBeUndefined();
  expect(shards.rangeOf("A")).toBeUndefined();
});

test("the first list of open shards is the map", () => {
  const update = learned(A, B);

  expect(update).toBe("replaced");
  expect([predicted(0n), predicted(HALF - 1n), predicted(HALF), predicted(MAX_HASH_KEY)]).toEqual(["A", "A", "B", "B"]);
});

test("the same list again changes nothing, in any order", () => {
  learned(A, B);
  const before = shards.map;

  expect(learned(B, A)).toBe("unchanged");
  expect(shards.map).toBe(before);
});

test("a list after a split, and after a merge, replaces the map", () => {
  learned(A, B);

  const updates = [learned(C, D, B), learned(E, B)];

  expect(updates).toEqual(["replaced", "replaced"]);
  expect(predicted(QUARTER)).toBe("E");
});

test("a list with a gap is refused and leaves the map as it is", () => {
  learned(A, B);

  const problem = learned(C, B);

  expect(problem).toContain("a gap before shard B");
  expect(predicted(0n)).toBe("A");
});

describe("a list that lags", () => {
  test("behind a split is refused: the parent is never predicted again", () => {
    learned(A, B);
    learned(C, D, B);

    const problem = learned(A, B);

    expect(problem).toBe("the list still shows shard A, which is closed");
    expect(predicted(0n)).toBe("C");
  });

  test("behind a merge is refused on account of either parent", () => {
    learned(E, B);

    const problems = [learned(C, shard("X", QUARTER, HALF - 1n), B), learned(shard("Y", 0n, QUARTER - 1n), D, B)];

    expect(problems).toEqual([
      "the list still shows shard C, which is closed",
      "the list still shows shard D, which is closed",
    ]);
  });

  test("and shows parent and child at once is refused", () => {
    expect(learned(A, C, D, B)).toBe("the list still shows shard A, which is closed");
    expect(shards.map).toBeUndefined();
  });

  test("behind what a list of closed shards told is refused, before any list of open ones", () => {
    shards.learnRanges([{ ...A, endingSequenceNumber: "495" }, B]);

    expect(learned(A, B)).toBe("the list still shows shard A, which is closed");
  });

  test("still teaches what it knows: a refused list of open shards leaves its ranges", () => {
    learned(A, B);

    learned(C, B);

    expect(shards.rangeOf("C")).toBeDefined();
    expect(learned(A, B)).toBe("the list still shows shard A, which is closed");
  });
});

describe("ranges", () => {
  test("stay known after the shard has closed and left the list", () => {
    learned(A, B);
    const before = shards.rangeOf("A");

    learned(C, D, B);
    learned(E, B);

    expect(shards.rangeOf("A")).toEqual(before);
    expect(shards.rangeOf("C")).toBeDefined();
  });

  test("are learnt from closed shards that were never seen open, and those are not predicted", () => {
    learned(E, B);

    shards.learnRanges([{ ...C, endingSequenceNumber: "495" }]);

    expect(shards.rangeOf("C")?.end).toEqual(Uint32Array.of(0x3fff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff));
    expect(predicted(0n)).toBe("E");
  });

  test("that cannot be read are not known", () => {
    shards.learnRanges([{ shardId: "F", startingHashKey: "2", endingHashKey: "1" }]);

    expect(shards.rangeOf("F")).toBeUndefined();
  });
});

test("what is forgotten leaves room for another stream with shards of the same names", () => {
  learned(A, B);
  learned(C, D, B);

  shards.forget();

  expect(shards.map).toBeUndefined();
  expect(shards.rangeOf("A")).toBeUndefined();
  expect(learned(A, B)).toBe("replaced");
});
