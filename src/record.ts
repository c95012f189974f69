/**
 * The data that goes in and comes out: plain types, no logic.
 *
 * @module
 */

/** One record as the caller hands it over. Enumerable properties of its own beside these are refused, as unknown options are. */
export interface UserRecord {
  /**
   * Decides the shard, by its MD5, unless `explicitHashKey` does. 1 to 256 UTF-16 code units; lone surrogates are
   * hashed and written as U+FFFD. May be absent only on a stream whose record distribution is `AUTO`.
   */
  readonly partitionKey?: string;
  /** Decides the shard in place of the key's MD5: 0 to 2^128 - 1, decimal without leading zeros, or a bigint. */
  readonly explicitHashKey?: string | bigint;
  /**
   * The payload. A string is written as UTF-8. The bytes are copied before the record counts as accepted, and by a `put` that waits for
   * room at once: they are yours again when the call returns.
   */
  readonly data: Uint8Array | string;
  /**
   * Text beside the data, for readers that know of it: it comes back with `kinesis-producer/deaggregate`, and the KCL does
   * not show it. A plain object of well-formed strings. Tags travel inside the KPL's envelope, so a record that has some is
   * always sent as an aggregate, if need be of one; where that is impossible it is refused.
   */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * An id by which readers know copies of this record (`dedupe` of `kinesis-producer/deaggregate`): 1 to 256 UTF-16 code
   * units of well-formed text. Travels as a tag does. With `recordIds` a record that has none is given one.
   */
  readonly recordId?: string;
  /** The stream, when it is not the producer's own. */
  readonly streamName?: string;
}

/** One try to deliver a record: a request it was part of, or the reason why it was not sent again. */
export interface Attempt {
  /** When the request began, in milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** Milliseconds from the end of the previous attempt, or from acceptance, to `startedAt`. */
  readonly delayMs: number;
  /** Milliseconds until the answer was known. */
  readonly durationMs: number;
  /** How often a client that was handed in sent the request within this attempt, when more than once. */
  readonly tries?: number;
  /** The shard that took the Kinesis record. */
  readonly shardId?: string;
  /** The sequence number of the Kinesis record. */
  readonly sequenceNumber?: string;
  /** The service's code, or one of ours (`WrongShard`, `TimeoutError`, `Http403`, ...), when the attempt failed. */
  readonly errorCode?: string;
  /** What the service said about it. */
  readonly errorMessage?: string;
}

/** What is known about a record that Kinesis has. */
export interface PutResult {
  readonly streamName: string;
  readonly shardId: string;
  /** Sequence number of the Kinesis record; several user records of one aggregate share it. */
  readonly sequenceNumber: string;
  /** Place of the user record in its aggregate, from 0; 0 for a record that was sent by itself. */
  readonly subSequenceNumber: number;
  /** Every attempt, oldest first; the last one succeeded. Of more than fifty, the first and the last 25. */
  readonly attempts: readonly Attempt[];
  /** An earlier attempt may have been stored too: a reader may see this record twice. */
  readonly mayBeDuplicate: boolean;
}

/**
 * What became of the bytes of a record that failed: `"none"`, no reader will ever see it; `"unknown"`, the outcome of
 * an attempt was never learnt, or a copy is stored where some reader may see it.
 */
export type Delivery = "none" | "unknown";
