import { isUtf8 } from "node:buffer";
import { type ErrorCode, InvalidOptionError, type RecordFailedError } from "../errors.js";
import type { Delivery, UserRecord } from "../record.js";
import { bytesOfBase64 } from "../wire/base64/base64-text.js";
import { show } from "../wording/shown-value.js";

/** One record that failed, as a line of a segment holds it. */
export interface DeadLetter {
  /**
   * The record as it was handed over, with its data as bytes. Without a stream name if it was refused before it had
   * one.
   */
  readonly record: UserRecord & { readonly data: Uint8Array };
  /** The ARN of the stream, with its region and account, where the producer knew it. */
  readonly streamArn?: string;
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

/** Most bytes of a line. The data of the largest record that the service takes fills a fifth of it. */
export const MAX_LINE_BYTES = 67_108_864;
/** Most bytes of input in a line: as base64, and beside the reason, it fits {@link MAX_LINE_BYTES}. */
const MAX_INPUT_BYTES = 47 * 1024 * 1024;
/** Most characters of a text in a line that would otherwise be longer than MAX_LINE_BYTES. */
const MAX_SHORT_TEXT = 1_024;

/**
 * Names of segments: `.open` while they are written. They sort by age. Segments of earlier versions, and on file
 * systems without sockets, have no writer id.
 */
const SEGMENT_NAME = /^dead-letters-(\d{15})-(\d+)-(\d+)(?:-([0-9a-f]{16}))?\.ndjson(\.open)?$/;
/** Names of writers' marks. A mark is alive as long as its writer. */
const MARK_NAME = /^dead-letters-writer-([0-9a-f]{16})$/;

const OPEN = ".open";

/** @throws InvalidOptionError for a directory that is not a text */
export function checkDirectory(directory: unknown): void {
  if (typeof directory === "string" && directory !== "") return;
  throw new InvalidOptionError("directory", `directory must be the path of a folder, got ${show(directory)}`);
}

/** The parts of a segment's name. */
export interface SegmentName {
  readonly pid: number;
  /** The id of the writer. The writer's mark shows whether the segment is still written. */
  readonly writer: string | undefined;
  readonly isOpen: boolean;
}

/** Reads a segment's name; undefined for any other file. */
export function readSegmentName(fileName: string): SegmentName | undefined {
  const match = SEGMENT_NAME.exec(fileName);
  return match === null ? undefined : { pid: Number(match[2]), writer: match[4], isOpen: match[5] !== undefined };
}

/** The name of a segment while it is written. */
export function openSegmentName(epochMs: number, pid: number, ordinal: number, writer: string | undefined): string {
  const parts = [String(epochMs).padStart(15, "0"), pid, String(ordinal).padStart(6, "0"), ...(writer ? [writer] : [])];
  return `dead-letters-${parts.join("-")}.ndjson${OPEN}`;
}

/** The path of a segment when it is finished. */
export function finishedSegment(path: string): string {
  return path.endsWith(OPEN) ? path.slice(0, -OPEN.length) : path;
}

/** The name of a writer's mark. */
export function markOf(writer: string): string {
  return `dead-letters-writer-${writer}`;
}

export function isMark(fileName: string): boolean {
  return MARK_NAME.test(fileName);
}

/**
 * The line for a failure, with its line feed. It has every part of the record that can be read: the record may have
 * been refused because it is not a valid one. Parts that do not fit MAX_LINE_BYTES are left out. Never throws, whatever
 * the record is.
 */
export function deadLetterLine(error: RecordFailedError, epochMs: number): Buffer {
  const record: unknown = error.record;
  const letter = {
    v: FORMAT,
    failedAt: new Date(epochMs).toISOString(),
    streamName: nameOf(field(record, "streamName")),
    streamArn: textOf(error.streamArn),
    partitionKey: nameOf(field(record, "partitionKey")),
    explicitHashKey: hashKeyText(field(record, "explicitHashKey")),
    tags: textsOf(field(record, "tags")),
    recordId: textOf(field(record, "recordId")),
    code: error.code,
    serviceCode: textOf(error.serviceCode),
    message: textOf(error.message),
    delivery: error.delivery,
  };
  const names = lineStart(letter);
  const data = asBytes(field(record, "data"));
  const dataBytes = data === undefined ? 0 : Math.ceil(data.length / 3) * 4;
  if (names === undefined || names.length + DATA.length + dataBytes + DATA_END.length > MAX_LINE_BYTES) {
    return Buffer.concat([lineStart(shortened(letter)) as Buffer, NO_DATA]);
  }
  if (data === undefined) return Buffer.concat([names, NO_DATA]);
  // Base64 needs no escapes: as a part of the object it would be copied several times.
  return Buffer.concat([names, DATA, Buffer.from(data.toString("base64"), "latin1"), DATA_END]);
}

/**
 * The line for input that could not become a record, with its line feed. It has no data, so no version of this library
 * sends it again.
 */
export function inputLine(input: Uint8Array | undefined, reason: string, epochMs: number): Buffer {
  const text =
    input !== undefined && input.length <= MAX_INPUT_BYTES
      ? Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString("base64")
      : undefined;
  const letter = {
    v: FORMAT,
    failedAt: new Date(epochMs).toISOString(),
    code: "KP_INVALID_RECORD",
    message: reason.slice(0, MAX_SHORT_TEXT),
    delivery: "none",
    isInput: true,
    input: text,
  };
  return Buffer.concat([lineStart(letter) as Buffer, NO_DATA]);
}

/** Input that could not become a record, as a line of a segment holds it. */
export interface UnusableInput {
  /** Undefined when only the reason was kept. */
  readonly input: Uint8Array | undefined;
  readonly reason: string;
}

/** Reads a line that {@link inputLine} wrote; undefined for any other line. */
export function parseInputLine(line: Buffer): UnusableInput | undefined {
  const fields = readFields(line);
  if (fields?.v !== FORMAT || fields.isInput !== true) return undefined;
  const bytes = typeof fields.input === "string" ? bytesOfBase64(fields.input) : undefined;
  return { input: bytes === undefined ? undefined : Uint8Array.from(bytes), reason: String(fields.message) };
}

const DATA: Buffer = Buffer.from(',"data":"');
const DATA_END: Buffer = Buffer.from('"}\n');
const NO_DATA: Buffer = Buffer.from(',"data":null}\n');

/** The object's JSON without the last brace; undefined when the text would be longer than a string can be. */
function lineStart(letter: object): Buffer | undefined {
  try {
    return Buffer.from(JSON.stringify(letter).slice(0, -1));
  } catch {
    return undefined;
  }
}

/** For a person who reads the file: names the record that was not kept. */
function shortened(letter: object): object {
  const entries = Object.entries(letter).filter(([name]) => name !== "tags");
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === "string" ? value.slice(0, MAX_SHORT_TEXT) : value]),
  );
}

/** A field of any value: the value may not be an object, or its getters may throw. */
function field(record: unknown, name: string): unknown {
  try {
    return (record as Record<string, unknown> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/**
 * A name that is not a text was the reason for the refusal. It is kept as an empty text, so that a replay is refused as
 * well.
 */
function nameOf(value: unknown): string | undefined {
  return value === undefined ? undefined : (textOf(value) ?? "");
}

function hashKeyText(value: unknown): string | undefined {
  return typeof value === "bigint" || typeof value === "number" ? String(value) : nameOf(value);
}

/** Undefined when the data has no bytes to keep, which may be the reason why the record was refused. */
function asBytes(data: unknown): Buffer | undefined {
  try {
    if (typeof data === "string") return data.length > MAX_LINE_BYTES ? undefined : Buffer.from(data);
    if (data instanceof Uint8Array) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  } catch {
    // The value only looks like an array of bytes.
  }
  return undefined;
}

/** The tags; undefined when the record has none, or when it was refused because its tags are not valid. */
function textsOf(tags: unknown): Record<string, string> | undefined {
  if (typeof tags !== "object" || tags === null || Array.isArray(tags)) return undefined;
  try {
    const entries = Object.entries(tags);
    return entries.length > 0 && entries.every(([, value]) => typeof value === "string")
      ? Object.fromEntries(entries)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads a line. A field that is not as it was written makes the whole line unreadable: without it, or with other bytes, a
 * replay would send another record than the one that failed.
 *
 * @returns undefined when the line cannot be sent again: torn by a crash, of another version, or without data
 */
export function parseDeadLetter(line: Buffer): DeadLetter | undefined {
  const fields = readFields(line);
  if (fields === undefined || fields.v !== FORMAT) return undefined;
  const record = readRecord(fields);
  if (record === undefined) return undefined;
  const { failedAt, code, serviceCode, message, delivery, streamArn } = fields;
  return {
    record,
    failedAt: String(failedAt),
    code: code as ErrorCode,
    message: String(message),
    delivery: delivery === "none" ? "none" : "unknown",
    ...(typeof serviceCode === "string" ? { serviceCode } : {}),
    ...(typeof streamArn === "string" ? { streamArn } : {}),
  };
}

/** The object of a line. Bytes that are no UTF-8 would become U+FFFD: another key, and another shard. */
function readFields(line: Buffer): Record<string, unknown> | undefined {
  if (!isUtf8(line)) return undefined;
  try {
    const fields: unknown = JSON.parse(line.toString());
    return typeof fields === "object" && fields !== null ? (fields as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const TEXTS = ["streamName", "partitionKey", "explicitHashKey", "recordId"] as const;

function readRecord(fields: Record<string, unknown>): DeadLetter["record"] | undefined {
  const bytes = typeof fields.data === "string" ? bytesOfBase64(fields.data) : undefined;
  const tags = textsOf(fields.tags);
  if (bytes === undefined || (fields.tags !== undefined && tags === undefined)) return undefined;
  const texts: Partial<Record<(typeof TEXTS)[number], string>> = {};
  for (const name of TEXTS) {
    const text = fields[name];
    if (text === undefined) continue;
    if (typeof text !== "string") return undefined;
    texts[name] = text;
  }
  return { ...texts, data: Uint8Array.from(bytes), ...(tags === undefined ? {} : { tags }) };
}
