/**
 * `kinesis-producer/aggregate`: the encoder of the KPL's aggregated-record format, without the producer. Does not
 * import the SDK.
 *
 * @packageDocumentation
 */

export type { AddOutcome } from "../core/lane/aggregator.js";
export type { ErrorCode } from "../errors.js";
export {
  ERROR_CODES,
  InvalidOptionError,
  isProducerError,
  ProducerError,
  RecordFailedError,
  type RecordFailure,
} from "../errors.js";
export type { Attempt, Delivery, UserRecord } from "../record.js";
export { type AggregateOptions, aggregate, type ShardHashKeyRange } from "./aggregate.js";
export type { AggregatedKinesisRecord } from "./outbox.js";
export { RecordAggregator, type RecordAggregatorOptions } from "./record-aggregator.js";
