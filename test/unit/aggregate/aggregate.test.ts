import { describe, expect, test } from "vitest";

import {
  type AggregateOptions,
  aggregate,
  InvalidOptionError,
  RecordFailedError,
} from "../../../src/aggregate/index.js";
import { MAX_HASH_KEY } from "../../../src/quotas.js";
import type { UserRecord } from "../../../src/record.js";
import { readEntry } from "../core/placed-records.js";

const HALF = 1n << 127n;
/** Two shards, each half of the hash keys. */
const SHARDS = [
  { startingHashKey: "0", endingHashKey: String(HALF - 1n) },
  { startingHashKey: String(HALF), endingHashKey: String(MAX_HASH_KEY) },
];

function pack(records: readonly UserRecord[], options?: AggregateOptions): string[][] {
  return [...aggregate(records, options)].map(readEntry);
}

describe("by key", () => {
  test("records of one effective hash key share an aggregate; others never join them", () => {
    const packed = pack([
      { partitionKey: "a", data: "1" },
      { partitionKey: "b", data: "2" },
      { partitionKey: "a", data: "3" },
      { partitionKey: "a", explicitHashKey: 5n, data: "4" },
      { partitionKey: "b", explicitHashKey: "5", data: "5" },
    ]);

    expect(packed).toEqual([["a=1", "a=3"], ["b=2"], ["a#5=4", "b#5=5"]]);
  });

  test("a full aggregate comes out before the one that follows it", () => {
    const records = Array.from({ length: 5 }, (_, i) => ({ partitionKey: "a", data: `${i}`.padEnd(50, ".") }));

    const packed = pack(records, { maxBytes: 170 });

    expect(packed.map((each) => each.length)).toEqual([2, 2, 1]);
    expect(packed.flat()).toEqual(records.map((record) => `a=${record.data}`));
  });

  test("a record that no aggregate can hold goes alone; what came before it goes first", () => {
    const packed = pack(
      [
        { partitionKey: "a", data: "1" },
        { partitionKey: "a", data: "x".repeat(200) },
        { partitionKey: "a", data: "3" },
      ],
      { maxBytes: 100 },
    );

    expect(packed).toEqual([["a=1"], [`a=${"x".repeat(200)}`], ["a=3"]]);
  });
});

describe("by shard", () => {
  test("records of one shard share an aggregate, whatever their keys", () => {
    const packed = pack(
      [
        { partitionKey: "a", explicitHashKey: 0n, data: "1" },
        { partitionKey: "b", explicitHashKey: HALF, data: "2" },
        { partitionKey: "c", explicitHashKey: HALF - 1n, data: "3" },
        { partitionKey: "d", explicitHashKey: MAX_HASH_KEY, data: "4" },
      ],
      { shards: SHARDS },
    );

    expect(packed).toEqual([
      ["a#0=1", `c#${HALF - 1n}=3`],
      [`b#${HALF}=2`, `d#${MAX_HASH_KEY}=4`],
    ]);
  });

  test("keys are hashed where there is no explicit hash key", () => {
    // MD5("abcd") begins with E2: the upper half.
    const packed = pack(
      [
        { partitionKey: "abcd", data: "1" },
        { partitionKey: "key", explicitHashKey: MAX_HASH_KEY, data: "2" },
      ],
      { shards: SHARDS },
    );

    expect(packed).toEqual([["abcd=1", `key#${MAX_HASH_KEY}=2`]]);
  });

  test("the shards may come in any order, with all that ListShards says of them", () => {
    const shards = SHARDS.map((shard, i) => ({ ...shard, shardId: `shardId-00000000000${i}` })).toReversed();

    expect(pack([{ partitionKey: "abcd", data: "1" }], { shards })).toEqual([["abcd=1"]]);
  });

  test.each([
    ["no shard", []],
    ["a gap", [SHARDS[0]]],
    ["an overlap", [...SHARDS, SHARDS[1]]],
    ["a range that cannot be read", [{ startingHashKey: "x", endingHashKey: "y" }]],
  ])("%s is refused at the call, before any record is taken", (_, shards) => {
    const act = (): unknown => aggregate([], { shards } as AggregateOptions);

    expect(act).toThrow(InvalidOptionError);
    expect(act).toThrow("shards must cover all hash keys, each once: ");
  });
});

test("no records give nothing", () => {
  expect(pack([])).toEqual([]);
  expect(pack([], { shards: SHARDS })).toEqual([]);
});

test("records are taken as they are needed", () => {
  const taken: number[] = [];
  function* source(): Generator<UserRecord> {
    for (let i = 0; i < 100; i++) {
      taken.push(i);
      yield { partitionKey: "a", data: "x".repeat(60) };
    }
  }

  const [first] = aggregate(source(), { maxBytes: 110 });

  expect(first?.data.length).toBe(60);
  expect(taken.length).toBe(2);
});

test("each iteration starts again", () => {
  const packed = aggregate([{ partitionKey: "a", data: "1" }]);

  expect([...packed]).toEqual([...packed]);
});

test("a record that breaks a rule ends the iteration", () => {
  const packed = aggregate([{ partitionKey: "a", data: "1" }, { data: "no key" }]);

  expect(() => [...packed]).toThrow(RecordFailedError);
});

test("what was complete before a record that breaks a rule comes out first", () => {
  const records = Array.from({ length: 5 }, (_, i) => ({ partitionKey: "a", data: `${i}`.padEnd(50, ".") }));
  const packed: string[][] = [];

  const act = (): void => {
    for (const each of aggregate([...records, { data: "no key" }], { maxBytes: 170 })) packed.push(readEntry(each));
  };

  expect(act).toThrow(RecordFailedError);
  expect(packed.map((each) => each.length)).toEqual([2, 2]);
});

test("maxBytes out of range is refused at the call", () => {
  expect(() => aggregate([], { maxBytes: 63 })).toThrow("maxBytes must be a whole number from 64 to 10485759, got 63");
});
