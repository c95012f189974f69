import type { ErrorCode } from "../errors.js";
import { MAX_PARTITION_KEY_LENGTH } from "../quotas.js";
import type { UserRecord } from "../record.js";
import { parseHashKey } from "./hash-key.js";
import type { PlacedRecord } from "./pending-kinesis-record.js";

/**
 * What the checks found out about a record, and what acceptance adds. One per producer, overwritten by each record: the
 * stages behind copy what they keep, so that a record costs no object of its own on its way in.
 */
export class CheckedRecord implements PlacedRecord {
  partitionKey = "";
  keyBytes = 0;
  explicitHashKey: string | undefined = undefined;
  data: Uint8Array | string = "";
  dataBytes = 0;
  settler: unknown = undefined;
  acceptedAt = 0;
  generation = 0;

  /** A copy that outlives the next check. */
  clone(): CheckedRecord {
    const copy = new CheckedRecord();
    copy.partitionKey = this.partitionKey;
    copy.keyBytes = this.keyBytes;
    copy.explicitHashKey = this.explicitHashKey;
    copy.data = this.data;
    copy.dataBytes = this.dataBytes;
    return copy;
  }
}

/** Why a record is refused. */
export interface RecordProblem {
  readonly code: Extract<ErrorCode, "KP_INVALID_RECORD" | "KP_RECORD_TOO_LARGE">;
  readonly message: string;
}

/**
 * Checks a record against the service's rules, before anything of it is kept. Rule 1.
 *
 * @param maxRecordBytes - partition key and data together, as far as the stream's limit is known
 * @param into - receives the sizes and the canonical keys
 * @returns the problem, or undefined when the record is good
 */
export function checkRecord(
  record: UserRecord,
  maxRecordBytes: number,
  into: CheckedRecord,
): RecordProblem | undefined {
  if (typeof record !== "object" || record === null) {
    return invalid(`a record must be an object with partitionKey and data, got ${show(record)}`);
  }
  const { partitionKey, explicitHashKey, data } = record;
  if (partitionKey === undefined) {
    into.partitionKey = "";
    into.keyBytes = 0;
  } else {
    if (typeof partitionKey !== "string") {
      return invalid(`partitionKey must be a string, got ${show(partitionKey)}`);
    }
    const length = partitionKey.length;
    if (length < 1 || length > MAX_PARTITION_KEY_LENGTH) {
      return invalid(`partitionKey must have 1 to ${MAX_PARTITION_KEY_LENGTH} UTF-16 code units, got ${length}`);
    }
    into.partitionKey = partitionKey.isWellFormed() ? partitionKey : partitionKey.toWellFormed();
    into.keyBytes = Buffer.byteLength(into.partitionKey);
  }
  into.explicitHashKey = undefined;
  if (explicitHashKey !== undefined) {
    const hashKey =
      typeof explicitHashKey === "string" || typeof explicitHashKey === "bigint"
        ? parseHashKey(explicitHashKey)
        : undefined;
    if (hashKey === undefined) {
      return invalid(
        `explicitHashKey must be a decimal number from 0 to 2^128-1 without leading zeros, got ${show(explicitHashKey)}`,
      );
    }
    into.explicitHashKey = typeof explicitHashKey === "string" ? explicitHashKey : hashKey.toString();
  }
  if (typeof data === "string") into.dataBytes = Buffer.byteLength(data);
  else if (data instanceof Uint8Array) into.dataBytes = data.byteLength;
  else return invalid(`data must be a Uint8Array or a string, got ${show(data)}`);
  into.data = data;
  if (into.keyBytes + into.dataBytes > maxRecordBytes) return tooLarge(into.keyBytes, into.dataBytes, maxRecordBytes);
  return undefined;
}

/** A record above the stream's limit. */
export function tooLarge(keyBytes: number, dataBytes: number, maxRecordBytes: number): RecordProblem {
  const size = `${keyBytes + dataBytes} bytes (partition key ${keyBytes}, data ${dataBytes})`;
  return { code: "KP_RECORD_TOO_LARGE", message: `the record has ${size}; the stream takes at most ${maxRecordBytes}` };
}

/** A record without key on a stream that needs one. */
export const KEY_MISSING: RecordProblem = {
  code: "KP_INVALID_RECORD",
  message:
    "partitionKey must be a string, got undefined; it may be absent only on a stream with record distribution AUTO",
};

function invalid(message: string): RecordProblem {
  return { code: "KP_INVALID_RECORD", message };
}

function show(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === "bigint" || typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value;
}
