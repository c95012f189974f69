import type { ErrorCode, RecordFailedError } from "../errors.js";
import type { Delivery, UserRecord } from "../record.js";

/** One record that failed, as a line of a segment holds it. */
export interface DeadLetter {
  /** The record as it was handed over, its data as bytes. It names no stream when it was refused before it had one. */
  readonly record: UserRecord & { readonly data: Uint8Array };
  /** ISO 8601. */
  readonly failedAt: string;
  readonly code: ErrorCode;
  readonly serviceCode?: string;
  readonly message: string;
  /** `"unknown"`: a copy may be stored already, and sending it again may duplicate it. */
  readonly delivery: Delivery;
}

/** Version of the lines; a reader refuses others. */
const FORMAT = 1;

/** Names of segments: `.open` while they are written. They sort by age. */
const SEGMENT_NAME = /^dead-letters-(\d{15})-(\d+)-(\d+)\.ndjson(\.open)?$/;

/** What a segment's name says. */
export interface SegmentName {
  readonly pid: number;
  readonly isOpen: boolean;
}

/** Reads a segment's name; undefined for any other file. */
export function readSegmentName(fileName: string): SegmentName | undefined {
  const match = SEGMENT_NAME.exec(fileName);
  return match === null ? undefined : { pid: Number(match[2]), isOpen: match[4] !== undefined };
}

/** The name of a segment while it is written. */
export function openSegmentName(epochMs: number, pid: number, ordinal: number): string {
  return `dead-letters-${String(epochMs).padStart(15, "0")}-${pid}-${ordinal}.ndjson.open`;
}

/** The line for a failure, with its end. */
export function deadLetterLine(error: RecordFailedError, epochMs: number): string {
  const { record, code, serviceCode, message, delivery } = error;
  const { streamName, partitionKey, explicitHashKey, data, tags, recordId } = record;
  const line = {
    v: FORMAT,
    failedAt: new Date(epochMs).toISOString(),
    streamName,
    partitionKey,
    explicitHashKey: explicitHashKey?.toString(),
    data: asBase64(data),
    tags: textsOf(tags),
    recordId: typeof recordId === "string" ? recordId : undefined,
    code,
    serviceCode,
    message,
    delivery,
  };
  return `${JSON.stringify(line)}\n`;
}

/** A record may have been refused because its data is nothing that has bytes: there is nothing to keep then. */
function asBase64(data: unknown): string | null {
  if (typeof data === "string") return Buffer.from(data).toString("base64");
  if (data instanceof Uint8Array) return Buffer.from(data.buffer, data.byteOffset, data.length).toString("base64");
  return null;
}

/** The tags; undefined when there are none, or when the record was refused because they are none. */
function textsOf(tags: unknown): Record<string, string> | undefined {
  if (typeof tags !== "object" || tags === null || Array.isArray(tags)) return undefined;
  const entries = Object.entries(tags);
  return entries.length > 0 && entries.every(([, value]) => typeof value === "string")
    ? Object.fromEntries(entries)
    : undefined;
}

/**
 * Reads a line.
 *
 * @returns undefined when it is none that can be sent again: torn by a crash, of another version, or without data
 */
export function parseDeadLetter(line: string): DeadLetter | undefined {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof fields !== "object" || fields === null) return undefined;
  const { v, failedAt, streamName, partitionKey, explicitHashKey, data, code, serviceCode, message, delivery } = fields;
  const tags = textsOf(fields.tags);
  if (v !== FORMAT || typeof data !== "string") return undefined;
  return {
    record: {
      ...(typeof streamName === "string" ? { streamName } : {}),
      data: Uint8Array.from(Buffer.from(data, "base64")),
      ...(typeof partitionKey === "string" ? { partitionKey } : {}),
      ...(typeof explicitHashKey === "string" ? { explicitHashKey } : {}),
      ...(tags === undefined ? {} : { tags }),
      ...(typeof fields.recordId === "string" ? { recordId: fields.recordId } : {}),
    },
    failedAt: String(failedAt),
    code: code as ErrorCode,
    message: String(message),
    delivery: delivery === "none" ? "none" : "unknown",
    ...(typeof serviceCode === "string" ? { serviceCode } : {}),
  };
}
