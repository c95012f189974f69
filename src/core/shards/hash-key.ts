import { MAX_HASH_KEY } from "../../quotas.js";
import type { HashedKey } from "../../wire/md5/key-hasher.js";
import { md5Text } from "../../wire/md5/md5-text.js";

/**
 * A 128-bit hash key as four 32-bit words, the most significant first. The hot path keeps hash keys in one reused array
 * of this shape: a BigInt costs an allocation and twenty times the comparison.
 */
export type HashWords = Uint32Array;

/** Room for one hash key. */
export function newHashWords(): HashWords {
  return new Uint32Array(4);
}

/** The hash key of a partition key: the MD5 of its UTF-8 bytes, big-endian. Source: PutRecordsRequestEntry. */
export function hashPartitionKey(partitionKey: string, into: HashWords): void {
  md5Text(partitionKey, into);
}

/** Splits a hash key within 0..2^128 - 1 into words. */
export function writeHashWords(hashKey: bigint, into: HashWords): void {
  into[0] = Number(hashKey >> 96n);
  into[1] = Number((hashKey >> 64n) & 0xffff_ffffn);
  into[2] = Number((hashKey >> 32n) & 0xffff_ffffn);
  into[3] = Number(hashKey & 0xffff_ffffn);
}

/** Copies the hash of a known partition key. */
export function copyHashWords({ a, b, c, d }: HashedKey, into: HashWords): void {
  into[0] = a;
  into[1] = b;
  into[2] = c;
  into[3] = d;
}

/** The hash key as a number. */
export function hashWordsToBigInt(words: HashWords): bigint {
  const high = (BigInt(words[0] as number) << 32n) | BigInt(words[1] as number);
  const low = (BigInt(words[2] as number) << 32n) | BigInt(words[3] as number);
  return (high << 64n) | low;
}

/** A hash key as the key of a `Map`: eight code units, equal only for equal hash keys. */
export function hashName(words: HashWords): string {
  let name = "";
  for (let i = 0; i < 4; i++) {
    const word = words[i] as number;
    name += String.fromCharCode(word >>> 16, word & 0xffff);
  }
  return name;
}

/** Negative, zero or positive, as `a` is below, at or above `b`. */
export function compareHashWords(a: HashWords, b: HashWords): number {
  for (let i = 0; i < 4; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

const DECIMAL = /^(?:0|[1-9]\d{0,38})$/;

/**
 * Reads an explicit hash key: a bigint, or decimal digits without sign, blanks or leading zeros.
 *
 * @returns the number, or undefined when it is not a hash key (0 to 2^128 - 1)
 */
export function parseHashKey(value: string | bigint): bigint | undefined {
  if (typeof value === "string" && !DECIMAL.test(value)) return undefined;
  const number = BigInt(value);
  return number >= 0n && number <= MAX_HASH_KEY ? number : undefined;
}

/**
 * The effective hash key of a record: its explicit hash key, or the hash of its partition key.
 *
 * @param record - `explicitHashKey` in canonical decimal
 */
export function effectiveHashKey(
  record: { readonly key: HashedKey; readonly explicitHashKey: string | undefined },
  into: HashWords,
): void {
  if (record.explicitHashKey === undefined) copyHashWords(record.key, into);
  else writeHashWords(BigInt(record.explicitHashKey), into);
}
