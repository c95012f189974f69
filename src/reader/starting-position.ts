import type { GetShardIteratorInput, ShardFilter } from "@aws-sdk/client-kinesis";
import type { ShardRange } from "../deaggregate/index.js";

/**
 * Where to begin:
 *
 * - `"TRIM_HORIZON"`: with the oldest record there is
 * - `"LATEST"`: with what comes from now on
 * - `{ timestamp }`: with what arrived then or later; not in the future
 * - `{ after }`: behind the last Kinesis record that was handled of each shard, by shard id. Shards that are not named are
 *   read from their beginning, except the ancestors of those that are: they were read before
 */
export type StartingPosition =
  | "TRIM_HORIZON"
  | "LATEST"
  | { readonly timestamp: Date }
  | { readonly after: Readonly<Record<string, string>> };

/** A place in one shard, as GetShardIterator takes it. */
export type ShardPosition = Pick<GetShardIteratorInput, "ShardIteratorType" | "StartingSequenceNumber" | "Timestamp">;

/** A shard as ListShards, or GetRecords of its parent, tells it. */
export interface ReadableShard {
  readonly shardId: string;
  /** None, one, or, after a merge, two. */
  readonly parentShardIds: readonly string[];
  readonly range: ShardRange;
}

/** The beginning of a shard. */
export const SHARD_BEGINNING: ShardPosition = { ShardIteratorType: "TRIM_HORIZON" };

/** Which shards to ask ListShards for; undefined for all. */
export function filterFor(from: StartingPosition): ShardFilter | undefined {
  if (from === "LATEST") return { Type: "AT_LATEST" };
  if (typeof from === "object" && "timestamp" in from) return { Type: "FROM_TIMESTAMP", Timestamp: from.timestamp };
  return undefined;
}

/** Those of the listed shards that are to be read. */
export function shardsToRead(from: StartingPosition, listed: readonly ReadableShard[]): readonly ReadableShard[] {
  if (typeof from !== "object" || !("after" in from)) return listed;
  const byId = new Map(listed.map((shard) => [shard.shardId, shard]));
  const ancestors = new Set<string>();
  const unseen = Object.keys(from.after);
  for (let id = unseen.pop(); id !== undefined; id = unseen.pop()) {
    for (const parent of byId.get(id)?.parentShardIds ?? []) {
      if (ancestors.has(parent)) continue;
      ancestors.add(parent);
      unseen.push(parent);
    }
  }
  return listed.filter(({ shardId }) => !ancestors.has(shardId));
}

/** Where to begin in one of the shards that were listed at the start. */
export function positionIn(shardId: string, from: StartingPosition): ShardPosition {
  if (typeof from === "string") return { ShardIteratorType: from };
  if ("timestamp" in from) return { ShardIteratorType: "AT_TIMESTAMP", Timestamp: from.timestamp };
  const sequenceNumber = Object.hasOwn(from.after, shardId) ? from.after[shardId] : undefined;
  return sequenceNumber === undefined ? SHARD_BEGINNING : positionAfter(sequenceNumber);
}

/** Behind a record. */
export function positionAfter(sequenceNumber: string): ShardPosition {
  return { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber: sequenceNumber };
}
