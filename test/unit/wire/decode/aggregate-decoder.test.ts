import { describe, expect, test } from "vitest";

import { type DecodedAggregate, isAggregated, openAggregate } from "../../../../src/wire/decode/aggregate-decoder.js";
import {
  aggregateOf,
  bytesField,
  hashKeys,
  hex,
  keys,
  record,
  recordOf,
  varintField,
} from "../../../support/proto-bytes.js";
import { VECTORS } from "../../../support/vectors.js";

function opened(...parts: Uint8Array[]): DecodedAggregate {
  const aggregate = openAggregate(aggregateOf(...parts), true);
  if (aggregate === undefined) throw new Error("not an aggregate");
  return aggregate;
}

describe("openAggregate", () => {
  test.each(VECTORS)("reads the public aggregate $name", ({ bytes, records }) => {
    const aggregate = openAggregate(bytes, true);

    expect(aggregate?.recordCount).toBe(records.length);
    expect(aggregate?.readableCount).toBe(records.length);
    records.forEach(({ partitionKey, explicitHashKey, data }, i) => {
      expect(aggregate?.keyOf(i)).toBe(partitionKey);
      expect(aggregate?.explicitHashKeyOf(i)).toBe(explicitHashKey);
      expect(aggregate?.dataOf(i)).toEqual(new Uint8Array(Buffer.from(data)));
    });
  });

  test("data are views of the bytes, wherever those lie in their buffer", () => {
    const aggregateBytes = aggregateOf(keys("k"), record(0, "data"));
    const shifted = new Uint8Array(100 + aggregateBytes.length).subarray(100);
    shifted.set(aggregateBytes);

    const data = openAggregate(shifted, true)?.dataOf(0);

    expect(data?.buffer).toBe(shifted.buffer);
    expect(data?.constructor).toBe(Uint8Array);
    expect(Buffer.from(data ?? []).toString()).toBe("data");
  });

  test("reads keys out of bytes that lie anywhere in their buffer", () => {
    const aggregateBytes = aggregateOf(keys("short", "a key beyond twelve characters"), record(0, "x"), record(1, "y"));
    const shifted = new Uint8Array(7 + aggregateBytes.length).subarray(7);
    shifted.set(aggregateBytes);

    const aggregate = openAggregate(shifted, true);

    expect([aggregate?.keyOf(0), aggregate?.keyOf(1)]).toEqual(["short", "a key beyond twelve characters"]);
  });

  test("a wrong digest makes a plain record, unless it is not verified", () => {
    const bytes = aggregateOf(keys("k"), record(0, "x"));
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 1;

    expect(openAggregate(bytes, true)).toBeUndefined();
    expect(openAggregate(bytes, false)?.recordCount).toBe(1);
  });

  test("without verification, what does not parse is plain all the same", () => {
    expect(openAggregate(Buffer.concat([hex("f3899ac2"), Buffer.alloc(40)]), false)).toBeUndefined();
  });
});

describe("indexes", () => {
  test("records share an entry by its index", () => {
    const aggregate = opened(keys("a", "b"), hashKeys("7"), record(1, "x", 0), record(1, "y"));

    expect([aggregate.keyIndexOf(0), aggregate.keyIndexOf(1)]).toEqual([1, 1]);
    expect([aggregate.explicitHashKeyIndexOf(0), aggregate.explicitHashKeyIndexOf(1)]).toEqual([0, -1]);
  });

  test.each([
    ["a key index at the table's size", record(1, "x")],
    ["a negative key index", record(2 ** 31, "x")],
    ["a hash key index at the table's size", record(0, "x", 1)],
    ["a hash key index of minus one", record(0, "x", 2n ** 64n - 1n)],
  ])("readable records end before %s", (_, bad) => {
    const aggregate = opened(keys("k"), hashKeys("7"), record(0, "a"), record(0, "b", 0), bad, record(0, "c"));

    expect(aggregate.recordCount).toBe(4);
    expect(aggregate.readableCount).toBe(2);
  });

  test("tables behind the records count", () => {
    const aggregate = opened(record(0, "x", 0), keys("k"), hashKeys("7"));

    expect(aggregate.readableCount).toBe(1);
    expect([aggregate.keyOf(0), aggregate.explicitHashKeyOf(0)]).toEqual(["k", "7"]);
  });
});

describe("tags", () => {
  const tagged = (...tags: Uint8Array[]) =>
    recordOf(varintField(1, 0), bytesField(3, ""), ...tags.map((each) => bytesField(4, each)));
  const pair = (key: string, value: string) => Buffer.concat([bytesField(1, key), bytesField(2, value)]);

  test("belong to their record alone", () => {
    const aggregate = opened(
      keys("k"),
      record(0, ""),
      tagged(pair("a", "1"), pair("b", "2")),
      record(0, ""),
      tagged(pair("c", "3")),
    );

    expect(aggregate.hasTags).toBe(true);
    expect([0, 1, 2, 3].map((i) => aggregate.tagsOf(i))).toEqual([
      undefined,
      { tags: { a: "1", b: "2" } },
      undefined,
      { tags: { c: "3" } },
    ]);
  });

  test("a value that is absent is empty, the last of a key twice counts, and __proto__ is a key", () => {
    const aggregate = opened(
      keys("k"),
      tagged(bytesField(1, "bare"), pair("a", "1"), pair("a", "2"), pair("__proto__", "p")),
    );

    expect(Object.entries(aggregate.tagsOf(0)?.tags ?? {})).toEqual([
      ["bare", ""],
      ["a", "2"],
      ["__proto__", "p"],
    ]);
  });

  test("the id is apart from them", () => {
    const aggregate = opened(keys("k"), tagged(pair("~", "an id")), tagged(pair("a", "1"), pair("~", "another")));

    expect([0, 1].map((i) => aggregate.tagsOf(i))).toEqual([
      { recordId: "an id" },
      { tags: { a: "1" }, recordId: "another" },
    ]);
  });

  test("their bytes are those behind the data", () => {
    const aggregate = opened(keys("k"), record(0, "x"), tagged(pair("a", "1"), pair("b", "")), record(0, "y"));

    expect([0, 1, 2].map((i) => aggregate.tagBytesOf(i))).toEqual([
      undefined,
      new Uint8Array(Buffer.concat([bytesField(4, pair("a", "1")), bytesField(4, pair("b", ""))])),
      undefined,
    ]);
  });

  test("there are none as a rule", () => {
    const aggregate = opened(keys("k"), record(0, ""));

    expect(aggregate.hasTags).toBe(false);
    expect(aggregate.tagsOf(0)).toBeUndefined();
  });
});

describe("isAggregated", () => {
  test("holds for an aggregate, one without records too", () => {
    expect(isAggregated(aggregateOf(keys("k"), record(0, "x")))).toBe(true);
    expect(isAggregated(aggregateOf(keys("k")))).toBe(true);
  });

  test.each([
    ["nothing", Buffer.alloc(0)],
    ["the magic alone", hex("f3899ac2")],
    ["magic and the MD5 of nothing", aggregateOf()],
    ["a wrong digest", Buffer.concat([aggregateOf(keys("k")).subarray(0, -1), Buffer.of(0)])],
    ["a right digest over another thing", aggregateOf(Buffer.from("hello"))],
    ["text", Buffer.from("a plain record of some length, well above twenty bytes")],
  ])("does not hold for %s", (_, bytes) => {
    expect(isAggregated(bytes)).toBe(false);
  });
});
