import type { KinesisRecordLike } from "./record-envelope.js";

/** One user record, as its producer put it. A key is absent, not undefined, when there is nothing to tell. */
export interface DeaggregatedRecord {
  /** The user's partition key. Absent only when a plain record came without one. */
  readonly partitionKey?: string;
  /** The user's explicit hash key as it was written; Kinesis tells none for plain records. */
  readonly explicitHashKey?: string;
  /** The payload: a view of the Kinesis record's bytes, not a copy. */
  readonly data: Uint8Array;
  /** The sequence number of the Kinesis record, which all records of an aggregate share. */
  readonly sequenceNumber?: string;
  /** Place in the aggregate, from 0; 0 for a plain record. */
  readonly subSequenceNumber: number;
  /** Whether it came out of an aggregate. */
  readonly aggregated: boolean;
  /** When Kinesis received the Kinesis record, to the millisecond. One object for all records of an aggregate. */
  readonly approximateArrivalTimestamp?: Date;
  /** The tags of the user record; plain records have none. */
  readonly tags?: Record<string, string>;
  /** The id that the record was given, or that its producer made (`recordIds`): the same on every copy of it. */
  readonly recordId?: string;
}

/**
 * Why user records do not come out, though they are there:
 *
 * - `"outside-shard-range"`: a user record belongs to another shard, so the whole aggregate is dropped
 * - `"hash-key-out-of-range"`: an explicit hash key is a number, but not within 0 to 2^128 - 1; the whole aggregate
 * - `"hash-key-unreadable"`: an explicit hash key is no number; this record and those behind it
 * - `"index-out-of-range"`: a record names a key that is not in the table; this record and those behind it
 * - `"no-user-records"`: a valid aggregate of nothing
 */
export type DropReason =
  | "outside-shard-range"
  | "hash-key-out-of-range"
  | "hash-key-unreadable"
  | "index-out-of-range"
  | "no-user-records";

/** What the KCL would drop in silence. */
export interface DroppedUserRecords {
  /** The Kinesis record, as it was handed in. */
  readonly record: KinesisRecordLike;
  readonly reason: DropReason;
  /** User records of this Kinesis record that do not come out. */
  readonly userRecords: number;
}

/** The hash keys of a shard, both ends inclusive, decimal: the HashKeyRange of ListShards in camel case. */
export interface ShardRange {
  readonly startingHashKey: string;
  readonly endingHashKey: string;
}

/** Options of `deaggregate` and `deaggregateAll`. */
export interface DeaggregateOptions {
  /**
   * The shard that the record was read from. When given, an aggregate with a user record that belongs to another shard
   * is dropped whole, as the KCL does: after a resharding its other copy comes from the right shard. Plain records
   * always pass.
   *
   * @defaultValue no filter
   */
  readonly shardRange?: ShardRange | undefined;
  /**
   * Whether the MD5 of an aggregate must be right. `false` saves most of the time, and takes damaged aggregates for
   * good ones as long as they parse.
   *
   * @defaultValue true
   */
  readonly verifyChecksum?: boolean | undefined;
  /**
   * Is told, once per iterable and before its first record, what is dropped.
   *
   * @defaultValue a process warning, once per reason
   */
  readonly onDropped?: ((dropped: DroppedUserRecords) => void) | undefined;
}
