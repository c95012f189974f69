import type { ListedShard } from "../kinesis-model/listed-shards.js";
import { invalidArgument } from "../kinesis-model/service-error.js";

/** The member of an input that is a filter. */
export interface ShardFilterInput {
  readonly Type: FilterType;
  readonly ShardId?: string;
  readonly Timestamp?: number;
}

type FilterType =
  | "AFTER_SHARD_ID"
  | "AT_TRIM_HORIZON"
  | "FROM_TRIM_HORIZON"
  | "AT_LATEST"
  | "AT_TIMESTAMP"
  | "FROM_TIMESTAMP";

/** Which shards ListShards returns. */
export interface ShardFilter {
  readonly type: FilterType;
  readonly shardId?: string;
  /** Milliseconds since the Unix epoch. */
  readonly timestamp?: number;
}

/** The filter of an input. Without one every shard is returned, as with FROM_TRIM_HORIZON. */
export function shardFilterOf(input: ShardFilterInput = { Type: "FROM_TRIM_HORIZON" }): ShardFilter {
  const { Type: type, ShardId: shardId, Timestamp: timestamp } = input;
  return {
    type,
    ...(shardId === undefined ? {} : { shardId }),
    ...(timestamp === undefined ? {} : { timestamp: timestamp * 1000 }),
  };
}

/**
 * Refuses a filter without the field that its type needs.
 *
 * @throws ServiceError when it is missing
 */
export function checkShardFilter({ type, shardId, timestamp }: ShardFilter): void {
  if (type === "AFTER_SHARD_ID" && shardId === undefined) {
    throw invalidArgument("ShardId must be provided with the shard filter AFTER_SHARD_ID.");
  }
  if ((type === "AT_TIMESTAMP" || type === "FROM_TIMESTAMP") && timestamp === undefined) {
    throw invalidArgument(`Timestamp must be provided with the shard filter ${type}.`);
  }
}

/** Facts about the stream and the time that filters need. */
export interface FilterContext {
  /** Older records are gone. */
  readonly trimHorizon: number;
  /** When the stream was created. */
  readonly createdAt: number;
}

/** Whether a listed shard passes the filter. */
export function passesShardFilter(
  { shard, closure }: ListedShard,
  { type, shardId = "", timestamp = 0 }: ShardFilter,
  { trimHorizon, createdAt }: FilterContext,
): boolean {
  const closedAt = closure?.closedAt ?? Number.POSITIVE_INFINITY;
  const wasOpenAt = (time: number): boolean => shard.origin.openedAt <= time && closedAt > time;
  switch (type) {
    case "AT_LATEST":
      return closure === undefined;
    case "AFTER_SHARD_ID":
      return shard.shardId > shardId;
    case "AT_TRIM_HORIZON":
      // The trim horizon of a stream younger than its retention is its creation, with its first shards.
      return trimHorizon < createdAt ? shard.origin.parentShardId === undefined : wasOpenAt(trimHorizon);
    case "FROM_TRIM_HORIZON":
      return true;
    case "AT_TIMESTAMP":
      return wasOpenAt(timestamp);
    case "FROM_TIMESTAMP":
      return closedAt > timestamp;
  }
}
