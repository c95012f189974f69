import { describe, expect, test } from "vitest";

import {
  compareHashWords,
  effectiveHashKey,
  hashPartitionKey,
  hashWordsToBigInt,
  newHashWords,
  parseHashKey,
  writeHashWords,
} from "../../../../src/core/shards/hash-key.js";
import { MAX_HASH_KEY } from "../../../../src/quotas.js";
import { hashKey } from "../../../../src/wire/md5/key-hasher.js";
import { md5 } from "../../../support/proto-bytes.js";

function wordsOf(hashKey: bigint): Uint32Array {
  const words = newHashWords();
  writeHashWords(hashKey, words);
  return words;
}

const EDGES = [32n, 64n, 96n].flatMap((bits) => [(1n << bits) - 1n, 1n << bits, (1n << bits) + 1n]);
const SAMPLES = [0n, 1n, ...EDGES, 1n << 127n, MAX_HASH_KEY - 1n, MAX_HASH_KEY];

describe("hashPartitionKey", () => {
  test.each(["abcd", "", "user-17", "東京", "𝒳".repeat(128), "x".repeat(256)])(
    "is the MD5 of the UTF-8 bytes, big-endian: %j",
    (key) => {
      const words = newHashWords();

      hashPartitionKey(key, words);

      expect(hashWordsToBigInt(words)).toBe(BigInt(`0x${md5(Buffer.from(key)).toString("hex")}`));
    },
  );

  test("is never negative", () => {
    const words = newHashWords();

    hashPartitionKey("abcd", words);

    expect(hashWordsToBigInt(words)).toBe(0xe2fc714c4727ee9395f324cd2e7f331fn);
  });
});

describe("hash words", () => {
  test.each(SAMPLES)("%d comes back as it was written", (hashKey) => {
    expect(hashWordsToBigInt(wordsOf(hashKey))).toBe(hashKey);
  });

  test("compare as the numbers do", () => {
    for (const a of SAMPLES) {
      for (const b of SAMPLES) {
        expect(Math.sign(compareHashWords(wordsOf(a), wordsOf(b)))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }
    }
  });
});

describe("parseHashKey", () => {
  test.each(SAMPLES)("reads %d as text and as a bigint", (hashKey) => {
    expect(parseHashKey(String(hashKey))).toBe(hashKey);
    expect(parseHashKey(hashKey)).toBe(hashKey);
  });

  test.each([
    "",
    " ",
    "-1",
    "+1",
    "-0",
    "00",
    "007",
    "1.0",
    "1e3",
    "0x10",
    " 1",
    "1 ",
    "1\n",
    "abc",
    "١",
    "9".repeat(39),
    "1".repeat(40),
  ])("refuses %j", (text) => {
    expect(parseHashKey(text)).toBeUndefined();
  });

  test("refuses the number above the last, and below the first", () => {
    expect(parseHashKey(MAX_HASH_KEY + 1n)).toBeUndefined();
    expect(parseHashKey(String(MAX_HASH_KEY + 1n))).toBeUndefined();
    expect(parseHashKey(-1n)).toBeUndefined();
  });
});

describe("effectiveHashKey", () => {
  test("is the hash of the partition key when there is no explicit hash key", () => {
    const words = newHashWords();

    effectiveHashKey({ key: hashKey("abcd"), explicitHashKey: undefined }, words);

    expect(hashWordsToBigInt(words)).toBe(0xe2fc714c4727ee9395f324cd2e7f331fn);
  });

  test.each(SAMPLES)("is the explicit hash key when there is one: %d", (number) => {
    const words = newHashWords();

    effectiveHashKey({ key: hashKey("abcd"), explicitHashKey: String(number) }, words);

    expect(hashWordsToBigInt(words)).toBe(number);
  });

  test("leaves nothing of the hash key before it", () => {
    const words = newHashWords().fill(0xffff_ffff);

    effectiveHashKey({ key: hashKey(""), explicitHashKey: "0" }, words);

    expect([...words]).toEqual([0, 0, 0, 0]);
  });
});
