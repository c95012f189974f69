import type { KinesisRecordLike, LambdaKinesisPayload } from "../../deaggregate/index.js";

/** The Kinesis records of a text, and what of it is none. */
export interface FoundRecords {
  readonly records: readonly KinesisRecordLike[];
  /** Each names its line. */
  readonly complaints: readonly string[];
}

/**
 * Finds Kinesis records in a text of JSON: one value, or one to a line. A value is a record as `aws kinesis get-records`
 * or a Lambda event has it, an answer or an event of them, or an array.
 */
export function readRecords(text: string): FoundRecords {
  const whole = parse(text);
  if (whole !== undefined) return gather([{ name: "the input", value: whole.value }]);
  const lines = text.split("\n").map((line, index) => ({ name: `line ${index + 1}`, line }));
  return gather(
    lines.filter(({ line }) => line.trim() !== "").map(({ name, line }) => ({ name, value: parse(line)?.value })),
  );
}

function gather(values: readonly { readonly name: string; readonly value: unknown }[]): FoundRecords {
  const records: KinesisRecordLike[] = [];
  const complaints: string[] = [];
  for (const { name, value } of values) {
    for (const candidate of candidatesOf(value)) {
      const record = recordOf(candidate);
      if (record === undefined) complaints.push(`${name} has something that is no Kinesis record`);
      else records.push(record);
    }
  }
  return { records, complaints };
}

function candidatesOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return [value];
  const { Records, records } = value;
  return Array.isArray(Records) ? Records : Array.isArray(records) ? records : [value];
}

function recordOf(value: unknown): KinesisRecordLike | undefined {
  if (!isObject(value)) return undefined;
  const { kinesis, Data, data, recordId } = value;
  if (isObject(kinesis))
    return typeof kinesis.data === "string" ? { kinesis: lambdaPayload(kinesis.data, kinesis) } : undefined;
  if (typeof recordId === "string" && typeof data === "string") return { recordId, data };
  if (typeof Data !== "string") return undefined;
  return {
    Data: Buffer.from(Data, "base64"),
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

/** The aws CLI writes a date, or, before version 2, seconds. */
function dateOf(value: unknown): Date | undefined {
  const date = typeof value === "number" ? new Date(value * 1000) : new Date(typeof value === "string" ? value : "");
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
