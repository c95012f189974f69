import { describe, test } from "vitest";

import { expectPlain, GOOD } from "../../support/deaggregate-answer.js";
import {
  aggregateOf,
  bytesField,
  hex,
  keys,
  md5,
  nestedGroups,
  recordOf,
  tag,
  varint,
  varintField,
} from "../../support/proto-bytes.js";

describe("what is plain to the KCL is plain here", () => {
  test.each([
    ["empty data", Buffer.alloc(0)],
    ["three bytes of the magic", hex("f3899a")],
    ["other first bytes", Buffer.concat([hex("f3899ac3"), aggregateOf(GOOD).subarray(4)])],
    ["text", Buffer.from("hello")],
  ])("fewer than 4 bytes, other first bytes, empty data: %s", (_, data) => expectPlain(data));

  test.each(Array.from({ length: 17 }, (_, i) => i))("magic, then %d bytes", (length) => {
    expectPlain(Buffer.concat([hex("f3899ac2"), Buffer.alloc(length)]));
  });

  test("magic, then the right MD5 of nothing", () => expectPlain(aggregateOf()));

  const magic = hex("f3899ac2");
  test.each([
    ["wrong", Buffer.concat([magic, GOOD, Buffer.alloc(16)])],
    ["over the magic too", Buffer.concat([magic, GOOD, md5(Buffer.concat([magic, GOOD]))])],
    ["before the body", Buffer.concat([magic, md5(GOOD), GOOD])],
    ["in hexadecimal", Buffer.concat([magic, GOOD, Buffer.from(md5(GOOD).toString("hex"))])],
    ["short", Buffer.concat([magic, GOOD, md5(GOOD).subarray(0, 15)])],
  ])("the MD5 is %s", (_, data) => expectPlain(data));

  test("bytes after the MD5", () => expectPlain(Buffer.concat([aggregateOf(GOOD), hex("00")])));

  test.each([
    ["another thing", aggregateOf(Buffer.from("no protobuf at all"))],
    ["a message cut inside a field", aggregateOf(GOOD.subarray(0, -1))],
  ])("a right MD5 over %s", (_, data) => expectPlain(data));

  test.each([
    ["partition_key_index", recordOf(bytesField(3, "x"))],
    ["data", recordOf(varintField(1, 0))],
    ["Tag.key", recordOf(varintField(1, 0), bytesField(3, "x"), bytesField(4, bytesField(2, "value")))],
  ])("%s is missing in one record: the whole of it", (_, bad) => expectPlain(aggregateOf(GOOD, bad)));

  test("a required field is there with another wire type only", () => {
    expectPlain(aggregateOf(keys("k"), recordOf(bytesField(1, "x"), bytesField(3, "x"))));
  });

  test.each([
    ["field number 0", hex("0000")],
    ["wire type 6", hex("2e")],
    ["wire type 7", hex("2f")],
    ["a group unended", tag(9, 3)],
    ["a group wrongly ended", Buffer.concat([tag(9, 3), tag(8, 4)])],
    ["a group ended without a start", tag(9, 4)],
    ["groups 101 deep", nestedGroups(101)],
    ["a varint of 11 bytes", varintField(9, 0, 11)],
    ["a length past the end", Buffer.concat([tag(9, 2), varint(1000)])],
    ["a length that is negative as int32", Buffer.concat([tag(9, 2), varint(2 ** 31)])],
    ["a length of 2^63", Buffer.concat([tag(9, 2), varint(2n ** 63n), Buffer.alloc(9)]).subarray(0, -10)],
  ])("%s", (_, bad) => {
    expectPlain(aggregateOf(GOOD, bad));
  });

  test("a broken tag", () => {
    expectPlain(aggregateOf(keys("k"), recordOf(varintField(1, 0), bytesField(3, "x"), bytesField(4, hex("0a7f")))));
  });
});
