import type { KinesisRecord, StreamRef } from "../core/ports.js";

/** The content type of AWS's JSON 1.1. */
export const JSON_CONTENT_TYPE = "application/x-amz-json-1.1";

/**
 * Bytes that become one string of base64 on their way into the body: a multiple of 3, so that the pieces join without
 * padding, and small enough for the young heap. In one string, a record of a megabyte takes a fifth more CPU
 * (`npm run bench -- put-records-body`).
 */
const PIECE_BYTES = 24_576;

const BEGIN = '{"Records":[';
const DATA = '{"Data":"';

/**
 * The body of a PutRecords request in JSON: one buffer of exactly its size, into which base64 is written directly. Keeps
 * nothing of the entries.
 *
 * @param allocate - gives memory of exactly so many bytes
 */
export function jsonPutRecords(
  stream: StreamRef,
  entries: readonly KinesisRecord[],
  allocate: (bytes: number) => Buffer = Buffer.allocUnsafeSlow,
): Buffer {
  // What stands between the data of one entry and the next is one string, and one write: writes cost more than bytes.
  const between: string[] = [BEGIN + DATA];
  let size = BEGIN.length + DATA.length;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] as KinesisRecord;
    const end = i === entries.length - 1 ? `],${streamOf(stream)}}` : `,${DATA}`;
    const text = keysOf(entry) + end;
    between.push(text);
    size += Math.ceil(entry.data.length / 3) * 4 + Buffer.byteLength(text);
  }
  const body = allocate(size);
  let at = body.write(between[0] as string, 0, "latin1");
  for (let i = 0; i < entries.length; i++) {
    at = writeBase64(body, at, (entries[i] as KinesisRecord).data);
    at += body.write(between[i + 1] as string, at, "utf8");
  }
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
  const bytes = data instanceof Buffer ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  let end = at;
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
    const piece = bytes.toString("base64", from, Math.min(from + PIECE_BYTES, bytes.length));
    end += body.write(piece, end, "latin1");
  }
  return end;
}
