/**
 * The ports: all that the pure parts need from outside, and the two small ports of the network. `edge/` and `testing/`
 * implement them; only `producer.ts` chooses which.
 *
 * @module
 */
import type { RecordFailedError } from "../errors.js";

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
  /**
   * Whether a retry must fail the same way: the credentials were refused, and there is no provider to ask again; or the
   * configuration cannot be used.
   */
  readonly isFinal?: boolean;
  /** Whether no request can be made at all: the SDK's configuration has no region, or an endpoint that is not a URL. */
  readonly isConfiguration?: true;
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

/** How serious a line of the log is. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/**
 * The kind of a line of the log. `docs/health.md` says when each is written.
 */
export type LogEvent =
  | "auto-distribution"
  | "cannot-send"
  | "lines-left-out"
  | "no-shard-map"
  | "no-stream-summary"
  | "not-closed"
  | "order-uncertain"
  | "records-failed"
  | "resharded"
  | "sends-again"
  | "sequence-numbers-ignored"
  | "shard-map-found"
  | "shard-recovered"
  | "shard-throttled"
  | "stream-recreated"
  | "too-many-streams"
  | "transport-not-closed";

/** The fields of a line of the log: plain values, never a record or its key. */
export interface LogFields {
  readonly event: LogEvent;
  /** Absent on a line about the whole producer. */
  readonly streamName?: string;
  readonly shardId?: string;
  /** The service's code, the name of the network's error, or a code of this library. */
  readonly code?: string;
  readonly [name: string]: string | number | boolean | undefined;
}

/**
 * Takes lines of the log. Loggers of pino and `console` are such objects. `debug` and `info` lines are dropped if the
 * object has no such method; `error` lines then go to `warn`.
 */
export interface Logger {
  debug?(fields: LogFields, message: string): void;
  info?(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error?(fields: LogFields, message: string): void;
}

/** Takes lines of the log, as a function. */
export type LogFunction = (level: LogLevel, fields: LogFields, message: string) => void;

/** One line of the log. The message does not repeat the stream's name. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly fields: LogFields;
  readonly message: string;
}

/** Takes the lines of a producer's log; never throws. */
export type Log = (entry: LogEntry) => void;
/** A W3C trace context, as the tags of a record hold it. */
export interface TraceContext {
  /** `00-<trace id>-<span id>-<flags>`, unchecked. */
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** One PutRecords request that starts. */
export interface RequestFacts {
  readonly streamName: string;
  /** Absent while the ARN is unknown. */
  readonly streamArn?: string;
  /** Kinesis records: entries of the request. */
  readonly records: number;
  /** User records in them. */
  readonly userRecords: number;
  /** Data and partition keys of the Kinesis records. */
  readonly bytes: number;
  /** 1 for a request of new records. Otherwise one more than the most attempts that one of its Kinesis records had. */
  readonly attempt: number;
  /**
   * The different trace contexts in the tags of its user records, in order, at most `most`. Empty after `start`: the
   * memory of the records may be in use for others.
   */
  readonly traceContexts: (most: number) => readonly TraceContext[];
}

/** Every message names its producer and its stream. */
export interface StreamMessage {
  /** The `KinesisProducer`; compare it with yours. */
  readonly producer: object;
  readonly streamName: string;
  /** Absent while the ARN is unknown. */
  readonly streamArn?: string;
}

/** Channel `kinesis-producer:throttled`: an answer refused Kinesis records because a shard was over its limit. */
export interface ThrottledMessage extends StreamMessage {
  /** The predicted shard; absent where there is no prediction. */
  readonly shardId?: string;
  /** Kinesis records that were throttled. */
  readonly records: number;
  /** The rate for the shard from now on, as a part of its ceilings: above 0, at most 1. */
  readonly rateFactor: number;
}

/** Channel `kinesis-producer:wrong-shard`: another shard than the predicted one took a Kinesis record. */
export interface WrongShardMessage extends StreamMessage {
  readonly predictedShardId: string;
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly userRecords: number;
  /** Whether the Kinesis record is held until the range of the shard is known. If not, it is delivered. */
  readonly isHeld: boolean;
}

/** Channel `kinesis-producer:shard-map`: the map of a stream, or the way in which its records are routed, has changed. */
export interface ShardMapMessage extends StreamMessage {
  /** As `routing` of `stats()`. */
  readonly routing: "waiting" | "mapped" | "unmapped" | "auto";
  /** Whether the stream was created again: ids of shards may be the same, the shards are not. */
  readonly isRecreated: boolean;
  /** The open shards; empty while there is no map. */
  readonly shardIds: readonly string[];
}

/** Channel `kinesis-producer:record-failed`: one user record failed. */
export interface RecordFailedMessage {
  /** The `KinesisProducer`; compare it with yours. */
  readonly producer: object;
  readonly error: RecordFailedError;
}

/** Channel `kinesis-producer:closed`: `close()` is about to resolve. */
export interface ClosedMessage {
  /** The `KinesisProducer`; compare it with yours. */
  readonly producer: object;
  /** Records of its whole life that Kinesis stored. */
  readonly delivered: number;
  /** Records of its whole life that failed after they were accepted, or while they waited for room. */
  readonly failed: number;
}

/** The messages of the plain channels, by the last part of the channel's name. */
export interface DiagnosticMessages {
  readonly throttled: ThrottledMessage;
  readonly "wrong-shard": WrongShardMessage;
  readonly "shard-map": ShardMapMessage;
  readonly "record-failed": RecordFailedMessage;
  readonly closed: ClosedMessage;
}

/** The name of a plain channel, without `kinesis-producer:`. */
export type DiagnosticEvent = keyof DiagnosticMessages;

/**
 * Publishes to subscribers: code of the caller. So a stage asks first, makes a message only for a subscriber, and lets
 * the teller publish it.
 */
export interface Diagnostics {
  /** Whether an event has a subscriber. */
  hears(event: DiagnosticEvent): boolean;
  /** Never throws. */
  publish<Event extends DiagnosticEvent>(event: Event, message: Omit<DiagnosticMessages[Event], "producer">): void;
  /** Whether requests have a subscriber. */
  readonly hearsRequests: boolean;
  /**
   * Sends a request between the messages about its start and its end. Calls `send` once, before it returns, and returns
   * its answer.
   */
  request(facts: RequestFacts, send: () => Promise<PutRecordsAnswer>): Promise<PutRecordsAnswer>;
}

/** Compresses the messages of aggregates. */
export interface Compressor {
  /** The name by which readers find the codec, for example `zstd`. */
  readonly codec: string;
  /**
   * Compresses, and calls back in a later turn of the event loop. The bytes stay unchanged until then.
   *
   * @param done - gets the compressed bytes, or undefined when they could not be made
   */
  compress(bytes: Uint8Array, done: (compressed: Uint8Array | undefined) => void): void;
  /**
   * The reverse, `bytes` long; never fails for the results of {@link compress}. If absent, records keep their bytes until they are
   * settled.
   */
  readonly decompress: ((compressed: Uint8Array, bytes: number) => Uint8Array) | undefined;
}
