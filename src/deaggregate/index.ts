/**
 * `kinesis-producer/deaggregate`: Kinesis records in, user records out. No SDK, no producer.
 *
 * @module
 */

export { UnreadableRecordError } from "../base-errors.js";
export type { Codec } from "../compression/codec.js";
export { isAggregated } from "../wire/decode/aggregate-decoder.js";
export { deaggregate, deaggregateAll } from "./deaggregate.js";
export type {
  DeaggregatedRecord,
  DeaggregateOptions,
  DroppedUserRecords,
  DropReason,
  ShardRange,
} from "./deaggregated-record.js";
export {
  type Dedupe,
  type DedupeClaim,
  type DedupeOptions,
  type DedupeStore,
  dedupe,
  type Identified,
} from "./dedupe.js";
export {
  type GlueCompression,
  type GlueFrame,
  glueFrame,
  type ReadGlueFrameOptions,
  readGlueFrame,
} from "./glue-frame.js";
export type {
  AnalyticsRecord,
  BareKinesisRecord,
  FirehoseTransformRecord,
  KinesisRecordLike,
  LambdaKinesisPayload,
  LambdaKinesisRecord,
  SdkKinesisRecord,
  TransformMetadata,
} from "./record-envelope.js";
