import type { SourceRecord } from "./kpl-records.js";

/**
 * Bytes of the request and of the response of a synchronous Lambda invocation. Source: "Transform source data in Amazon Data
 * Firehose", Data Firehose Developer Guide.
 */
export const MAX_PAYLOAD_BYTES: number = 6 * 1024 * 1024;

/** A record in the event of a transformation. */
export interface TransformEventRecord {
  readonly recordId: string;
  /** Milliseconds since the Unix epoch. */
  readonly approximateArrivalTimestamp: number;
  /** Base64. */
  readonly data: string;
  /** Always there; optional, as in the types of Lambda, so that handlers with those types fit. */
  readonly kinesisRecordMetadata?:
    | {
        readonly sequenceNumber: string;
        /** A number; some types of Lambda say a text. */
        readonly subsequenceNumber: number | string;
        readonly partitionKey: string;
        readonly shardId: string;
        /** Milliseconds since the Unix epoch. */
        readonly approximateArrivalTimestamp: number;
      }
    | undefined;
}

/** The event of a data transformation, with a stream as the source. */
export interface DeliveryTransformEvent {
  readonly invocationId: string;
  /** Always there, like the metadata of a record. */
  readonly sourceKinesisStreamArn?: string | undefined;
  readonly deliveryStreamArn: string;
  readonly region: string;
  readonly records: readonly TransformEventRecord[];
}

/** The parts of an event that all invocations of a delivery stream share. */
export type EventFacts = Omit<DeliveryTransformEvent, "invocationId" | "records">;

/** An unsettled record, and the generation of `flush` that it belongs to. */
export interface HeldRecord {
  readonly source: SourceRecord;
  readonly generation: number;
  /** Names the record in the transform: different within an invocation. */
  readonly recordId: string;
}

/** Digits behind the sequence number in a record id: more records than fit into an invocation have different ones. */
const ORDINAL_DIGITS = 6;

/** The id of a record: its sequence number, and a number that tells the records of an aggregate and of other shards apart. */
export function recordIdOf({ sequenceNumber }: SourceRecord, ordinal: number): string {
  return sequenceNumber + String(ordinal % 10 ** ORDINAL_DIGITS).padStart(ORDINAL_DIGITS, "0");
}

/** A record of the event, as JSON. */
export function eventRecordText({ source, recordId }: HeldRecord): string {
  const approximateArrivalTimestamp = source.approximateArrivalTimestamp.getTime();
  const record: TransformEventRecord = {
    recordId,
    approximateArrivalTimestamp,
    data: Buffer.from(source.data).toString("base64"),
    kinesisRecordMetadata: {
      sequenceNumber: source.sequenceNumber,
      subsequenceNumber: source.subSequenceNumber,
      partitionKey: source.partitionKey,
      shardId: source.shardId,
      approximateArrivalTimestamp,
    },
  };
  return JSON.stringify(record);
}

/** The whole event, as JSON. */
export function eventText(facts: EventFacts, invocationId: string, recordTexts: readonly string[]): string {
  const head = JSON.stringify({ invocationId, ...facts });
  return `${head.slice(0, -1)},"records":[${recordTexts.join(",")}]}`;
}
