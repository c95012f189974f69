import { describe, expect, test } from "vitest";
import { NO_INDEX } from "../../../../src/wire/aggregated-record.js";
import { BAD_INDEX, type ParsedAggregate, parseAggregate } from "../../../../src/wire/decode/aggregate-parser.js";
import {
  bytesField,
  group,
  hashKeys,
  hex,
  keys,
  nestedGroups,
  record,
  recordOf,
  tag,
  varint,
  varintField,
} from "../../../support/proto-bytes.js";

const BEHIND = 16;

function parse(...parts: Uint8Array[]): ParsedAggregate | undefined {
  const body = Buffer.concat(parts);
  return parseAggregate(Buffer.concat([body, Buffer.alloc(BEHIND, 0x1a)]), 0, body.length);
}

/** Key index, hash key index and length of the data of each record. */
function shape(parsed: ParsedAggregate | undefined): number[][] | undefined {
  if (parsed === undefined) return undefined;
  const rows: number[][] = [];
  for (let at = 0; at < parsed.records.length; at += 4) {
    const [keyIndex, hashKeyIndex, start, end] = parsed.records.subarray(at, at + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    rows.push([keyIndex, hashKeyIndex, end - start]);
  }
  return rows;
}

describe("the layout that the KPL writes", () => {
  test("positions of tables, records and data", () => {
    const body = Buffer.concat([keys("ab", "c"), hashKeys("7"), record(0, "xyz"), record(1, "", 0)]);

    const parsed = parse(body);

    expect([...(parsed?.partitionKeys ?? [])]).toEqual([2, 4, 6, 7]);
    expect([...(parsed?.explicitHashKeys ?? [])]).toEqual([9, 10]);
    expect(shape(parsed)).toEqual([
      [0, NO_INDEX, 3],
      [1, 0, 0],
    ]);
    expect(parsed?.tags).toBeUndefined();
  });

  test.each([127, 128, 16_383, 16_384, 2 ** 21 - 1, 2 ** 21])(
    "indexes and lengths around a varint's growth: %d",
    (value) => {
      expect(shape(parse(record(value, Buffer.alloc(value), value), record(0, "z")))).toEqual([
        [value, value, value],
        [0, NO_INDEX, 1],
      ]);
    },
  );

  test("a table entry of 128 bytes and one of 2^21", () => {
    const parsed = parse(keys("x".repeat(128), "y".repeat(2 ** 21)));

    expect(parsed?.partitionKeys).toEqual(Int32Array.of(3, 131, 136, 136 + 2 ** 21));
  });

  test("a message ends with its last record; what stands behind is not read", () => {
    const body = record(0, "");

    const parsed = parseAggregate(Buffer.concat([body, body, Buffer.alloc(BEHIND)]), 0, body.length);

    expect(shape(parsed)).toEqual([[0, NO_INDEX, 0]]);
  });
});

describe("every other layout of the same message", () => {
  const expected = [[5, 3, 4]];

  test.each([
    ["data first", recordOf(bytesField(3, "data"), varintField(2, 3), varintField(1, 5))],
    ["over-long varints", recordOf(varintField(1, 5, 10), varintField(2, 3, 4), bytesField(3, "data"))],
    ["an over-long tag", recordOf(hex("888000"), varint(5), varintField(2, 3), bytesField(3, "data"))],
    [
      "unknown fields between",
      recordOf(varintField(1, 5), varintField(77, 1), varintField(2, 3), group(9), bytesField(3, "data")),
    ],
    [
      "a field twice, the last counts",
      recordOf(varintField(1, 1), varintField(1, 5), bytesField(3, "no"), varintField(2, 3), bytesField(3, "data")),
    ],
    [
      "the index with another wire type is unknown",
      recordOf(bytesField(1, "x"), varintField(1, 5), varintField(2, 3), bytesField(3, "data")),
    ],
    [
      "upper bits of an index",
      recordOf(varintField(1, 2n ** 32n + 5n), varintField(2, 2n ** 63n + 3n), bytesField(3, "data")),
    ],
  ])("%s", (_, message) => {
    expect(shape(parse(message))).toEqual(expected);
    expect(shape(parse(message, record(0, "a"), message))).toEqual([...expected, [0, NO_INDEX, 1], ...expected]);
  });

  test("a negative index is kept apart from an absent one", () => {
    expect(shape(parse(record(2 ** 31, "a", 2n ** 64n - 1n)))).toEqual([[BAD_INDEX, BAD_INDEX, 1]]);
  });
});

describe("malformed messages", () => {
  const good = Buffer.concat([keys("k"), hashKeys("7"), record(0, "data", 0)]);

  test("a message cut anywhere is refused, but at the end of a field", () => {
    const ends = [0, keys("k").length, Buffer.concat([keys("k"), hashKeys("7")]).length, good.length];

    for (let length = 0; length <= good.length; length++) {
      expect(parse(good.subarray(0, length)) !== undefined).toBe(ends.includes(length));
    }
  });

  test.each([
    ["no key index", recordOf(bytesField(3, "x"))],
    ["no data", recordOf(varintField(1, 0))],
    ["an empty record", recordOf()],
    ["data of another wire type only", recordOf(varintField(1, 0), varintField(3, 0))],
    ["a record longer than the message", hex("1a7f0800")],
    ["data longer than its record", Buffer.concat([hex("1a0408001a01"), Buffer.alloc(9)])],
    ["a header longer than its record", hex("1a0308001a00")],
    ["a record of negative length", Buffer.concat([tag(3, 2), varint(2n ** 64n - 1n)])],
    ["a tag without its key", recordOf(varintField(1, 0), bytesField(3, "x"), bytesField(4, bytesField(2, "v")))],
    ["a tag cut short", recordOf(varintField(1, 0), bytesField(3, "x"), bytesField(4, hex("0a05")))],
    ["groups too deep in a record", recordOf(varintField(1, 0), bytesField(3, "x"), nestedGroups(100))],
    ["the end of a group within a record", recordOf(varintField(1, 0), bytesField(3, "x"), tag(4, 4))],
    [
      "a group that reaches out of its record",
      Buffer.concat([recordOf(varintField(1, 0), bytesField(3, "x"), tag(9, 3)), tag(9, 4)]),
    ],
  ])("%s: refused, first or last, and the next message is read well", (_, bad) => {
    expect(parse(bad)).toBeUndefined();
    expect(parse(bad, good)).toBeUndefined();
    expect(parse(good, bad)).toBeUndefined();
    expect(shape(parse(good))).toEqual([[0, 0, 4]]);
  });

  test("bytes too few behind the message are refused, not read past", () => {
    expect(parseAggregate(record(0, ""), 0, record(0, "").length)).toBeUndefined();
  });
});

test("tags are found, with the record they belong to", () => {
  const tagged = recordOf(
    varintField(1, 0),
    bytesField(3, ""),
    bytesField(4, bytesField(1, "k"), bytesField(2, "v")),
    bytesField(4, bytesField(1, "n")),
  );

  const parsed = parse(record(0, ""), tagged);

  expect(
    parsed?.tags?.map((each) => [each.record, each.keyEnd - each.keyStart, each.valueEnd - each.valueStart]),
  ).toEqual([
    [1, 1, 1],
    [1, 1, 0],
  ]);
});

test("ten million bytes of the smallest fields are read in linear time", () => {
  const unknown = Buffer.alloc(10_000_000, hex("2800"));

  expect(shape(parse(unknown))).toEqual([]);
});

describe("a message with a bound of its parts", () => {
  const MOST = 1_024;
  const bounded = (...parts: Uint8Array[]) => {
    const body = Buffer.concat(parts);
    return parseAggregate(Buffer.concat([body, Buffer.alloc(BEHIND)]), 0, body.length, MOST);
  };
  const times = (count: number, part: Uint8Array) => Buffer.alloc(part.length * count, part);
  const tagged = (tags: number) =>
    recordOf(varintField(1, 0), bytesField(3, ""), times(tags, bytesField(4, bytesField(1, "t"))));

  test.each<[string, number, (count: number) => Buffer]>([
    ["records", MOST, (count) => Buffer.concat([keys("k"), times(count, record(0, ""))])],
    ["tags", MOST, (count) => Buffer.concat([keys("k"), tagged(count)])],
    ["keys", 2 * MOST, (count) => times(count, keys(""))],
    ["hash keys", 2 * MOST, (count) => Buffer.concat([keys("k"), times(count, hashKeys(""))])],
  ])("is read up to it, and not beyond: %s", (_, most, make) => {
    expect(bounded(make(most))).toBeDefined();
    expect(() => bounded(make(most + 1))).toThrow("too many parts");
    expect(parse(make(most + 1))).toBeDefined();
    expect(bounded(keys("k"), record(0, "data"))?.records).toHaveLength(4);
  });
});
