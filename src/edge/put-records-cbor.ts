import type { KinesisRecord, StreamRef } from "../core/ports.js";

/** The content type of AWS's CBOR 1.1, which the SDKs for Java speak to Kinesis. */
export const CBOR_CONTENT_TYPE = "application/x-amz-cbor-1.1";

/** Major types of RFC 8949, section 3.1, in their place in the first byte. */
const BYTES = 0x40;
const TEXT = 0x60;
const LIST = 0x80;
const MAP = 0xa0;

/** Names of members, with their heads: each is shorter than 24 bytes. */
const [RECORDS, DATA, PARTITION_KEY, EXPLICIT_HASH_KEY] = ["Records", "Data", "PartitionKey", "ExplicitHashKey"].map(
  (name) => String.fromCharCode(TEXT | name.length) + name,
) as [string, string, string, string];

/**
 * The body of a PutRecords request in CBOR: one buffer of exactly its size, the data as it is. Keeps nothing of the entries.
 */
export function cborPutRecords({ streamName, streamArn }: StreamRef, entries: readonly KinesisRecord[]): Buffer {
  const [member, stream] = streamArn === undefined ? ["StreamName", streamName] : ["StreamARN", streamArn];
  let size = 1 + textBytes(member) + textBytes(stream) + RECORDS.length + headBytes(entries.length);
  for (const entry of entries) size += entryBytes(entry);
  const body = Buffer.allocUnsafeSlow(size);
  let at = writeHead(body, 0, MAP, 2);
  at = writeText(body, at, member);
  at = writeText(body, at, stream);
  at += body.write(RECORDS, at, "latin1");
  at = writeHead(body, at, LIST, entries.length);
  for (const entry of entries) at = writeEntry(body, at, entry);
  return body;
}

function entryBytes({ partitionKey, explicitHashKey, data }: KinesisRecord): number {
  let size = 1 + DATA.length + headBytes(data.length) + data.length;
  if (partitionKey !== undefined) size += PARTITION_KEY.length + textBytes(partitionKey);
  if (explicitHashKey !== undefined) size += EXPLICIT_HASH_KEY.length + textBytes(explicitHashKey);
  return size;
}

function writeEntry(body: Buffer, start: number, { partitionKey, explicitHashKey, data }: KinesisRecord): number {
  const members = 1 + (partitionKey === undefined ? 0 : 1) + (explicitHashKey === undefined ? 0 : 1);
  let at = writeHead(body, start, MAP, members);
  at += body.write(DATA, at, "latin1");
  at = writeHead(body, at, BYTES, data.length);
  body.set(data, at);
  at += data.length;
  if (partitionKey !== undefined) {
    at += body.write(PARTITION_KEY, at, "latin1");
    at = writeText(body, at, partitionKey);
  }
  if (explicitHashKey !== undefined) {
    at += body.write(EXPLICIT_HASH_KEY, at, "latin1");
    at = writeText(body, at, explicitHashKey);
  }
  return at;
}

function textBytes(text: string): number {
  const bytes = Buffer.byteLength(text);
  return headBytes(bytes) + bytes;
}

function writeText(body: Buffer, start: number, text: string): number {
  const at = writeHead(body, start, TEXT, Buffer.byteLength(text));
  return at + body.write(text, at, "utf8");
}

function headBytes(count: number): number {
  if (count < 24) return 1;
  if (count < 0x100) return 2;
  return count < 0x10000 ? 3 : 5;
}

/** The shortest head for a length or a count; a request is far below 4 GiB. */
function writeHead(body: Buffer, at: number, major: number, count: number): number {
  if (count < 24) return body.writeUInt8(major | count, at);
  if (count < 0x100) return body.writeUInt8(count, body.writeUInt8(major | 24, at));
  if (count < 0x10000) return body.writeUInt16BE(count, body.writeUInt8(major | 25, at));
  return body.writeUInt32BE(count, body.writeUInt8(major | 26, at));
}
