import type { ShardDescription } from "../core/ports.js";
import { MAX_HASH_KEY } from "../quotas.js";

/** The id of a stream's n-th shard, counted from 0: `shardId-000000000000`. */
export function shardIdOf(index: number): string {
  return `shardId-${String(index).padStart(12, "0")}`;
}

/** The inclusive hash key ranges of an even split: range i begins at floor(i * 2^128 / count). */
export function evenHashRanges(count: number): { readonly first: bigint; readonly last: bigint }[] {
  const space = MAX_HASH_KEY + 1n;
  const startOf = (index: number): bigint => (BigInt(index) * space) / BigInt(count);
  return Array.from({ length: count }, (_, index) => ({ first: startOf(index), last: startOf(index + 1) - 1n }));
}

/**
 * Open shards that split the hash keys evenly, like those of a new stream.
 *
 * @param firstIndex - number of the first shard id, for shards that follow closed ones
 *
 * @example
 * ```ts
 * const directory = new ScriptedDirectory({ shards: evenShards(4) });
 * ```
 */
export function evenShards(count: number, firstIndex = 0): ShardDescription[] {
  return evenHashRanges(count).map(({ first, last }, index) => ({
    shardId: shardIdOf(firstIndex + index),
    startingHashKey: String(first),
    endingHashKey: String(last),
  }));
}
