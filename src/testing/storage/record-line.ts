import { isUtf8 } from "node:buffer";
import { bytesOfBase64 } from "../../wire/base64/base64-text.js";
import { isSequenceNumber } from "../kinesis-model/sequence-number.js";
import type { StoredRecord } from "../kinesis-model/shard.js";

/**
 * A record as one line of JSON with its line feed, the data in base64. JSON escapes lone surrogates, so keys survive.
 */
export function recordLine(record: StoredRecord): string {
  const { data } = record;
  return `${JSON.stringify({ ...record, data: Buffer.from(data.buffer, data.byteOffset, data.length).toString("base64") })}\n`;
}

/** The record of a line without its line feed; undefined when the line is not a record, or not UTF-8. */
export function parseRecordLine(line: Buffer): StoredRecord | undefined {
  if (!isUtf8(line)) return undefined;
  let fields: unknown;
  try {
    fields = JSON.parse(line.toString());
  } catch {
    return undefined;
  }
  if (typeof fields !== "object" || fields === null) return undefined;
  const record = fields as Record<string, unknown>;
  const { shardId, sequenceNumber, partitionKey, explicitHashKey, data, arrivedAt, encryptionType } = record;
  if (typeof shardId !== "string" || typeof sequenceNumber !== "string" || !isSequenceNumber(sequenceNumber))
    return undefined;
  if (typeof data !== "string" || typeof arrivedAt !== "number") return undefined;
  const bytes = bytesOfBase64(data);
  if (bytes === undefined) return undefined;
  if (partitionKey !== undefined && typeof partitionKey !== "string") return undefined;
  if (explicitHashKey !== undefined && typeof explicitHashKey !== "string") return undefined;
  return {
    shardId,
    sequenceNumber,
    ...(partitionKey === undefined ? {} : { partitionKey }),
    ...(explicitHashKey === undefined ? {} : { explicitHashKey }),
    data: Uint8Array.from(bytes),
    arrivedAt,
    ...(encryptionType === "KMS" ? { encryptionType } : {}),
  };
}
