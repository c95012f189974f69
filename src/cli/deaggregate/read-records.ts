import type { KinesisRecordLike, LambdaKinesisPayload } from "../../deaggregate/index.js";
import type { FoundValue } from "./value-reader.js";

/** The Kinesis records in a value, and complaints about the rest of it. */
export interface FoundRecords {
  readonly records: readonly KinesisRecordLike[];
  /** Each complaint names its lines. */
  readonly complaints: readonly string[];
}

/** Length of the data shown in a complaint. */
const SHOWN_CHARACTERS = 40;

const NO_RECORD = "has a value that is not a Kinesis record";

/**
 * Finds the Kinesis records of a JSON value: a record in the form of `aws kinesis get-records`, of `tail --raw` or of a
 * Lambda event, a whole answer or event, or an array of records.
 */
export function recordsIn(found: FoundValue): FoundRecords {
  const { name } = found;
  if ("problem" in found) return { records: [], complaints: [`${name} ${found.problem}`] };
  const records: KinesisRecordLike[] = [];
  const complaints: string[] = [];
  const candidates = candidatesOf(found.value);
  for (const [index, candidate] of candidates.entries()) {
    const record = recordOf(candidate);
    const place = candidates.length > 1 ? `${name}, record ${index + 1},` : name;
    if (record === undefined) complaints.push(`${name} ${NO_RECORD}`);
    else if (typeof record === "string") complaints.push(`${place} ${record}`);
    else records.push(record);
  }
  return { records, complaints };
}

function candidatesOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return [value];
  const { Records, records } = value;
  return Array.isArray(Records) ? Records : Array.isArray(records) ? records : [value];
}

/** The record; a text that says what is wrong with its data; undefined when the value is not a record. */
function recordOf(value: unknown): KinesisRecordLike | string | undefined {
  if (!isObject(value)) return undefined;
  const { kinesis, Data, data, dataBase64, recordId } = value;
  if (isObject(kinesis)) {
    if (typeof kinesis.data !== "string") return undefined;
    return problemWith(kinesis.data) ?? { kinesis: lambdaPayload(kinesis.data, kinesis) };
  }
  if (typeof recordId === "string" && typeof data === "string") return problemWith(data) ?? { recordId, data };
  if (typeof dataBase64 === "string") return problemWith(dataBase64) ?? tailRecord(dataBase64, value);
  if (typeof Data !== "string") return undefined;
  return problemWith(Data) ?? sdkRecord(Data, value);
}

/** Node decodes any text to some bytes. Only base64 is the same after decoding and encoding. */
function problemWith(data: string): string | undefined {
  if (Buffer.from(data, "base64").toString("base64") === data) return undefined;
  const shown = JSON.stringify(data.length > SHOWN_CHARACTERS ? `${data.slice(0, SHOWN_CHARACTERS)}…` : data);
  return `has data that is not base64: ${shown}`;
}

/** A line of `kinesis-producer tail --raw`. */
function tailRecord(dataBase64: string, value: Readonly<Record<string, unknown>>): KinesisRecordLike {
  const { partitionKey, sequenceNumber, arrival } = value;
  return sdkRecord(dataBase64, {
    PartitionKey: partitionKey,
    SequenceNumber: sequenceNumber,
    ApproximateArrivalTimestamp: arrival,
  });
}

function sdkRecord(data: string, value: Readonly<Record<string, unknown>>): KinesisRecordLike {
  return {
    Data: Buffer.from(data, "base64"),
    PartitionKey: textOf(value.PartitionKey),
    SequenceNumber: textOf(value.SequenceNumber),
    ApproximateArrivalTimestamp: dateOf(value.ApproximateArrivalTimestamp),
  };
}

function lambdaPayload(data: string, fields: Readonly<Record<string, unknown>>): LambdaKinesisPayload {
  const { partitionKey, sequenceNumber, approximateArrivalTimestamp: arrival } = fields;
  return {
    data,
    partitionKey: textOf(partitionKey),
    sequenceNumber: textOf(sequenceNumber),
    approximateArrivalTimestamp: typeof arrival === "number" ? arrival : undefined,
  };
}

/** The aws CLI writes a date; before version 2 it wrote seconds. */
function dateOf(value: unknown): Date | undefined {
  const date = typeof value === "number" ? new Date(value * 1000) : new Date(typeof value === "string" ? value : "");
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
