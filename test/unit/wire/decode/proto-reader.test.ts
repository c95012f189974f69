import { describe, expect, test } from "vitest";

import { ProtoReader } from "../../../../src/wire/decode/proto-reader.js";
import { bytesField, group, hex, nestedGroups, tag, varint, varintField } from "../../../support/proto-bytes.js";

function readerOf(...parts: Uint8Array[]): ProtoReader {
  const bytes = Buffer.concat(parts);
  return new ProtoReader(bytes, 0, bytes.length);
}

describe("varint", () => {
  test.each([0, 1, 127, 128, 16_383, 16_384, 2 ** 21, 2 ** 28, 2 ** 31 - 1])(
    "reads %d, in any number of bytes up to ten",
    (value) => {
      for (let bytes = 1; bytes <= 10; bytes++) {
        const reader = readerOf(varint(value, bytes));

        expect(reader.varint()).toBe(value);
        expect(reader.at).toBe(reader.end);
        expect(reader.failed).toBe(false);
      }
    },
  );

  test.each([
    [2n ** 31n, -(2 ** 31)],
    [2n ** 32n - 1n, -1],
    [2n ** 32n, 0],
    [2n ** 35n + 5n, 5],
    [2n ** 64n - 1n, -1],
    [2n ** 70n - 1n, -1],
  ])("keeps the low 32 bits of %d, signed", (value, kept) => {
    expect(readerOf(varint(value)).varint()).toBe(kept);
  });

  test.each([
    ["eleven bytes", varint(0, 11)],
    ["no bytes", Buffer.alloc(0)],
    ["a last byte that announces another", hex("ff")],
  ])("%s are a failure", (_, bytes) => {
    const reader = readerOf(bytes);

    expect(reader.varint()).toBe(0);
    expect(reader.failed).toBe(true);
  });

  test("never reads past the end of the message, though there are bytes", () => {
    const reader = new ProtoReader(hex("8001"), 0, 1);

    reader.varint();

    expect(reader.failed).toBe(true);
  });
});

describe("tag", () => {
  test("is 0 at the end, which is no failure", () => {
    const reader = readerOf();

    expect(reader.tag()).toBe(0);
    expect(reader.failed).toBe(false);
  });

  test.each([0, 1, 2, 5, 7])("field number 0 is a failure (wire type %d)", (wireType) => {
    const reader = readerOf(hex(`0${wireType}`));

    expect(reader.tag()).toBe(0);
    expect(reader.failed).toBe(true);
  });

  test("reads the largest field number", () => {
    const reader = readerOf(tag(2 ** 29 - 1, 2));

    expect(reader.tag() >>> 3).toBe(2 ** 29 - 1);
  });
});

describe("valueEnd", () => {
  test.each([
    [0, 0],
    [3, 3],
    [128, 200],
  ])("a length of %d fits %d bytes", (length, rest) => {
    const reader = readerOf(varint(length), Buffer.alloc(rest));

    expect(reader.valueEnd()).toBe(reader.at + length);
    expect(reader.failed).toBe(false);
  });

  test.each([
    ["one past the end", varint(4)],
    ["2^31 - 1", varint(2 ** 31 - 1)],
    ["negative as a 32-bit number", varint(2 ** 31)],
    ["minus one", varint(2n ** 64n - 1n)],
    ["cut short", hex("ffffff")],
  ])("a length that lies is a failure: %s", (_, length) => {
    const reader = readerOf(length, Buffer.alloc(3, 0xff));

    const end = reader.valueEnd();

    expect(reader.failed).toBe(true);
    expect(end).toBeLessThanOrEqual(reader.end);
  });

  test("the low 32 bits of a length count", () => {
    const reader = readerOf(varint(2n ** 32n + 3n), Buffer.alloc(3));

    expect(reader.valueEnd()).toBe(reader.end);
    expect(reader.failed).toBe(false);
  });
});

function skipAll(depth: number, ...parts: Uint8Array[]): ProtoReader {
  const reader = readerOf(...parts);
  for (let next = reader.tag(); next !== 0; next = reader.tag()) reader.skip(next, depth);
  return reader;
}

describe("skip", () => {
  test.each([
    ["a varint", varintField(5, 2n ** 64n - 1n)],
    ["eight bytes", Buffer.concat([tag(5, 1), Buffer.alloc(8)])],
    ["a length and bytes", bytesField(5, "bytes")],
    [
      "a group of all",
      group(5, varintField(1, 1), bytesField(2, "x"), group(5), Buffer.concat([tag(3, 5), Buffer.alloc(4)])),
    ],
    ["four bytes", Buffer.concat([tag(5, 5), Buffer.alloc(4)])],
  ])("skips %s, and nothing more", (_, field) => {
    const reader = skipAll(0, field, varintField(6, 1));

    expect(reader.failed).toBe(false);
    expect(reader.at).toBe(reader.end);
  });

  test.each([
    ["seven of eight bytes", Buffer.concat([tag(5, 1), Buffer.alloc(7)])],
    ["three of four bytes", Buffer.concat([tag(5, 5), Buffer.alloc(3)])],
    ["wire type 6", hex("2e")],
    ["wire type 7", hex("2f")],
    ["a group without an end", Buffer.concat([tag(5, 3), varintField(1, 1)])],
    ["a group with another's end", Buffer.concat([tag(5, 3), tag(6, 4)])],
    ["an end without a group", tag(5, 4)],
    ["a bad field in a group", group(5, hex("07"))],
  ])("fails on %s", (_, field) => {
    expect(skipAll(0, field).failed).toBe(true);
  });

  test.each([
    [0, 100],
    [1, 99],
    [2, 98],
  ])("below %d messages, %d groups in one another are read and one more is not", (depth, groups) => {
    expect(skipAll(depth, nestedGroups(groups)).failed).toBe(false);
    expect(skipAll(depth, nestedGroups(groups + 1)).failed).toBe(true);
  });
});
