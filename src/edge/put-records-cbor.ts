import type { KinesisRecord, StreamRef } from "../core/ports.js";

/** The content type of AWS's CBOR 1.1, which the SDKs for Java use with Kinesis. */
export const CBOR_CONTENT_TYPE = "application/x-amz-cbor-1.1";

/** Major types of RFC 8949, section 3.1, in their place in the first byte. */
const BYTES = 0x40;
const TEXT = 0x60;
const LIST = 0x80;
const MAP = 0xa0;

const RECORDS: string = text("Records");
const DATA: string = text("Data");
const PARTITION_KEY: string = text("PartitionKey");
const EXPLICIT_HASH_KEY: string = text("ExplicitHashKey");

/**
 * The body of a PutRecords request in CBOR: one buffer of exactly its size, with the data unencoded. Keeps no reference
 * to the entries.
 *
 * @param allocate - returns memory of exactly this many bytes
 */
export function cborPutRecords(
  { streamName, streamArn }: StreamRef,
  entries: readonly KinesisRecord[],
  allocate: (bytes: number) => Buffer = Buffer.allocUnsafeSlow,
): Buffer {
  const [member, stream] = streamArn === undefined ? ["StreamName", streamName] : ["StreamARN", streamArn];
  // The bytes between the data of two entries are one string, and one write, as in JSON.
  const between: string[] = [];
  let next = head(MAP, 2) + text(member) + text(stream) + RECORDS + head(LIST, entries.length);
  let size = 0;
  for (const entry of entries) {
    next += beginOf(entry);
    between.push(next);
    size += next.length + entry.data.length;
    next = keysOf(entry);
  }
  const body = allocate(size + next.length);
  let at = 0;
  for (let i = 0; i < entries.length; i++) {
    const { data } = entries[i] as KinesisRecord;
    at += body.write(between[i] as string, at, "latin1");
    body.set(data, at);
    at += data.length;
  }
  body.write(next, at, "latin1");
  return body;
}

function beginOf({ partitionKey, explicitHashKey, data }: KinesisRecord): string {
  const members = 1 + (partitionKey === undefined ? 0 : 1) + (explicitHashKey === undefined ? 0 : 1);
  return head(MAP, members) + DATA + head(BYTES, data.length);
}

function keysOf({ partitionKey, explicitHashKey }: KinesisRecord): string {
  const key = partitionKey === undefined ? "" : PARTITION_KEY + text(partitionKey);
  return explicitHashKey === undefined ? key : key + EXPLICIT_HASH_KEY + text(explicitHashKey);
}

/** A text with its head, one character for each byte. */
function text(value: string): string {
  const bytes = Buffer.byteLength(value);
  return head(TEXT, bytes) + (bytes === value.length ? value : Buffer.from(value).toString("latin1"));
}

/** The shortest head for a length or a count, one character for each byte; a request is far below 4 GiB. */
function head(major: number, count: number): string {
  if (count < 24) return String.fromCharCode(major | count);
  if (count < 0x100) return String.fromCharCode(major | 24, count);
  if (count < 0x10000) return String.fromCharCode(major | 25, count >> 8, count & 0xff);
  return String.fromCharCode(major | 26, count >>> 24, (count >> 16) & 0xff, (count >> 8) & 0xff, count & 0xff);
}
