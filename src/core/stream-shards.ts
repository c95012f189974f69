import type { HashWords } from "./hash-key.js";
import type { ShardDescription } from "./ports.js";
import { type HashRange, type OpenShard, readHashRange, ShardMap, ShardMapProblem } from "./shard-map.js";

/** What a list of shards changed. `re-created`: it is of another stream, which has the name now. */
export type MapUpdate = "replaced" | "unchanged" | "re-created";

/**
 * All that is known about a stream's shards, through every resharding: the map of open ones, and the range of each shard
 * ever seen. Ranges are kept after a shard closes because an answer from before can still name it: a record that the
 * parent took is often answered after a refresh has dropped that parent from the list of open shards.
 */
export class StreamShards {
  #map: ShardMap | undefined;
  readonly #ranges: Map<string, HashRange> = new Map();
  /** Shards seen closed, or as the parent of another: never predicted again, however late a list still shows them. */
  readonly #closed: Set<string> = new Set();
  /** The first sequence number of each shard, where it was told: a stream that is created again has others. */
  readonly #firstNumbers: Map<string, string> = new Map();

  /** The open shards, as far as they are known. */
  get map(): ShardMap | undefined {
    return this.#map;
  }

  /** The shard that a record with this hash key goes to; undefined without a map. */
  predict(hash: HashWords): OpenShard | undefined {
    const map = this.#map;
    return map === undefined ? undefined : map.shards[map.predict(hash)];
  }

  /** The range of a shard, open or closed, if it was ever listed. */
  rangeOf(shardId: string): HashRange | undefined {
    return this.#ranges.get(shardId);
  }

  /** Takes in a list that may hold closed shards: for their ranges, never for predictions. */
  learnRanges(shards: readonly ShardDescription[]): void {
    for (const shard of shards) {
      const range = readHashRange(shard);
      if (range !== undefined) this.#ranges.set(shard.shardId, range);
      if (shard.startingSequenceNumber !== undefined)
        this.#firstNumbers.set(shard.shardId, shard.startingSequenceNumber);
      if (shard.endingSequenceNumber !== undefined) this.#closed.add(shard.shardId);
      if (shard.parentShardId !== undefined) this.#closed.add(shard.parentShardId);
      if (shard.adjacentParentShardId !== undefined) this.#closed.add(shard.adjacentParentShardId);
    }
  }

  /** Takes in the list of open shards as the new map; refuses a list with gaps, and one that lags behind what is known. */
  learnOpen(shards: readonly ShardDescription[]): MapUpdate | ShardMapProblem {
    const creation = this.#creationOf(shards);
    if (creation === "earlier") return new ShardMapProblem("the list is of a stream that is gone");
    if (creation === "later") {
      this.forget();
      const update = this.learnOpen(shards);
      return update instanceof ShardMapProblem ? update : "re-created";
    }
    this.learnRanges(shards);
    for (const { shardId } of shards) {
      if (this.#closed.has(shardId))
        return new ShardMapProblem(`the list still shows shard ${shardId}, which is closed`);
    }
    const next = ShardMap.from(shards);
    if (next instanceof ShardMapProblem) return next;
    if (this.#map !== undefined && isSame(this.#map, next)) return "unchanged";
    this.#map = next;
    return "replaced";
  }

  /** Forgets everything: the stream is gone, and another of its name would have other shards of the same ids. */
  forget(): void {
    this.#map = undefined;
    this.#ranges.clear();
    this.#closed.clear();
    this.#firstNumbers.clear();
  }

  /** Sequence numbers rise with time, so those of a later creation of the stream are larger. Rule 17. */
  #creationOf(shards: readonly ShardDescription[]): "same" | "earlier" | "later" {
    for (const { shardId, startingSequenceNumber } of shards) {
      const known = this.#firstNumbers.get(shardId);
      if (known === undefined || startingSequenceNumber === undefined || known === startingSequenceNumber) continue;
      return BigInt(startingSequenceNumber) < BigInt(known) ? "earlier" : "later";
    }
    return "same";
  }
}

/** Ranges of a shard never change, so equal ids are equal maps. */
function isSame(a: ShardMap, b: ShardMap): boolean {
  return a.shards.length === b.shards.length && a.shards.every((shard, i) => shard.shardId === b.shards[i]?.shardId);
}
