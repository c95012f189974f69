import type { AnalyticsRecord, FirehoseTransformRecord, LambdaKinesisPayload } from "../deaggregate/index.js";

/**
 * What Lambda hands over and takes back, as far as this library reads it: structural, so that the types of
 * `@types/aws-lambda` fit, and none are needed.
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

/** The event of a Kinesis event source mapping; with a tumbling window, what belongs to that too. */
export interface KinesisEvent {
  readonly Records?: readonly KinesisEventRecord[] | undefined;
  /** With a tumbling window: its ends, ISO 8601. */
  readonly window?: { readonly start: string; readonly end: string } | undefined;
  /** With a tumbling window: what the invocation before returned. */
  readonly state?: object | undefined;
  readonly shardId?: string | undefined;
  readonly isFinalInvokeForWindow?: boolean | undefined;
  readonly isWindowTerminatedEarly?: boolean | undefined;
}

/** What a handler of Kinesis events returns. The mapping must report batch item failures. */
export interface KinesisResponse {
  /** Empty when everything was handled; else the sequence number from which Lambda goes on. */
  batchItemFailures: { itemIdentifier: string }[];
  /** With a tumbling window: what the next invocation gets. */
  state?: object;
}

/** The event of a Firehose data transformation, or of a Kinesis Data Analytics pre-processing function. */
export interface TransformEvent {
  readonly records: readonly (FirehoseTransformRecord | AnalyticsRecord)[];
}

/** The fate of one record of a transformation. */
export interface TransformedRecord {
  recordId: string;
  result: "Ok" | "Dropped" | "ProcessingFailed";
  /** Base64: the new data, or the old where there is none. */
  data: string;
}

/** What a transformation returns: one result for each record id. */
export interface TransformResponse {
  records: TransformedRecord[];
}
