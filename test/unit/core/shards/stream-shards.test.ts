import { beforeEach, describe, expect, test } from "vitest";
import type { ShardDescription } from "../../../../src/core/ports.js";
import { newHashWords, writeHashWords } from "../../../../src/core/shards/hash-key.js";
import { type OpenShard, ShardMapProblem } from "../../../../src/core/shards/shard-map.js";
import { type MapUpdate, StreamShards } from "../../../../src/core/shards/stream-shards.js";
import { MAX_HASH_KEY } from "../../../../src/quotas.js";
import { evenShards, shardIdOf } from "../../../../src/testing/even-shards.js";
import { ShardNumbering } from "../../../../src/testing/kinesis-model/sequence-number.js";

const HALF = 1n << 127n;
const QUARTER = 1n << 126n;
const NOW = 1_000;

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
  const update = shards.learnOpen(open, NOW);
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
    shards.learnAll([{ ...A, endingSequenceNumber: "495" }, B], NOW);

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

    shards.learnAll([{ ...C, endingSequenceNumber: "495" }], NOW);

    expect(shards.rangeOf("C")?.end).toEqual(Uint32Array.of(0x3fff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff));
    expect(predicted(0n)).toBe("E");
  });

  test("that cannot be read are not known", () => {
    shards.learnAll([{ shardId: "F", startingHashKey: "2", endingHashKey: "1" }], NOW);

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

/** Even shards that were created in a second; the first has that number. */
function createdIn(second: number, count: number, firstIndex = 0): ShardDescription[] {
  return evenShards(count, firstIndex).map((description, i) => ({
    ...description,
    startingSequenceNumber: new ShardNumbering(second, firstIndex + i).starting(),
  }));
}

/** An answer by the shard with that number, which was created in the second. */
function answerBy(index: number, second: number): { shardId: string; sequenceNumber: string } {
  return { shardId: shardIdOf(index), sequenceNumber: new ShardNumbering(second, index).at(1, 0) };
}

describe("a list of the stream of today", () => {
  test.each([
    ["with the same shards", createdIn(20, 2)],
    ["with other ranges", createdIn(20, 3)],
    ["resharded, without an id of before", createdIn(21, 2, 1).map((s) => ({ ...s, parentShardId: shardIdOf(0) }))],
  ])("%s is distinguished from the list of the stream before", (_, list) => {
    learned(...createdIn(10, 4));

    expect(learned(...list)).toBe("re-created");
    expect(learned(...createdIn(10, 4))).toBe("the list is of a stream that is gone");
  });

  test("shows ids again that the one before had closed, and never showed open", () => {
    learned(...createdIn(10, 2, 2).map((description) => ({ ...description, parentShardId: shardIdOf(0) })));

    expect(learned(...createdIn(20, 1))).toBe("re-created");
    expect(predicted(MAX_HASH_KEY)).toBe(shardIdOf(0));
  });

  test("is not mistaken for a later one: children are created after their parents", () => {
    learned(...createdIn(10, 2));

    const children = createdIn(12, 4, 2).map((description) => ({ ...description, parentShardId: shardIdOf(0) }));
    expect(learned(...children)).toBe("replaced");
    shards.learnAll([...createdIn(10, 2), ...children], NOW);

    expect(shards.rangeOf(shardIdOf(1))).toBeDefined();
    expect(learned(...children)).toBe("unchanged");
  });

  test("is not believed to be in a list of closed shards too that shows no map", () => {
    learned(...createdIn(10, 2));

    const gap = shards.learnAll([...createdIn(20, 3), ...createdIn(25, 2, 3)], NOW);

    expect(gap).toBe("unchanged");
    expect(shards.rangeOf(shardIdOf(4))).toBeUndefined();
    expect(predicted(MAX_HASH_KEY)).toBe(shardIdOf(1));
    expect(learned(...createdIn(20, 3))).toBe("re-created");
  });

  test("is all there in a list of closed shards too, when lists of open ones had no id in common", () => {
    learned(...createdIn(10, 1));
    const closed = createdIn(20, 1).map((s) => ({ ...s, endingSequenceNumber: "9" }));
    const open = createdIn(21, 2, 1).map((s) => ({ ...s, parentShardId: shardIdOf(0) }));
    expect(learned(...open)).toBe("replaced");

    expect(shards.learnAll([...closed, ...open], NOW)).toBe("re-created");

    expect(predicted(MAX_HASH_KEY)).toBe(shardIdOf(2));
    expect(shards.rangeOfAnswer(answerBy(0, 20))).toBeDefined();
    expect(shards.isGone(answerBy(0, 10), NOW)).toBe(true);
    expect(learned(...open)).toBe("unchanged");
    expect(shards.learnAll(createdIn(10, 1), NOW)).toBe("unchanged");
  });

  test("without numbers is detected by a range that differs", () => {
    learned(A, B);

    expect(learned(shard("A", 0n, QUARTER), shard("B", QUARTER + 1n, MAX_HASH_KEY))).toBe("re-created");
    expect(predicted(HALF - 1n)).toBe("B");
  });
});

describe("an answer by a shard of the predicted id", () => {
  const shardOf = (index: number): OpenShard => shards.map?.shards[index] as OpenShard;

  test("is that shard's when it was created in the same second", () => {
    learned(...createdIn(10, 2));

    const seconds = [9, 10, 11].map((second) => shards.isAnswerOf(shardOf(1), answerBy(1, second).sequenceNumber));

    expect(seconds).toEqual([false, true, false]);
    expect(shards.rangeOfAnswer(answerBy(1, 10))).toBeDefined();
    expect(shards.rangeOfAnswer(answerBy(1, 11))).toBeUndefined();
  });

  test("is that shard's when its number, or that of the list, cannot be read", () => {
    learned(...createdIn(10, 2));
    expect(shards.isAnswerOf(shardOf(1), "17")).toBe(true);
    expect(shards.isAnswerOf(shardOf(1), answerBy(0, 20).sequenceNumber)).toBe(true);

    shards.forget();
    learned(...evenShards(2));
    expect(shards.isAnswerOf(shardOf(1), answerBy(1, 20).sequenceNumber)).toBe(true);
  });

  test("is nobody's that is known when the map was voided since", () => {
    learned(...createdIn(10, 2));
    const before = shardOf(1);

    shards.forget();
    expect(shards.isAnswerOf(before, answerBy(1, 10).sequenceNumber)).toBe(false);
    learned(...createdIn(20, 3));
    expect(shards.isAnswerOf(before, answerBy(1, 20).sequenceNumber)).toBe(false);
  });

  test("is believed whatever its number says when numbers are not read any more, until there is another stream", () => {
    learned(...createdIn(10, 2));
    shards.stopReadingNumbers();

    expect(shards.isAnswerOf(shardOf(1), answerBy(1, 20).sequenceNumber)).toBe(true);
    expect(shards.rangeOfAnswer(answerBy(1, 20))).toBeDefined();
    expect(shards.isGone(answerBy(1, 5), 0)).toBe(false);
    learned(...createdIn(30, 2));
    expect(shards.isAnswerOf(shardOf(1), answerBy(1, 20).sequenceNumber)).toBe(false);
  });
});

test("what an earlier stream took is gone, if it was sent before the first list of this one came", () => {
  learned(...createdIn(10, 2));
  learned(...createdIn(20, 2));

  expect(shards.isGone(answerBy(1, 10), NOW)).toBe(true);
  expect(shards.isGone(answerBy(1, 10), NOW + 1)).toBe(false);
  expect(shards.isGone(answerBy(1, 20), NOW)).toBe(false);
  expect(shards.isGone(answerBy(1, 30), NOW)).toBe(false);
  // No shard with a higher number is older.
  expect(shards.isGone(answerBy(7, 10), NOW)).toBe(true);
  expect(shards.isGone(answerBy(7, 20), NOW)).toBe(false);
  // A child that comes later is known since then.
  shards.learnOpen(
    [...createdIn(25, 1, 2), ...createdIn(20, 2).slice(1)].map((s, i) =>
      i === 0 ? { ...s, endingHashKey: String(HALF - 1n), parentShardId: shardIdOf(0) } : s,
    ),
    NOW + 50,
  );
  expect(shards.isGone(answerBy(2, 15), NOW + 50)).toBe(true);
  expect(shards.isGone(answerBy(2, 15), NOW + 51)).toBe(false);
});
