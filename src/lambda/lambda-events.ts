import type { AnalyticsRecord, FirehoseTransformRecord, LambdaKinesisPayload } from "../deaggregate/index.js";

/**
 * Events and answers of Lambda, as far as this library reads and writes them. The types are structural: those of
 * `@types/aws-lambda` fit, and are not needed.
 *
 * @module
 */

/** A record of a Kinesis event source mapping. Source: "Using Lambda to process records from Kinesis", Lambda Guide. */
export interface KinesisEventRecord {
  readonly kinesis: LambdaKinesisPayload & { readonly sequenceNumber: string };
  /** The shard's id, a colon, the sequence number. */
  readonly eventID?: string;
  readonly eventSourceARN?: string;
}

/** The event of a Kinesis event source mapping, with or without a tumbling window. */
export interface KinesisEvent {
  readonly Records?: readonly KinesisEventRecord[] | undefined;
  /** With a tumbling window: its start and end, ISO 8601. */
  readonly window?: { readonly start: string; readonly end: string } | undefined;
  /** With a tumbling window: the state that the previous invocation returned. */
  readonly state?: object | undefined;
  readonly shardId?: string | undefined;
  readonly isFinalInvokeForWindow?: boolean | undefined;
  readonly isWindowTerminatedEarly?: boolean | undefined;
}

/** The answer of a handler of Kinesis events. The mapping must have `ReportBatchItemFailures`. */
export interface KinesisResponse {
  /** Empty when everything was handled; otherwise the sequence number from which Lambda retries. */
  batchItemFailures: { itemIdentifier: string }[];
  /** With a tumbling window: the state for the next invocation. */
  state?: object;
}

/** The event of a Firehose data transformation, or of a Kinesis Data Analytics pre-processing function. */
export interface TransformEvent {
  readonly records: readonly (FirehoseTransformRecord | AnalyticsRecord)[];
}

/** The result of one record of a transformation. */
export interface TransformedRecord {
  recordId: string;
  result: "Ok" | "Dropped" | "ProcessingFailed";
  /** Base64: the new data, or the old data where the transform made none. */
  data: string;
}

/** The answer of a transformation: one result for each record id. */
export interface TransformResponse {
  records: TransformedRecord[];
}
