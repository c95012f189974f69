/**
 * `kinesis-producer/lambda`: handlers for Lambda functions that read Kinesis. No SDK, no producer.
 *
 * @module
 */
export type { RecordWrapper } from "./around.js";
export { deaggregateEvent, type EventUserRecord } from "./deaggregate-event.js";
export { type FirehoseTransformOptions, firehoseTransform, type Transform } from "./firehose-transform.js";
export {
  type KinesisHandlerOptions,
  kinesisHandler,
  type RecordContext,
  type RecordHandler,
  type WindowEnd,
} from "./kinesis-handler.js";
export type {
  KinesisEvent,
  KinesisEventRecord,
  KinesisResponse,
  TransformEvent,
  TransformedRecord,
  TransformResponse,
} from "./lambda-events.js";
