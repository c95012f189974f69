import {
  type HashWords,
  hashPartitionKey,
  hashWordsToBigInt,
  newHashWords,
} from "../../../../src/core/shards/hash-key.js";
import { ShardMap, ShardMapProblem } from "../../../../src/core/shards/shard-map.js";
import { evenShards } from "../../../../src/testing/even-shards.js";
import type { BenchCase } from "../../bench-case.js";
import { keysOf } from "../../fixed-inputs.js";

const HASHES = 4_000;
const SHARD_COUNTS = [4, 64, 1_000];

function hashes(): HashWords[] {
  return keysOf(HASHES, 20).map((key) => {
    const words = newHashWords();
    hashPartitionKey(key, words);
    return words;
  });
}

function mapOf(count: number): ShardMap {
  const map = ShardMap.from(evenShards(count));
  if (map instanceof ShardMapProblem) throw new Error(map.reason);
  return map;
}

/** The simple way: BigInts and binary search. */
function byHalves(starts: readonly bigint[], hash: bigint): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] as bigint) <= hash) low = middle;
    else high = middle - 1;
  }
  return low;
}

export const cases: readonly BenchCase[] = SHARD_COUNTS.flatMap((count): BenchCase[] => [
  {
    name: `predict, ${count} shards`,
    records: HASHES,
    setUp: () => {
      const map = mapOf(count);
      const asked = hashes();
      return () => {
        let sum = 0;
        for (const hash of asked) sum += map.predict(hash);
        return sum;
      };
    },
  },
  {
    name: `BigInts by halves, ${count} shards`,
    records: HASHES,
    setUp: () => {
      const starts = mapOf(count).shards.map((shard) => hashWordsToBigInt(shard.range.start));
      const asked = hashes();
      return () => {
        let sum = 0;
        for (const hash of asked) sum += byHalves(starts, hashWordsToBigInt(hash));
        return sum;
      };
    },
  },
]);
