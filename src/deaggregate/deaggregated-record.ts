import type { Codec } from "../compression/codec.js";
import type { KinesisRecordLike } from "./record-envelope.js";

/** One user record, as its producer put it. A property without a value is absent, not undefined. */
export interface DeaggregatedRecord {
  /** The user's partition key. Absent only when a plain record came without one. */
  readonly partitionKey?: string;
  /** The user's explicit hash key as it was written. Kinesis does not return it for plain records. */
  readonly explicitHashKey?: string;
  /** The payload: a view of the Kinesis record's bytes, not a copy. */
  readonly data: Uint8Array;
  /** The sequence number of the Kinesis record, which all records of an aggregate share. */
  readonly sequenceNumber?: string;
  /** Index in the aggregate, from 0; 0 for a plain record. */
  readonly subSequenceNumber: number;
  /** Whether it came out of an aggregate. */
  readonly aggregated: boolean;
  /** When Kinesis received the Kinesis record, to the millisecond. One object for all records of an aggregate. */
  readonly approximateArrivalTimestamp?: Date;
  /** The tags of the user record; plain records have none. */
  readonly tags?: Record<string, string>;
  /** The id that the caller gave the record, or that the producer made (`recordIds`); the same on every copy. */
  readonly recordId?: string;
}

/**
 * Why user records are dropped although they are in the aggregate:
 *
 * - `"outside-shard-range"`: a user record belongs to another shard, so the whole aggregate is dropped
 * - `"hash-key-out-of-range"`: an explicit hash key is a number, but not within 0 to 2^128 - 1; the whole aggregate is
 *   dropped
 * - `"hash-key-unreadable"`: an explicit hash key is not a number; this record and those behind it are dropped
 * - `"index-out-of-range"`: a record names a key that is not in the table; this record and those behind it are dropped
 * - `"no-user-records"`: the aggregate is valid and empty
 */
export type DropReason =
  | "outside-shard-range"
  | "hash-key-out-of-range"
  | "hash-key-unreadable"
  | "index-out-of-range"
  | "no-user-records";

/** User records that the KCL would drop silently. */
export interface DroppedUserRecords {
  /** The Kinesis record, as it was handed in. */
  readonly record: KinesisRecordLike;
  readonly reason: DropReason;
  /** Number of user records of this Kinesis record that are dropped. */
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
   * The shard that the record was read from. When given, an aggregate is dropped whole if one of its user records
   * belongs to another shard, as the KCL does; after a resharding the right shard holds another copy. Plain records
   * always pass.
   *
   * @defaultValue no filter
   */
  readonly shardRange?: ShardRange | undefined;
  /**
   * Whether the MD5 of an aggregate is verified. `false` saves most of the time, but damaged aggregates pass as long as
   * they parse.
   *
   * @defaultValue true
   */
  readonly verifyChecksum?: boolean | undefined;
  /**
   * Most bytes that a compressed aggregate may have when it is opened. A larger one throws an UnreadableRecordError, and
   * is not opened.
   *
   * @defaultValue 67,108,864
   */
  readonly maxDecompressedBytes?: number | undefined;
  /**
   * Your codecs, for aggregates that a producer with such a codec has compressed. gzip, zstd and lz4 are known.
   *
   * @defaultValue none
   */
  readonly codecs?: readonly Pick<Codec, "name" | "decompress">[] | undefined;
  /**
   * Called with the dropped user records: once per iterable, before its first record.
   *
   * @defaultValue a process warning, once per reason
   */
  readonly onDropped?: ((dropped: DroppedUserRecords) => void) | undefined;
}
