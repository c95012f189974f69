import type { KinesisRecord, StreamRef } from "../core/ports.js";
import { writeBase64 } from "../wire/base64/base64.js";

/** The content type of AWS's JSON 1.1. */
export const JSON_CONTENT_TYPE = "application/x-amz-json-1.1";

const BEGIN = '{"Records":[';
const DATA = '{"Data":"';

/**
 * The body of a PutRecords request in JSON: one buffer of exactly its size, into which base64 is written directly.
 * Keeps no reference to the entries.
 *
 * @param allocate - returns memory of exactly this many bytes
 */
export function jsonPutRecords(
  stream: StreamRef,
  entries: readonly KinesisRecord[],
  allocate: (bytes: number) => Buffer = Buffer.allocUnsafeSlow,
): Buffer {
  // The text between the data of two entries is one string, and one write: writes cost more than bytes.
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

/** The text after the data of an entry, beginning with its closing quotation mark. */
function keysOf({ partitionKey, explicitHashKey }: KinesisRecord): string {
  const key = partitionKey === undefined ? "" : `,"PartitionKey":${JSON.stringify(partitionKey)}`;
  return explicitHashKey === undefined ? `"${key}}` : `"${key},"ExplicitHashKey":"${explicitHashKey}"}`;
}
