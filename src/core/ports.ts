/**
 * The ports: everything that the pure parts need of the world, and the two small ones that are the network. `edge/` and
 * `testing/` implement them; only `producer.ts` chooses which.
 *
 * @module
 */

/** A timer that was armed once. It keeps the process alive until it fires or is cancelled. */
export interface TimerHandle {
  /** Disarms it; harmless after it fired. */
  cancel(): void;
}

/** Time. Milliseconds everywhere. */
export interface Clock {
  /** Monotonic milliseconds; only differences mean something. */
  now(): number;
  /**
   * The same in whole milliseconds, rounded down, for what comes in bursts: within one run of synchronous code it may be the
   * answer of a few calls before, and never older than the last `now()`. Where absent, `now()` is asked.
   */
  recentNow?(): number;
  /** Milliseconds since the Unix epoch; only for showing. */
  epochNow(): number;
  /** Calls back once, `delayMs` from now at the earliest. */
  setTimer(delayMs: number, callback: () => void): TimerHandle;
  /** Calls back in a later turn of the event loop, after sockets had their turn. */
  defer(callback: () => void): void;
}

/** A number in [0, 1), like `Math.random`. */
export type Random = () => number;

/** The stream a request is for. With an ARN, requests carry the ARN alone. */
export interface StreamRef {
  readonly streamName: string;
  readonly streamArn?: string;
}

/** One entry of a PutRecords request: a Kinesis record. */
export interface KinesisRecord {
  /** Absent only on streams whose record distribution is `AUTO`. */
  readonly partitionKey?: string;
  /** Decimal, canonical. */
  readonly explicitHashKey?: string;
  readonly data: Uint8Array;
}

/** One PutRecords request. */
export interface PutRecordsRequest {
  readonly stream: StreamRef;
  /**
   * 1 to 500 entries. The transport must not change them, nor keep them after its answer. The producer's own requests have
   * read them when `putRecords` returns its promise; the SDK's client, and a transport of your own, may read them until the
   * answer.
   */
  readonly entries: readonly KinesisRecord[];
}

/** The service took the entry. */
export interface EntryAccepted {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

/** The service refused the entry, others of the request not necessarily. */
export interface EntryRefused {
  readonly errorCode: string;
  readonly errorMessage: string;
}

export type EntryAnswer = EntryAccepted | EntryRefused;

/** A whole request that failed. `core/failure-class` decides what to do about it. */
export interface RequestFailure {
  readonly kind: "failed";
  /** The service's code, or the name of the network's error. */
  readonly code: string;
  readonly message: string;
  /** The HTTP status, when there was an answer. */
  readonly statusCode?: number;
  /** Whether the service may have stored the records all the same: bytes were sent and no answer says it did not. */
  readonly mayBeStored: boolean;
  /** As in {@link RequestAnswered}. */
  readonly tries?: number;
  /** Whether the same answer is all that can be had: the credentials were refused, and there is no provider to ask again. */
  readonly isFinal?: boolean;
  /**
   * The connection had answered an earlier request and gave not a byte for this one: it may have died while it was idle, and a
   * new one may do at once. The transport has closed its other idle connections.
   */
  readonly isStaleConnection?: true;
  readonly cause?: unknown;
}

/** A request that was answered entry by entry. */
export interface RequestAnswered {
  readonly kind: "answered";
  readonly entries: readonly EntryAnswer[];
  /**
   * How often the transport sent the request within this call; once when absent. With more than one, the outcome of the
   * earlier tries counts as unknown.
   */
  readonly tries?: number;
}

export type PutRecordsAnswer = RequestAnswered | RequestFailure;

/** The way out. Resolves for every answer, refusals and dead connections included; rejects only on a bug. */
export interface Transport {
  putRecords(request: PutRecordsRequest): Promise<PutRecordsAnswer>;
  /**
   * Whether everything it needs of the entries' data has been read when `putRecords` returns its promise. Then their memory is
   * used again as soon as they are settled; otherwise it is the garbage collector's.
   */
  readonly readsAtOnce?: boolean;
  /** How requests go out at present, in a few words; `stats()` shows them. */
  describe?(): string;
  /** Frees sockets. Called once, after the last answer. */
  close?(): void;
}

/** A shard as ListShards describes it. Hash keys and sequence numbers are decimal strings. */
export interface ShardDescription {
  readonly shardId: string;
  readonly parentShardId?: string;
  readonly adjacentParentShardId?: string;
  /** Inclusive. */
  readonly startingHashKey: string;
  /** Inclusive. */
  readonly endingHashKey: string;
  readonly startingSequenceNumber?: string;
  /** Present once the shard is closed. */
  readonly endingSequenceNumber?: string;
}

/** Who chooses the shard of a record: its partition key, or the service (`AUTO`, keys are ignored). */
export type RecordDistribution = "AUTO" | "USER_PARTITION_KEY";

/** What DescribeStreamSummary says, as far as a producer cares. */
export interface StreamSummary {
  readonly kind: "summary";
  /** With the region and the account: a stream of the same name elsewhere is another one. */
  readonly streamArn?: string;
  readonly openShardCount?: number;
  readonly maxRecordBytes?: number;
  readonly recordDistribution: RecordDistribution;
}

export type ShardsAnswer = { readonly kind: "shards"; readonly shards: readonly ShardDescription[] } | RequestFailure;

/** Which shards ListShards is asked for: those open now (`AT_LATEST`), or closed ones too. */
export type ShardSelection = "open" | "all";

/** What is known about streams. Resolves for every answer; rejects only on a bug. */
export interface StreamDirectory {
  /** All pages of ListShards. */
  listShards(stream: StreamRef, selection: ShardSelection): Promise<ShardsAnswer>;
  describeStream(stream: StreamRef): Promise<StreamSummary | RequestFailure>;
}

/** Where warnings go. `console` fits. */
export interface Logger {
  warn(message: string): void;
}
