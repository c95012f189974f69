/**
 * A high-throughput producer for Amazon Kinesis Data Streams.
 *
 * @packageDocumentation
 */

export type { Codec, CodecChoice, CodecName } from "./compression/codec.js";
export type { HealthStatus, LastError, StreamHealth } from "./core/condition/stream-health.js";
// For other libraries: the ports, to write another transport, clock or directory; the messages of diagnostics channels
export type {
  Clock,
  ClosedMessage,
  DiagnosticEvent,
  DiagnosticMessages,
  EntryAccepted,
  EntryAnswer,
  EntryRefused,
  KinesisRecord,
  LogEvent,
  LogFields,
  LogFunction,
  Logger,
  LogLevel,
  PutRecordsAnswer,
  PutRecordsRequest,
  Random,
  RecordDistribution,
  RecordFailedMessage,
  RequestAnswered,
  RequestFailure,
  ShardDescription,
  ShardMapMessage,
  ShardSelection,
  ShardsAnswer,
  StreamDirectory,
  StreamMessage,
  StreamRef,
  StreamSummary,
  ThrottledMessage,
  TimerHandle,
  TraceContext,
  Transport,
  WrongShardMessage,
} from "./core/ports.js";
// For users
export { DeadLetterFile, type DeadLetterOptions, type DeadLetterStats } from "./edge/dead-letter-file.js";
export {
  type DeadLetterSegment,
  type ReadDeadLettersOptions,
  readDeadLetters,
  type UnreadableLine,
} from "./edge/dead-letter-segments.js";
export type { DeadLetter } from "./edge/dead-letters.js";
export type { PutRecordsContext, PutRecordsError, SendWrapper } from "./edge/put-records-context.js";
export type { RecordWritableOptions } from "./edge/record-writable.js";
export {
  ERROR_CODES,
  type ErrorCode,
  InvalidOptionError,
  isProducerError,
  isRecordFailedError,
  ProducerError,
  RecordFailedError,
  type RecordFailure,
} from "./errors.js";
export type { ProducerHealth } from "./health.js";
export {
  fromKplProperties,
  type KplAssignment,
  type KplMigration,
  type KplReport,
} from "./kpl/from-kpl-properties.js";
export type {
  AggregationMode,
  AggregationOptions,
  ClosingSignal,
  OnOrderedFailure,
  Ordering,
  ProducerOptions,
  ProxyOptions,
  RequestProtocol,
  SerializeFor,
  ShardLimitOptions,
  TlsOptions,
} from "./options.js";
export type { PutMany, PutManySummary, PutOutcome } from "./pipeline/entry/put-many.js";
export type { CloseReport } from "./pipeline/lifecycle.js";
export type { DeliveryBatch, DeliveryOutcome } from "./pipeline/settlement/delivery-batch.js";
export { KinesisProducer } from "./producer.js";
export type { Attempt, Delivery, Propagate, PutResult, UserRecord } from "./record.js";
export type { Distribution, ProducerStats, RecentStats, ShardStats, StreamStats, Summary } from "./stats.js";
