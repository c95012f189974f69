import type { KinesisRecord, StreamRef } from "../core/ports.js";

/** The content type of AWS's JSON 1.1. */
export const JSON_CONTENT_TYPE = "application/x-amz-json-1.1";

/**
 * Bytes that become one string of base64 on their way into the body: a multiple of 3, so that the pieces join without
 * padding, and small enough for the young heap. As one string, a record of a megabyte costs twice as much
 * (`npm run bench -- put-records-body`).
 */
const PIECE_BYTES = 24_576;

const BEGIN = '{"Records":[';
const ENTRY = '{"Data":"';

/**
 * The body of a PutRecords request in JSON: one buffer of exactly its size, into which base64 is written directly. Keeps
 * nothing of the entries.
 */
export function jsonPutRecords(stream: StreamRef, entries: readonly KinesisRecord[]): Buffer {
  const end = `],${streamOf(stream)}}`;
  const keys: string[] = [];
  let size = BEGIN.length + Math.max(0, entries.length - 1) + Buffer.byteLength(end);
  for (const entry of entries) {
    const text = keysOf(entry);
    keys.push(text);
    size += ENTRY.length + Math.ceil(entry.data.length / 3) * 4 + Buffer.byteLength(text);
  }
  const body = Buffer.allocUnsafeSlow(size);
  let at = body.write(BEGIN, 0, "latin1");
  for (const [i, { data }] of entries.entries()) {
    if (i > 0) body[at++] = 0x2c;
    at += body.write(ENTRY, at, "latin1");
    at = writeBase64(body, at, data);
    at += body.write(keys[i] ?? "", at, "utf8");
  }
  body.write(end, at, "utf8");
  return body;
}

function streamOf({ streamName, streamArn }: StreamRef): string {
  return streamArn === undefined
    ? `"StreamName":${JSON.stringify(streamName)}`
    : `"StreamARN":${JSON.stringify(streamArn)}`;
}

/** What follows the data of an entry, its closing quotation mark included. */
function keysOf({ partitionKey, explicitHashKey }: KinesisRecord): string {
  const key = partitionKey === undefined ? "" : `,"PartitionKey":${JSON.stringify(partitionKey)}`;
  return explicitHashKey === undefined ? `"${key}}` : `"${key},"ExplicitHashKey":"${explicitHashKey}"}`;
}

function writeBase64(body: Buffer, at: number, data: Uint8Array): number {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  let end = at;
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
    const piece = bytes.toString("base64", from, Math.min(from + PIECE_BYTES, bytes.length));
    end += body.write(piece, end, "latin1");
  }
  return end;
}
