import { describe, expect, test } from "vitest";

import { GOOD, read, summary } from "../../support/deaggregate-answer.js";
import {
  aggregateOf,
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
} from "../../support/proto-bytes.js";

describe("what the KCL reads is read here", () => {
  test("two messages in one body: tables and records appended, indexes count in the joined tables", () => {
    const data = aggregateOf(keys("a"), record(0, "x"), keys("b"), record(1, "y"), record(0, "z"));

    expect(read(data).records.map((each) => [each.partitionKey, Buffer.from(each.data).toString()])).toEqual([
      ["a", "x"],
      ["b", "y"],
      ["a", "z"],
    ]);
  });

  test("a message cut at a field's end gives what is left", () => {
    expect(summary(aggregateOf(keys("k"), record(0, "x")))).toEqual({ data: ["x"], dropped: [] });
  });

  test("a valid message without records: no record at all, and it is told", () => {
    expect(summary(aggregateOf(keys("k")))).toEqual({ data: [], dropped: ["no-user-records 0"] });
  });

  test("a known field with another wire type is skipped", () => {
    const data = aggregateOf(
      varintField(1, 5),
      keys("k"),
      recordOf(hex("0d00000000"), varintField(1, 0), bytesField(3, "x"), varintField(2, 0)),
      hashKeys("7"),
    );

    expect(summary(data)).toEqual({ data: ["x"], dropped: [] });
  });

  test("unknown fields of any wire type are skipped, at any level", () => {
    const unknown = Buffer.concat([
      varintField(2 ** 29 - 1, 2n ** 64n - 1n),
      Buffer.concat([tag(15, 1), Buffer.alloc(8)]),
      bytesField(16, "bytes"),
      group(17, varintField(1, 1), group(1)),
      Buffer.concat([tag(18, 5), Buffer.alloc(4)]),
    ]);
    const tagged = bytesField(4, unknown, bytesField(1, "t"), unknown);
    const data = aggregateOf(
      unknown,
      keys("k"),
      recordOf(unknown, varintField(1, 0), unknown, bytesField(3, "x"), tagged, unknown),
      unknown,
    );

    expect(summary(data)).toEqual({ data: ["x"], dropped: [] });
  });

  test("groups 100 deep", () => {
    expect(summary(aggregateOf(GOOD, nestedGroups(100)))).toEqual({ data: ["x", "y"], dropped: [] });
  });

  test("tags, whatever their text; they come out, too", () => {
    const data = aggregateOf(
      keys("k"),
      recordOf(varintField(1, 0), bytesField(3, "x"), bytesField(4, bytesField(1, "t"), bytesField(2, hex("ff")))),
      record(0, "y"),
    );

    expect(read(data).records.map((each) => each.tags)).toEqual([{ t: "\uFFFD" }, undefined]);
  });

  test("records before tables, data before index, and the last of a scalar twice", () => {
    const data = aggregateOf(
      recordOf(bytesField(3, "no"), bytesField(3, "x"), varintField(1, 0), varintField(1, 1)),
      keys("a", "b"),
    );

    expect(read(data).records[0]).toMatchObject({ partitionKey: "b", data: new Uint8Array(Buffer.from("x")) });
  });

  test("unused entries, duplicates, empty and very long keys, unused explicit hash keys that are no number", () => {
    const long = "x".repeat(300);
    const data = aggregateOf(
      keys("a", "a", "", long, "unused"),
      hashKeys("no number", "-1"),
      record(1, "1"),
      record(2, "2"),
      record(3, "3"),
    );

    expect(read(data)).toMatchObject({
      records: [{ partitionKey: "a" }, { partitionKey: "" }, { partitionKey: long }],
      dropped: [],
    });
  });

  test("an aggregate inside a user record's data is not opened", () => {
    const inner = aggregateOf(GOOD);

    expect(read(aggregateOf(keys("k"), record(0, inner))).records.map((each) => each.data)).toEqual([
      new Uint8Array(inner),
    ]);
  });

  test("one record, with empty data", () => {
    expect(summary(aggregateOf(keys("k"), record(0, "")))).toEqual({ data: [""], dropped: [] });
  });

  test("varints of up to ten bytes, over-long ones, and bits above 64", () => {
    const data = aggregateOf(
      keys("a", "b"),
      recordOf(varintField(1, 1, 10), bytesField(3, "x")),
      recordOf(varintField(1, 2n ** 64n + 1n), bytesField(3, "y")),
    );

    expect(read(data).records.map((each) => each.partitionKey)).toEqual(["b", "b"]);
  });

  test("lengths and tags of up to ten bytes, of which the low 32 bits count", () => {
    const longTag = varint(2n ** 32n + 0x0an);
    const longLength = varint(2n ** 40n + 1n, 10);

    expect(read(aggregateOf(longTag, longLength, Buffer.from("k"), record(0, "x"))).records[0]?.partitionKey).toBe("k");
  });
});
