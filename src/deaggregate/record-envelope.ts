import { checkObject } from "../base-errors.js";
import { bytesOfBase64 } from "../wire/base64/base64-text.js";

/** A record as the AWS SDK's GetRecords returns it; the KCL's adapters return the same. */
export interface SdkKinesisRecord {
  readonly Data: Uint8Array | undefined;
  readonly PartitionKey?: string | undefined;
  readonly SequenceNumber?: string | undefined;
  readonly ApproximateArrivalTimestamp?: Date | undefined;
}

/** The `kinesis` part of a record in a Lambda event; accepted alone too. */
export interface LambdaKinesisPayload {
  /** Base64. */
  readonly data: string;
  readonly partitionKey?: string | undefined;
  readonly sequenceNumber?: string | undefined;
  /** Seconds since the Unix epoch, with a fraction. */
  readonly approximateArrivalTimestamp?: number | undefined;
}

/** A record in the event of a Lambda function with a Kinesis event source mapping. */
export interface LambdaKinesisRecord {
  readonly kinesis: LambdaKinesisPayload;
}

/** The Kinesis record behind a transformation record, as Firehose and Kinesis Data Analytics describe it. */
export interface TransformMetadata {
  readonly partitionKey?: string | undefined;
  readonly sequenceNumber?: string | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly approximateArrivalTimestamp?: number | undefined;
}

/** A record in the event of a Firehose data transformation. */
export interface FirehoseTransformRecord {
  readonly recordId: string;
  /** Base64. */
  readonly data: string;
  /** Milliseconds since the Unix epoch. */
  readonly approximateArrivalTimestamp?: number | undefined;
  /** Present when the delivery stream reads from a data stream. */
  readonly kinesisRecordMetadata?: TransformMetadata | undefined;
}

/** A record in the event of a Kinesis Data Analytics pre-processing function. */
export interface AnalyticsRecord {
  readonly recordId: string;
  /** Base64. */
  readonly data: string;
  readonly kinesisStreamRecordMetadata?: TransformMetadata | undefined;
}

/** A Kinesis record without an envelope; the aggregator of this library makes such records. */
export interface BareKinesisRecord {
  readonly data: Uint8Array;
  readonly partitionKey?: string | undefined;
  readonly explicitHashKey?: string | undefined;
  readonly sequenceNumber?: string | undefined;
  readonly approximateArrivalTimestamp?: Date | undefined;
}

/** Every shape in which a Kinesis record reaches a consumer. Structural: neither SDK nor Lambda types are needed. */
export type KinesisRecordLike =
  | SdkKinesisRecord
  | LambdaKinesisRecord
  | LambdaKinesisPayload
  | FirehoseTransformRecord
  | AnalyticsRecord
  | BareKinesisRecord;

/** The contents of an envelope, in one form for all envelopes. */
export interface OpenedEnvelope {
  readonly data: Uint8Array;
  readonly partitionKey: string | undefined;
  readonly explicitHashKey: string | undefined;
  readonly sequenceNumber: string | undefined;
  readonly approximateArrivalTimestamp: Date | undefined;
}

const NO_DATA = new Uint8Array(0);

/** Takes a Kinesis record out of its envelope. Bytes are not copied; base64 is decoded. */
export function openEnvelope(record: KinesisRecordLike): OpenedEnvelope {
  checkObject(record, "a Kinesis record", "record");
  if ("Data" in record) {
    return {
      data: record.Data ?? NO_DATA,
      partitionKey: record.PartitionKey,
      explicitHashKey: undefined,
      sequenceNumber: record.SequenceNumber,
      approximateArrivalTimestamp: record.ApproximateArrivalTimestamp,
    };
  }
  if ("kinesis" in record) return openLambdaPayload(record.kinesis);
  if ("recordId" in record) return openTransformRecord(record);
  return typeof record.data === "string"
    ? openLambdaPayload(record as LambdaKinesisPayload)
    : openBare(record as BareKinesisRecord);
}

function openLambdaPayload(payload: LambdaKinesisPayload): OpenedEnvelope {
  const arrival = payload.approximateArrivalTimestamp;
  return {
    data: decodeBase64(payload.data, payload.sequenceNumber),
    partitionKey: payload.partitionKey,
    explicitHashKey: undefined,
    sequenceNumber: payload.sequenceNumber,
    // The event has the milliseconds as a binary fraction of a second; without rounding, some come out a millisecond
    // early.
    approximateArrivalTimestamp: arrival === undefined ? undefined : new Date(Math.round(arrival * 1000)),
  };
}

function openTransformRecord(record: FirehoseTransformRecord | AnalyticsRecord): OpenedEnvelope {
  const metadata =
    "kinesisStreamRecordMetadata" in record ? record.kinesisStreamRecordMetadata : firehoseMetadata(record);
  const ofRecord = "approximateArrivalTimestamp" in record ? record.approximateArrivalTimestamp : undefined;
  const arrival = metadata?.approximateArrivalTimestamp ?? ofRecord;
  return {
    data: decodeBase64(record.data, record.recordId),
    partitionKey: metadata?.partitionKey,
    explicitHashKey: undefined,
    sequenceNumber: metadata?.sequenceNumber,
    approximateArrivalTimestamp: arrival === undefined ? undefined : new Date(arrival),
  };
}

function firehoseMetadata(record: FirehoseTransformRecord): TransformMetadata | undefined {
  return record.kinesisRecordMetadata;
}

function openBare(record: BareKinesisRecord): OpenedEnvelope {
  return {
    data: record.data,
    partitionKey: record.partitionKey,
    explicitHashKey: record.explicitHashKey,
    sequenceNumber: record.sequenceNumber,
    approximateArrivalTimestamp: record.approximateArrivalTimestamp,
  };
}

/** AWS always puts base64 into these envelopes. Any other text is a mistake of the caller, and is refused. */
function decodeBase64(text: string, id: string | undefined): Uint8Array {
  const bytes = typeof text === "string" ? bytesOfBase64(text) : undefined;
  if (bytes === undefined) throw new TypeError(`the data of ${id ?? "a Kinesis record"} must be a text in base64`);
  return bytes;
}
