import { describe, expect, test } from "vitest";

import { CreationSpan, readNumberOf, readSequenceNumber } from "../../../../src/core/shards/sequence-number.js";

// From AWS's own documents: the record of a shard 6.
const DOCUMENTED = "49590338271490256608559692538361571095921575989136588898";
// From "Tutorial: Getting Started Using the AWS CLI": where a shard begins, and a record of it.
const BEGINS = "49546986683135544286507457935754639466300920667981217794";
const RECORD = "49546986683135544286507457936321625675700192471156785154";

function numberOf(hex: string): string {
  return BigInt(`0x${hex}`).toString();
}

describe("a sequence number of version 2", () => {
  test("tells which shard gave it, and when that was created", () => {
    expect(readSequenceNumber(DOCUMENTED)).toEqual({
      createdSecond: Date.UTC(2018, 10, 21, 4, 57, 38) / 1_000,
      shardNumber: 6,
    });
  });

  test("tells of a record the same second as of the beginning of its shard", () => {
    expect(readSequenceNumber(RECORD)).toEqual(readSequenceNumber(BEGINS));
  });

  test("is read to the last bit of its fields", () => {
    expect(readSequenceNumber(numberOf(`2fffffffff${"0".repeat(28)}ffffffff2`))).toEqual({
      createdSecond: 0xf_ffff_ffff,
      shardNumber: 0xffff_ffff,
    });
    expect(readSequenceNumber(numberOf(`2${"0".repeat(45)}2`))).toEqual({ createdSecond: 0, shardNumber: 0 });
  });
});

test.each([
  ["of another version", numberOf(`2${"0".repeat(45)}1`)],
  ["with another first digit", numberOf(`1${"f".repeat(45)}2`)],
  ["one digit longer", `1${DOCUMENTED}`],
  ["one digit shorter", DOCUMENTED.slice(1)],
  ["small", "21269319989900637946712965403778482177"],
  ["no number", "x".repeat(56)],
  ["empty", ""],
])("a number that is %s is not read", (_, text) => {
  expect(readSequenceNumber(text)).toBeUndefined();
});

test("a number is read for the shard that gave it, and for no other", () => {
  expect(readNumberOf("shardId-000000000006", DOCUMENTED)).toBeDefined();
  for (const shardId of ["shardId-000000000005", "shardId-000000000016", "shardId-6", "6", ""])
    expect(readNumberOf(shardId, DOCUMENTED)).toBeUndefined();
});

test("the numbers of one second are a span: the first, the last, and none beside them", () => {
  const second = 1_542_776_258;
  const span = new CreationSpan(second);
  const first = (2n << 184n) | (BigInt(second) << 148n);
  const last = first + (1n << 148n) - 1n;

  expect([first, last].map((number) => span.covers(String(number)))).toEqual([true, true]);
  expect([first - 1n, last + 1n].map((number) => span.covers(String(number)))).toEqual([false, false]);
  expect(span.covers(DOCUMENTED)).toBe(true);
  expect(new CreationSpan(second + 1).covers(DOCUMENTED)).toBe(false);
  expect(span.covers(`${DOCUMENTED}0`)).toBe(false);
});
