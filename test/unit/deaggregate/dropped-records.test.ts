import { describe, expect, test } from "vitest";

import { deaggregate, deaggregateAll } from "../../../src/deaggregate/deaggregate.js";
import { isProducerError } from "../../../src/errors.js";
import { MAX_HASH_KEY } from "../../../src/quotas.js";
import { GOOD, rangeAround, read, summary } from "../../support/deaggregate-answer.js";
import { aggregateOf, hashKeys, keys, record } from "../../support/proto-bytes.js";

describe("indexes", () => {
  test.each([
    ["a key index out of range", Buffer.concat([keys("k"), record(0, "x"), record(1, "bad"), record(0, "y")])],
    [
      "a hash key index out of range",
      Buffer.concat([keys("k"), hashKeys("7"), record(0, "x"), record(0, "bad", 1), record(0, "y")]),
    ],
    [
      "a hash key index without a table",
      Buffer.concat([keys("k"), record(0, "x"), record(0, "bad", 0), record(0, "y")]),
    ],
    ["a key index of 2^31", Buffer.concat([keys("k"), record(0, "x"), record(2 ** 31, "bad"), record(0, "y")])],
    [
      "a key index of 2^64 - 1",
      Buffer.concat([keys("k"), record(0, "x"), record(2n ** 64n - 1n, "bad"), record(0, "y")]),
    ],
  ])("%s: the records before it are kept, it and the rest are dropped", (_, body) => {
    expect(summary(aggregateOf(body))).toEqual({ data: ["x"], dropped: ["index-out-of-range 2"] });
  });

  test("no table at all: nothing, but never plain", () => {
    expect(summary(aggregateOf(record(0, "x")))).toEqual({ data: [], dropped: ["index-out-of-range 1"] });
  });

  test("an index of 2^32 reads as 0", () => {
    expect(read(aggregateOf(keys("k"), hashKeys("7"), record(2n ** 32n, "x", 2n ** 32n))).records[0]).toMatchObject({
      partitionKey: "k",
      explicitHashKey: "7",
    });
  });
});

describe("explicit hash keys", () => {
  test.each(["7", "007", "+5", "-0", "٣", String(MAX_HASH_KEY)])(
    "%j is one, and comes out as it was written",
    (text) => {
      expect(read(aggregateOf(keys("k"), hashKeys(text), record(0, "x", 0)))).toMatchObject({
        records: [{ explicitHashKey: text }],
        dropped: [],
      });
    },
  );

  test.each(["", "abc", "1 ", "+-1", "1.5", "𝟓"])(
    "%j is no number: what came before is kept, even without a shard range",
    (text) => {
      const data = aggregateOf(keys("k"), hashKeys(text), record(0, "x"), record(0, "bad", 0), record(0, "y"));

      expect(summary(data)).toEqual({ data: ["x"], dropped: ["hash-key-unreadable 2"] });
    },
  );

  test.each(["-1", String(MAX_HASH_KEY + 1n)])(
    "%s is out of range: the whole aggregate is dropped, even without a shard range",
    (text) => {
      const data = aggregateOf(keys("k"), hashKeys(text), record(0, "x"), record(0, "bad", 0), record(0, "y"));

      expect(summary(data)).toEqual({ data: [], dropped: ["hash-key-out-of-range 3"] });
    },
  );

  test("no index: none, never entry 0 of the table", () => {
    const [only] = read(aggregateOf(keys("k"), hashKeys("7"), record(0, "x"))).records;

    expect(only).not.toHaveProperty("explicitHashKey");
  });
});

describe("shard range", () => {
  const inside = rangeAround("in");

  test("an aggregate all of whose records are inside comes out", () => {
    expect(summary(aggregateOf(keys("in"), record(0, "x"), record(0, "y")), { shardRange: inside })).toEqual({
      data: ["x", "y"],
      dropped: [],
    });
  });

  test.each([
    ["first", [1, 0, 0]],
    ["in the middle", [0, 1, 0]],
    ["last", [0, 0, 1]],
  ])("one record outside, %s: nothing comes out of this aggregate", (_, indexes) => {
    const data = aggregateOf(keys("in", "out"), ...indexes.map((index) => record(index, "x")));

    expect(summary(data, { shardRange: inside })).toEqual({ data: [], dropped: ["outside-shard-range 3"] });
  });

  test("nothing is given out before the whole aggregate was judged", () => {
    const data = aggregateOf(keys("in", "out"), record(0, "x"), record(1, "y"));

    const first = deaggregate({ data }, { shardRange: inside, onDropped: () => undefined })
      [Symbol.iterator]()
      .next();

    expect(first.done).toBe(true);
  });

  test("a bad index before the record outside keeps the ones before; behind it, nothing is left", () => {
    const before = aggregateOf(keys("in", "out"), record(0, "x"), record(9, "bad"), record(1, "y"));
    const behind = aggregateOf(keys("in", "out"), record(0, "x"), record(1, "y"), record(9, "bad"));

    expect(summary(before, { shardRange: inside })).toEqual({ data: ["x"], dropped: ["index-out-of-range 2"] });
    expect(summary(behind, { shardRange: inside })).toEqual({ data: [], dropped: ["outside-shard-range 3"] });
  });

  test("a range that ends before it begins lets no aggregate through, and every plain record", () => {
    const shardRange = { startingHashKey: "5", endingHashKey: "4" };

    expect(summary(aggregateOf(GOOD), { shardRange })).toEqual({ data: [], dropped: ["outside-shard-range 2"] });
    expect(summary(Buffer.from("plain"), { shardRange })).toEqual({ data: ["plain"], dropped: [] });
  });

  test.each(["", "-1", "x", String(MAX_HASH_KEY + 1n)])("an end of %j is refused at the call", (end) => {
    let thrown: unknown;
    try {
      deaggregate({ data: GOOD }, { shardRange: { startingHashKey: "0", endingHashKey: end } });
    } catch (error) {
      thrown = error;
    }

    expect(isProducerError(thrown) && [thrown.code, thrown.message]).toEqual([
      "KP_INVALID_OPTION",
      expect.stringContaining("shardRange.endingHashKey"),
    ]);
  });
});

describe("keys", () => {
  test("bad UTF-8 becomes U+FFFD, and the hash is that of the replaced text", () => {
    const data = aggregateOf(keys(Buffer.of(0x61, 0xff)), record(0, "x"));

    expect(read(data, { shardRange: rangeAround("a\uFFFD") }).records[0]?.partitionKey).toBe("a\uFFFD");
  });

  test.each(["\uFEFFbom", "nul\0", "\0"])("a leading byte-order mark and NUL are kept: %j", (key) => {
    expect(read(aggregateOf(keys(key), record(0, "x"))).records[0]?.partitionKey).toBe(key);
  });

  test("sub-sequence numbers count from 0 within the aggregate", () => {
    const records = [
      ...deaggregateAll([{ data: aggregateOf(GOOD) }, { data: Buffer.from("plain") }, { data: aggregateOf(GOOD) }]),
    ];

    expect(records.map((each) => each.subSequenceNumber)).toEqual([0, 1, 0, 0, 1]);
  });
});
