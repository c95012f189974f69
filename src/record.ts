/**
 * Types of the data that a caller passes in and gets back: no logic.
 *
 * @module
 */

/**
 * One record as the caller hands it over. Other own enumerable properties are refused, like unknown options.
 *
 * @typeParam Data - type of `data`: any with the option `serialize`
 */
export interface UserRecord<Data = Uint8Array | string> {
  /**
   * Decides the shard by its MD5, unless `explicitHashKey` is set. 1 to 256 UTF-16 code units; lone surrogates are
   * hashed and written as U+FFFD. May be absent only on a stream whose record distribution is `AUTO`.
   */
  readonly partitionKey?: string;
  /** Decides the shard in place of the key's MD5: 0 to 2^128 - 1, decimal without leading zeros, or a bigint. */
  readonly explicitHashKey?: string | bigint;
  /**
   * The payload. A string is written as UTF-8. The bytes are copied before the call returns, also by a `put` that waits
   * for room: the caller may change them afterwards. With the option `serialize` it is the value that this function takes.
   */
  readonly data: Data;
  /**
   * Text beside the data. `kinesis-producer/deaggregate` returns it; the KCL does not show it. A plain object of
   * well-formed strings. Tags are part of the KPL's envelope: a record with tags is always sent in an aggregate, alone
   * if necessary. Where an aggregate is impossible the record is refused.
   */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * An id by which readers recognize copies of this record (`dedupe` of `kinesis-producer/deaggregate`): 1 to 256
   * UTF-16 code units of well-formed text. It is stored as tags are. With `recordIds`, the producer makes an id for a
   * record that has none.
   */
  readonly recordId?: string;
  /** The stream, when it is not the producer's default stream. */
  readonly streamName?: string;
}

/**
 * Makes tags that are added to a record: the context of the caller, for example. Undefined: none. Runs within `put`,
 * `tryPut` and `enqueue`.
 */
export type Propagate = (record: UserRecord) => Readonly<Record<string, string>> | undefined;

/** One attempt to deliver a record: a request that contained it, or the reason why it was not sent again. */
export interface Attempt {
  /** When the request began, in milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** Milliseconds from the end of the previous attempt, or from acceptance, to `startedAt`. */
  readonly delayMs: number;
  /** Milliseconds until the answer was known. */
  readonly durationMs: number;
  /** How often the caller's own client sent the request within this attempt; absent when once. */
  readonly tries?: number;
  /** The shard that took the Kinesis record. */
  readonly shardId?: string;
  /** The sequence number of the Kinesis record. */
  readonly sequenceNumber?: string;
  /**
   * The service's code, or a code of this library (`WrongShard`, `TimeoutError`, `Http403`, ...), when the attempt
   * failed.
   */
  readonly errorCode?: string;
  /** The message that belongs to `errorCode`. */
  readonly errorMessage?: string;
}

/** The result of a delivered record: where Kinesis stored it. */
export interface PutResult {
  readonly streamName: string;
  readonly shardId: string;
  /** Sequence number of the Kinesis record; several user records of one aggregate share it. */
  readonly sequenceNumber: string;
  /** Index of the user record in its aggregate, from 0; 0 for a record that was sent alone. */
  readonly subSequenceNumber: number;
  /** Every attempt, oldest first; the last one succeeded. Of more than 50 attempts, the first 25 and the last 25. */
  readonly attempts: readonly Attempt[];
  /** Whether an earlier attempt may have been stored too: then a reader may see this record twice. */
  readonly mayBeDuplicate: boolean;
}

/**
 * Whether a copy of a failed record may be stored. `"none"`: no reader will ever see it. `"unknown"`: the outcome of an
 * attempt is unknown, or a copy is stored where some reader may see it.
 */
export type Delivery = "none" | "unknown";
