/**
 * Random user records, weighted towards inputs that broke other implementations.
 *
 * @module
 */
import fc from "fast-check";

import { MAX_HASH_KEY } from "../../src/quotas.js";
import { RECORD_ID_TAG } from "../../src/wire/record-tags.js";

/** A user record with its data as bytes; fits the encoder and the reference. */
export interface ArbitraryUserRecord {
  readonly partitionKey: string;
  readonly explicitHashKey?: string;
  readonly data: Uint8Array;
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * Partition keys that Kinesis takes, 1 to 256 UTF-16 code units, well-formed. Few different keys, so that tables share
 * entries; names of properties of plain objects; numbers, which plain objects reorder; all scripts; the longest keys.
 */
export const partitionKeys: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "a",
    "user-17",
    "10",
    "9",
    "0",
    "-1",
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "\uFEFFbom",
    "nul\0",
  ),
  fc.nat({ max: 30 }).map(String),
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.string({ minLength: 1, maxLength: 128, unit: "binary" }),
  fc.uuid(),
  fc.constantFrom(
    "x".repeat(127),
    "x".repeat(128),
    "x".repeat(256),
    "é".repeat(256),
    "東".repeat(256),
    "𝒳".repeat(128),
  ),
);

/** Explicit hash keys in the form of encoders: canonical decimals of 0 to 2^128 - 1, often the ends. */
export const explicitHashKeys: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(0n, 1n, 9n, 10n, MAX_HASH_KEY - 1n, MAX_HASH_KEY, MAX_HASH_KEY / 2n).map(String),
  fc.bigInt({ min: 0n, max: MAX_HASH_KEY }).map(String),
);

const data = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  // Around the lengths at which a varint grows.
  fc.integer({ min: 110, max: 140 }).map((length) => new Uint8Array(length).fill(0x61)),
  fc.integer({ min: 16_370, max: 16_390 }).map((length) => new Uint8Array(length).fill(0x62)),
);

/** User records, one in three with an explicit hash key. */
export const userRecords: fc.Arbitrary<ArbitraryUserRecord> = fc
  .tuple(partitionKeys, fc.option(explicitHashKeys, { nil: undefined, freq: 2 }), data)
  .map(([partitionKey, explicitHashKey, bytes]) => ({
    partitionKey,
    ...(explicitHashKey === undefined ? {} : { explicitHashKey }),
    data: bytes,
  }));

/** No reserved key. */
const tagTexts = fc
  .oneof(
    fc.constantFrom("", "traceparent", "0", "10", "__proto__", "constructor", "東京", "x".repeat(127), "x".repeat(128)),
    fc.string({ maxLength: 20 }),
    fc.string({ maxLength: 20, unit: "binary" }),
  )
  .filter((text) => text !== RECORD_ID_TAG);

/** Tags as a user may give them, at least one. */
export const recordTags: fc.Arbitrary<Readonly<Record<string, string>>> = fc
  .array(fc.tuple(tagTexts, tagTexts), { minLength: 1, maxLength: 4 })
  .map((entries) => Object.fromEntries(entries));

/** User records, one in three with tags. */
export const taggedRecords: fc.Arbitrary<ArbitraryUserRecord> = fc
  .tuple(userRecords, fc.option(recordTags, { nil: undefined, freq: 1 }))
  .map(([record, tags]) => (tags === undefined ? record : { ...record, tags }));
