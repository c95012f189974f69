/**
 * The ports: all that the pure parts need from outside, and the two small ports of the network. `edge/` and `testing/`
 * implement them; only `producer.ts` chooses which.
 *
 * @module
 */

/** A timer that was armed once. It keeps the process alive until it fires or is cancelled. */
export interface TimerHandle {
  /** Disarms it; does nothing after it fired. */
  cancel(): void;
}

/** Time. Milliseconds everywhere. */
export interface Clock {
  /** Monotonic milliseconds; only differences mean something. */
  now(): number;
  /**
   * The same as `now()` in whole milliseconds, rounded down, for calls that come in bursts. Within one run of synchronous code it
   * may repeat the answer of a few calls before, but is never older than the last `now()`. If absent, `now()` is
   * called.
   */
  recentNow?(): number;
  /** Milliseconds since the Unix epoch; only for display. */
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
   * 1 to 500 entries. The transport must not change them, nor keep them after its answer. The producer's own transport
   * has read them when `putRecords` returns its promise. The SDK's client, or your own transport, may read them until
   * the answer.
   */
  readonly entries: readonly KinesisRecord[];
}

/** The service took the entry. */
export interface EntryAccepted {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

/** The service refused the entry, but not necessarily other entries of the request. */
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
  /** Whether the service may still have stored the records: bytes were sent, and no answer says that it did not. */
  readonly mayBeStored: boolean;
  /** As in {@link RequestAnswered}. */
  readonly tries?: number;
  /** Whether a retry must fail the same way: the credentials were refused, and there is no provider to ask again. */
  readonly isFinal?: boolean;
  /**
   * The connection had answered an earlier request, but gave not one byte for this one. It may have died while it was
   * idle, and a new connection may work at once. The transport has closed its other idle connections.
   */
  readonly isStaleConnection?: true;
  /**
   * Not one byte of the request left the process: there were no credentials, no address of the host, or no connection,
   * TLS handshake included. `stats()` counts such a request as not sent.
   */
  readonly isUnsent?: true;
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

/**
 * Sends requests to the service. Resolves for every answer, refusals and dead connections included; rejects only on a
 * bug.
 */
export interface Transport {
  putRecords(request: PutRecordsRequest): Promise<PutRecordsAnswer>;
  /**
   * Whether the transport has read all data of the entries when `putRecords` returns its promise. Then their memory is
   * reused as soon as they are settled; otherwise it is left to the garbage collector.
   */
  readonly readsAtOnce?: boolean;
  /** How requests are sent now, in a few words; `stats()` shows the text. */
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

/** The parts of DescribeStreamSummary that a producer needs. */
export interface StreamSummary {
  readonly kind: "summary";
  /** With the region and the account: a stream of the same name elsewhere is a different stream. */
  readonly streamArn?: string;
  readonly openShardCount?: number;
  readonly maxRecordBytes?: number;
  readonly recordDistribution: RecordDistribution;
}

export type ShardsAnswer = { readonly kind: "shards"; readonly shards: readonly ShardDescription[] } | RequestFailure;

/** Which shards ListShards returns: those open now (`AT_LATEST`), or closed ones too. */
export type ShardSelection = "open" | "all";

/** Describes streams. Resolves for every answer; rejects only on a bug. */
export interface StreamDirectory {
  /** All pages of ListShards. */
  listShards(stream: StreamRef, selection: ShardSelection): Promise<ShardsAnswer>;
  describeStream(stream: StreamRef): Promise<StreamSummary | RequestFailure>;
}

/** Takes warnings. `console` is one. */
export interface Logger {
  warn(message: string): void;
}
