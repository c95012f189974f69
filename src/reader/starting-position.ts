import type { GetShardIteratorInput, ShardFilter } from "@aws-sdk/client-kinesis";
import type { RelatedShard } from "../core/shards/shard-family.js";
import type { ShardRange } from "../deaggregate/index.js";
import { InvalidOptionError } from "../errors.js";
import { show } from "../wording/shown-value.js";

/** Shards in an error message. */
const MAX_SHOWN = 10;

/**
 * Where to begin:
 *
 * - `"TRIM_HORIZON"`: with the oldest record in the stream
 * - `"LATEST"`: with records that arrive from now on
 * - `{ timestamp }`: with records that arrived at this time or later; not in the future
 * - `{ after }`: after the last handled Kinesis record of each shard, by shard id. Other shards are read from their
 * beginning, except the ancestors of named shards: they were read before
 */
export type StartingPosition =
  | "TRIM_HORIZON"
  | "LATEST"
  | { readonly timestamp: Date }
  | { readonly after: Readonly<Record<string, string>> };

/** A position in one shard, in the form of GetShardIterator. */
export type ShardPosition = Pick<GetShardIteratorInput, "ShardIteratorType" | "StartingSequenceNumber" | "Timestamp">;

/** A shard as returned by ListShards, or by GetRecords for its parent. */
export interface ReadableShard extends RelatedShard {
  readonly range: ShardRange;
}

/** The beginning of a shard. */
export const SHARD_BEGINNING: ShardPosition = { ShardIteratorType: "TRIM_HORIZON" };

/** The filter for ListShards; undefined for all shards. */
export function filterFor(from: StartingPosition): ShardFilter | undefined {
  if (from === "LATEST") return { Type: "AT_LATEST" };
  if (typeof from === "object" && "timestamp" in from) return { Type: "FROM_TIMESTAMP", Timestamp: from.timestamp };
  return undefined;
}

/** The listed shards that are to be read. */
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

/**
 * The shards of these ids.
 *
 * @throws InvalidOptionError when a shard is not there, or has no records from the starting position on
 */
export function namedShards(ids: readonly string[], shards: readonly ReadableShard[]): readonly ReadableShard[] {
  const missing = ids.find((id) => !shards.some(({ shardId }) => shardId === id));
  if (missing === undefined) return shards.filter(({ shardId }) => ids.includes(shardId));
  const known = shards.slice(0, MAX_SHOWN).map(({ shardId }) => shardId);
  const more = shards.length > MAX_SHOWN ? `, and ${shards.length - MAX_SHOWN} more` : "";
  throw new InvalidOptionError(
    "shardIds",
    `shardIds must name shards that have records from the starting position on, got ${show(missing)}; those are ${known.join(", ")}${more}`,
  );
}

/** The first position in a shard that was listed at the start. */
export function positionIn(shardId: string, from: StartingPosition): ShardPosition {
  if (typeof from === "string") return { ShardIteratorType: from };
  if ("timestamp" in from) return { ShardIteratorType: "AT_TIMESTAMP", Timestamp: from.timestamp };
  const sequenceNumber = Object.hasOwn(from.after, shardId) ? from.after[shardId] : undefined;
  return sequenceNumber === undefined ? SHARD_BEGINNING : positionAfter(sequenceNumber);
}

/** The position after a record. */
export function positionAfter(sequenceNumber: string): ShardPosition {
  return { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber: sequenceNumber };
}
