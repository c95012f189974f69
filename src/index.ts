/**
 * A high-throughput producer for Amazon Kinesis Data Streams.
 *
 * @packageDocumentation
 */

// For other libraries: the ports, to write another transport, clock or directory
export type {
  Clock,
  EntryAccepted,
  EntryAnswer,
  EntryRefused,
  KinesisRecord,
  Logger,
  PutRecordsAnswer,
  PutRecordsRequest,
  Random,
  RecordDistribution,
  RequestAnswered,
  RequestFailure,
  ShardDescription,
  ShardSelection,
  ShardsAnswer,
  StreamDirectory,
  StreamRef,
  StreamSummary,
  TimerHandle,
  Transport,
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
export type { RecordWritableOptions } from "./edge/record-writable.js";
export {
  ERROR_CODES,
  type ErrorCode,
  InvalidOptionError,
  isProducerError,
  ProducerError,
  RecordFailedError,
  type RecordFailure,
} from "./errors.js";
export type {
  AggregationMode,
  AggregationOptions,
  ClosingSignal,
  OnOrderedFailure,
  Ordering,
  ProducerOptions,
  RequestProtocol,
  ShardLimitOptions,
} from "./options.js";
export type { PutMany, PutManySummary, PutOutcome } from "./pipeline/entry/put-many.js";
export type { CloseReport } from "./pipeline/lifecycle.js";
export type { DeliveryBatch, DeliveryOutcome } from "./pipeline/settlement/delivery-batch.js";
export { KinesisProducer } from "./producer.js";
export type { Attempt, Delivery, PutResult, UserRecord } from "./record.js";
export type { Distribution, ProducerStats, RecentStats, ShardStats, StreamStats, Summary } from "./stats.js";
