import type { Commitment } from "./account-settings.js";
import type { ChannelSnapshot } from "./channel-registry.js";
import type { ConsumerSnapshot } from "./consumer-registry.js";
import type { StreamFeatures } from "./stream-features.js";
import type { StreamSettings } from "./stream-settings.js";

/** The status of a stream. */
export type StreamStatus = "CREATING" | "ACTIVE" | "UPDATING" | "DELETING";

/** How a shard ended. */
export interface ShardClosure {
  readonly endingSequenceNumber: string;
  readonly closedAt: number;
}

/** A shard without its records, as plain data. */
export interface ShardSnapshot {
  /** Number of the shard in its stream, from 0. */
  readonly index: number;
  /** First and last hash key, both inclusive, in decimal digits. */
  readonly first: string;
  readonly last: string;
  readonly startingSequenceNumber: string;
  readonly openedAt: number;
  readonly parentShardId?: string;
  readonly adjacentParentShardId?: string;
  /** Absent while the shard is open. */
  readonly closure?: ShardClosure;
}

/** A stream without its records, as plain data. Times are milliseconds since the Unix epoch. */
export interface StreamSnapshot {
  readonly name: string;
  readonly createdAt: number;
  readonly generation: number;
  readonly status: StreamStatus;
  readonly settings: StreamSettings;
  readonly tags: readonly (readonly [key: string, value: string])[];
  /** The resource policy, JSON text; absent when there is none. */
  readonly policy?: string;
  /** Absent in older directories. */
  readonly features?: StreamFeatures;
  readonly consumers: readonly ConsumerSnapshot[];
  /** In the order of their numbers, without a gap. */
  readonly shards: readonly ShardSnapshot[];
}

/** Every stream of a model without its records, as plain data that survives JSON. */
export interface ModelSnapshot {
  readonly region: string;
  readonly accountId: string;
  /** The highest used ordinal: later sequence numbers and generations are above it. */
  readonly ordinal: number;
  readonly streams: readonly StreamSnapshot[];
  /** Absent in older directories, as the next field. */
  readonly channels?: readonly ChannelSnapshot[];
  readonly commitment?: Commitment;
}
