/**
 * `kinesis-producer/aggregate`: the KPL's aggregated-record format on its own, for those who only need to pack. Imports
 * neither the SDK nor the producer.
 *
 * @packageDocumentation
 */

export type { AddOutcome } from "../core/aggregator.js";
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
export { type AggregatedKinesisRecord, RecordAggregator, type RecordAggregatorOptions } from "./record-aggregator.js";
