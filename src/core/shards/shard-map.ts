import { MAX_HASH_KEY } from "../../quotas.js";
import type { HashedKey } from "../../wire/md5/key-hasher.js";
import type { ShardDescription } from "../ports.js";
import {
  compareHashWords,
  copyHashWords,
  type HashWords,
  newHashWords,
  parseHashKey,
  writeHashWords,
} from "./hash-key.js";

/** A range of hash keys, both ends inclusive. */
export interface HashRange {
  readonly start: HashWords;
  readonly end: HashWords;
}

/** Whether the hash key lies in the range. */
export function rangeCovers(range: HashRange, hash: HashWords): boolean {
  return compareHashWords(hash, range.start) >= 0 && compareHashWords(hash, range.end) <= 0;
}

/** Whether two ranges of hash keys are the same. */
export function isSameRange(a: HashRange | undefined, b: HashRange | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return compareHashWords(a.start, b.start) === 0 && compareHashWords(a.end, b.end) === 0;
}

/** Whether two ranges have a hash key in common; undefined means all hash keys. */
export function rangesOverlap(a: HashRange | undefined, b: HashRange | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  return compareHashWords(a.start, b.end) <= 0 && compareHashWords(b.start, a.end) <= 0;
}

/** The range of a shard, or undefined when its description has no two hash keys in order. */
export function readHashRange(
  shard: Pick<ShardDescription, "startingHashKey" | "endingHashKey">,
): HashRange | undefined {
  const first = parseHashKey(shard.startingHashKey);
  const last = parseHashKey(shard.endingHashKey);
  if (first === undefined || last === undefined || first > last) return undefined;
  const range = { start: newHashWords(), end: newHashWords() };
  writeHashWords(first, range.start);
  writeHashWords(last, range.end);
  return range;
}

/** An open shard of a map. */
export interface OpenShard {
  readonly shardId: string;
  readonly range: HashRange;
}

/** Why a list of shards is not a map. */
export class ShardMapProblem {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

/** Most bits of a hash that name a bucket. */
const MAX_BUCKET_BITS = 12;

/**
 * Buckets are 16 to 32 times the shards. A fixed table of 8 KiB would be most of the memory of a thousand streams of
 * four shards.
 */
function bucketBits(shards: number): number {
  return Math.min(MAX_BUCKET_BITS, 36 - Math.clz32(shards));
}

/** Scratch: predicting is synchronous. */
const scratch = newHashWords();

/**
 * The open shards of a stream at one moment: immutable, contiguous from 0 to 2^128 - 1, so that every hash key has
 * exactly one shard.
 *
 * Prediction looks at the top 32 bits of the hash. A table of 4,096 starts finds the neighbourhood in one step, for any
 * number of shards. The other 96 bits are compared only when the top bits are equal, about once in 2^32 records per
 * shard (`npm run bench micro -- shard-map`).
 */
export class ShardMap {
  readonly shards: readonly OpenShard[];
  readonly #tops: Uint32Array;
  readonly #buckets: Uint16Array;
  /** Bits of the top word that do not count for the bucket. */
  readonly #shift: number;

  private constructor(shards: readonly OpenShard[]) {
    this.shards = shards;
    this.#tops = Uint32Array.from(shards, (shard) => shard.range.start[0] as number);
    this.#shift = 32 - bucketBits(shards.length);
    this.#buckets = new Uint16Array(2 ** (32 - this.#shift));
    let index = 0;
    for (let bucket = 0; bucket < this.#buckets.length; bucket++) {
      // The last shard that begins below this bucket: it may still reach into it.
      const first = bucket * 2 ** this.#shift;
      while (index + 1 < shards.length && (this.#tops[index + 1] as number) < first) index++;
      this.#buckets[bucket] = index;
    }
  }

  /** Builds a map. Refuses lists with gaps, overlaps or missing ends, which an unfinished resharding can show. */
  static from(descriptions: readonly ShardDescription[]): ShardMap | ShardMapProblem {
    const shards: (OpenShard & { readonly first: bigint; readonly last: bigint })[] = [];
    for (const description of descriptions) {
      const range = readHashRange(description);
      if (range === undefined)
        return new ShardMapProblem(`shard ${description.shardId} has no readable hash key range`);
      shards.push({
        shardId: description.shardId,
        range,
        first: BigInt(description.startingHashKey),
        last: BigInt(description.endingHashKey),
      });
    }
    shards.sort((a, b) => compareHashWords(a.range.start, b.range.start));
    let next = 0n;
    for (const shard of shards) {
      if (shard.first !== next) {
        return new ShardMapProblem(`${shard.first > next ? "a gap" : "an overlap"} before shard ${shard.shardId}`);
      }
      next = shard.last + 1n;
    }
    if (next !== MAX_HASH_KEY + 1n) return new ShardMapProblem("no shard covers the end of the hash key space");
    return new ShardMap(shards.map(({ shardId, range }) => ({ shardId, range })));
  }

  /** Index in {@link shards} of the shard whose range holds the hash of a partition key. */
  predictKey(key: HashedKey): number {
    const top = key.a >>> 0;
    const index = this.#lastFrom(top);
    if (this.#tops[index] !== top) return index;
    copyHashWords(key, scratch);
    return this.predict(scratch);
  }

  /** Index in {@link shards} of the shard whose range holds the hash key. */
  predict(hash: HashWords): number {
    const top = hash[0] as number;
    let index = this.#lastFrom(top);
    // The top words are equal: this shard, and any before it with the same top word, may begin above this hash.
    while (
      index > 0 &&
      this.#tops[index] === top &&
      compareHashWords(hash, (this.shards[index] as OpenShard).range.start) < 0
    )
      index--;
    return index;
  }

  /** The last shard that begins at this top word or below it. */
  #lastFrom(top: number): number {
    const tops = this.#tops;
    const last = tops.length - 1;
    let index = this.#buckets[top >>> this.#shift] as number;
    while (index < last && (tops[index + 1] as number) <= top) index++;
    return index;
  }
}
