import { show } from "../../wording/shown-value.js";
import { shardIdOf } from "../even-shards.js";
import { checkOptionsObject } from "../options-object.js";

/**
 * A record in the event of a Kinesis event source mapping, with its fields in AWS's order. Source: "Using Lambda to
 * process records from Kinesis Data Streams", Lambda Developer Guide.
 */
export interface LambdaKinesisRecord {
  kinesis: {
    kinesisSchemaVersion: "1.0";
    /** Absent for a record without a partition key, on a stream whose record distribution is `AUTO`. */
    partitionKey: string;
    sequenceNumber: string;
    /** Base64. */
    data: string;
    /** Seconds since the Unix epoch, with milliseconds as decimals. */
    approximateArrivalTimestamp: number;
  };
  eventSource: "aws:kinesis";
  eventVersion: "1.0";
  /** The id of the shard, a colon, the sequence number. */
  eventID: string;
  eventName: "aws:kinesis:record";
  invokeIdentityArn: string;
  awsRegion: string;
  eventSourceARN: string;
}

/** The event of a Kinesis event source mapping. With a tumbling window it has the fields from `window` on. */
export interface LambdaKinesisEvent {
  Records: LambdaKinesisRecord[];
  /** ISO 8601 without milliseconds. */
  window?: { start: string; end: string };
  /** The state that the previous invocation of this window returned; empty for the first. */
  state?: Record<string, unknown>;
  shardId?: string;
  eventSourceARN?: string;
  isFinalInvokeForWindow?: boolean;
  isWindowTerminatedEarly?: boolean;
}

/** Where events come from: the same for all records of a mapping. */
export interface EventSource {
  readonly region: string;
  readonly streamArn: string;
  readonly roleArn: string;
}

/** A Kinesis record that an event will have. */
export interface EventRecord {
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly partitionKey?: string | undefined;
  /** Base64. */
  readonly data: string;
  /** Milliseconds since the Unix epoch. */
  readonly arrivedAt: number;
}

/** A record of {@link lambdaEvent}. Those of `LocalKinesis.records()` fit. */
export interface LambdaEventInput {
  readonly partitionKey?: string;
  /** Text is sent as UTF-8. */
  readonly data: Uint8Array | string;
  /** By default a number that grows with the place in the list. */
  readonly sequenceNumber?: string;
  /** By default the first shard. */
  readonly shardId?: string;
  /** Milliseconds since the Unix epoch; by default the time of the call. */
  readonly arrivedAt?: number;
}

/** Options of {@link lambdaEvent}. */
export interface LambdaEventOptions {
  /** @defaultValue "us-east-1" */
  readonly region?: string;
  /** Twelve digits.
   * @defaultValue "000000000000" */
  readonly accountId?: string;
  /** @defaultValue "stream" */
  readonly streamName?: string;
}

const FIRST_SEQUENCE_NUMBER = 49590338271490256608559692538361571095921575989136588898n;

/**
 * The event that Lambda would make of these records, for a test of a handler without a stream.
 *
 * @example
 * ```ts
 * const event = lambdaEvent([{ partitionKey: "user-17", data: "hello" }]);
 * assert.deepEqual(await handler(event, context), { batchItemFailures: [] });
 * ```
 */
export function lambdaEvent(records: Iterable<LambdaEventInput>, options: LambdaEventOptions = {}): LambdaKinesisEvent {
  checkOptionsObject(options, "lambdaEvent");
  if (typeof records !== "object" || records === null || !(Symbol.iterator in records))
    throw new RangeError(`records must be iterable, got ${show(records)}`);
  const { region = "us-east-1", accountId = "000000000000", streamName = "stream" } = options;
  const source = eventSourceOf(`arn:aws:kinesis:${region}:${accountId}:stream/${streamName}`);
  return {
    Records: Array.from(records, ({ partitionKey, data, sequenceNumber, shardId, arrivedAt }, index) =>
      recordInEvent(
        {
          shardId: shardId ?? shardIdOf(0),
          sequenceNumber: sequenceNumber ?? String(FIRST_SEQUENCE_NUMBER + BigInt(index)),
          partitionKey,
          data: base64(data),
          arrivedAt: arrivedAt ?? Date.now(),
        },
        source,
      ),
    ),
  };
}

/** Region and role of a mapping, from the ARN of its stream. */
export function eventSourceOf(streamArn: string): EventSource {
  const [, , , region = "", accountId = ""] = streamArn.split(":");
  return { region, streamArn, roleArn: `arn:aws:iam::${accountId}:role/lambda-role` };
}

/** A record in AWS's form. The order of the fields is that of AWS's text. */
function recordInEvent(record: EventRecord, { region, streamArn, roleArn }: EventSource): LambdaKinesisRecord {
  const { shardId, sequenceNumber, partitionKey, data, arrivedAt } = record;
  return {
    kinesis: {
      kinesisSchemaVersion: "1.0",
      // AWS's types have no record without a key, which an AUTO stream may have.
      ...((partitionKey === undefined ? {} : { partitionKey }) as { partitionKey: string }),
      sequenceNumber,
      data,
      approximateArrivalTimestamp: arrivedAt / 1_000,
    },
    eventSource: "aws:kinesis",
    eventVersion: "1.0",
    eventID: `${shardId}:${sequenceNumber}`,
    eventName: "aws:kinesis:record",
    invokeIdentityArn: roleArn,
    awsRegion: region,
    eventSourceARN: streamArn,
  };
}

/** Bytes of a record in the text of an event, with a comma. */
export function bytesInEvent(record: EventRecord, source: EventSource): number {
  return Buffer.byteLength(JSON.stringify(recordInEvent(record, source))) + 1;
}

/** The tumbling window of an event. */
export interface EventWindow {
  /** Milliseconds since the Unix epoch. */
  readonly startAt: number;
  readonly endAt: number;
  readonly shardId: string;
  /** Text of JSON. */
  readonly state: string;
  readonly isFinal: boolean;
  readonly isEarly: boolean;
}

/** An event with fresh objects: a handler may change it. */
export function eventOf(
  records: readonly EventRecord[],
  source: EventSource,
  window: EventWindow | undefined,
): LambdaKinesisEvent {
  const Records = records.map((record) => recordInEvent(record, source));
  if (window === undefined) return { Records };
  return {
    Records,
    window: { start: isoSeconds(window.startAt), end: isoSeconds(window.endAt) },
    state: JSON.parse(window.state),
    shardId: window.shardId,
    eventSourceARN: source.streamArn,
    isFinalInvokeForWindow: window.isFinal,
    isWindowTerminatedEarly: window.isEarly,
  };
}

/** `2020-12-09T07:04:00Z`. */
function isoSeconds(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, -5)}Z`;
}

function base64(data: Uint8Array | string): string {
  return typeof data === "string"
    ? Buffer.from(data).toString("base64")
    : Buffer.from(data.buffer, data.byteOffset, data.length).toString("base64");
}
