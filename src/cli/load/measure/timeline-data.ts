/** The use of one shard, interval by interval. */
export interface ShardTimeline {
  readonly shardId: string;
  /** The part of its limits in use. */
  readonly utilisation: readonly number[];
}

/** A load over time. Each list has one number for each interval; the rates are records a second. */
export interface Timeline {
  readonly intervalMs: number;
  /** The rate that the plan asks for; absent when it asks for none. */
  readonly wanted?: readonly number[];
  readonly handedOver: readonly number[];
  readonly delivered: readonly number[];
  readonly failed: readonly number[];
  /** Kinesis records a second. */
  readonly throttled: readonly number[];
  /** Of the records that were delivered in the interval; null without one. */
  readonly p50Ms: readonly (number | null)[];
  readonly p99Ms: readonly (number | null)[];
  readonly maxMs: readonly (number | null)[];
  /** Records in the producer's buffers at the end of the interval. */
  readonly bufferedRecords: readonly number[];
  /** The fill of the fullest buffer, 0 to 1. */
  readonly bufferShare: readonly number[];
  readonly shards: readonly ShardTimeline[];
}
