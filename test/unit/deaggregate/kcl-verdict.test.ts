import { expect, test } from "vitest";

import { newHashWords, writeHashWords } from "../../../src/core/shards/hash-key.js";
import type { HashRange } from "../../../src/core/shards/shard-map.js";
import { judge, type Verdict } from "../../../src/deaggregate/kcl-verdict.js";
import { type DecodedAggregate, openAggregate } from "../../../src/wire/decode/aggregate-decoder.js";
import { aggregateOf, hashKeys, keys, md5, record } from "../../support/proto-bytes.js";

function hashOf(key: string): bigint {
  return BigInt(`0x${md5(Buffer.from(key)).toString("hex")}`);
}

function rangeOf(first: bigint, last: bigint): HashRange {
  const range = { start: newHashWords(), end: newHashWords() };
  writeHashWords(first, range.start);
  writeHashWords(last, range.end);
  return range;
}

function verdict(range: HashRange | undefined, ...parts: Uint8Array[]): Verdict {
  return judge(openAggregate(aggregateOf(...parts), true) as DecodedAggregate, range);
}

const ALL_KEPT = { reason: undefined };

test("both ends of a range are within, for keys and for explicit hash keys", () => {
  const hash = hashOf("k");

  expect(verdict(rangeOf(hash, hash), keys("k"), record(0, ""))).toEqual({ ...ALL_KEPT, kept: 1 });
  expect(verdict(rangeOf(5n, 9n), keys("k"), hashKeys("5", "9"), record(0, "", 0), record(0, "", 1))).toEqual({
    ...ALL_KEPT,
    kept: 2,
  });
});

test("one beyond either end is outside", () => {
  const hash = hashOf("k");
  const outside = { kept: 0, reason: "outside-shard-range" };

  expect(verdict(rangeOf(hash + 1n, hash + 9n), keys("k"), record(0, ""))).toEqual(outside);
  expect(verdict(rangeOf(hash - 9n, hash - 1n), keys("k"), record(0, ""))).toEqual(outside);
  expect(verdict(rangeOf(5n, 9n), keys("k"), hashKeys("4"), record(0, "", 0))).toEqual(outside);
  expect(verdict(rangeOf(5n, 9n), keys("k"), hashKeys("10"), record(0, "", 0))).toEqual(outside);
});

test("the explicit hash key decides, not the key", () => {
  const range = rangeOf(hashOf("k"), hashOf("k"));

  expect(verdict(range, keys("k"), hashKeys("0"), record(0, "", 0)).reason).toBe("outside-shard-range");
});

test("the hash of a key that is not UTF-8 is that of the replaced text", () => {
  const hash = hashOf("\uFFFD");

  expect(verdict(rangeOf(hash, hash), keys(Buffer.of(0xff)), record(0, ""))).toEqual({ ...ALL_KEPT, kept: 1 });
});
