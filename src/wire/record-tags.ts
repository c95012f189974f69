import { TAG, varintLength, writeVarint } from "./aggregated-record.js";
import { ProtoReader } from "./proto-reader.js";

/** Text that tells a user record's tags apart, as the user gave it. */
export type Tags = Readonly<Record<string, string>>;

/**
 * The Tag messages of a record, each with its field header, as they stand in a Record message behind the data: what the
 * encoder copies without looking. In the order of the object's own keys.
 *
 * @param tags - well-formed text: no lone surrogates
 * @returns undefined when there is none
 */
export function encodeTags(tags: Tags): Uint8Array | undefined {
  const entries = Object.entries(tags);
  if (entries.length === 0) return undefined;
  let size = 0;
  for (const [key, value] of entries) {
    const body = tagBodySize(Buffer.byteLength(key), Buffer.byteLength(value));
    size += 1 + varintLength(body) + body;
  }
  // Not from the pool: it may be kept for as long as a put waits, and would keep its neighbours.
  const out = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const [key, value] of entries) at = writeTag(out, at, key, value);
  return out;
}

/**
 * Reads what {@link encodeTags} wrote.
 *
 * @param bytes - Tag messages with their field headers, and nothing else
 */
export function readTags(bytes: Uint8Array): Record<string, string> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader = new ProtoReader(bytes, 0, bytes.length);
  const entries: [string, string][] = [];
  while (reader.tag() !== 0) {
    reader.valueEnd();
    entries.push([readField(reader, text), readField(reader, text)]);
  }
  // fromEntries defines properties: a tag named __proto__ is one like any other.
  return Object.fromEntries(entries);
}

function readField(reader: ProtoReader, text: Buffer): string {
  reader.tag();
  const end = reader.valueEnd();
  const value = text.toString("utf8", reader.at, end);
  reader.at = end;
  return value;
}

function tagBodySize(keyBytes: number, valueBytes: number): number {
  return 1 + varintLength(keyBytes) + keyBytes + 1 + varintLength(valueBytes) + valueBytes;
}

function writeTag(out: Buffer, offset: number, key: string, value: string): number {
  const keyBytes = Buffer.byteLength(key);
  const valueBytes = Buffer.byteLength(value);
  let at = offset;
  out[at++] = TAG.tags;
  at = writeVarint(out, at, tagBodySize(keyBytes, valueBytes));
  out[at++] = TAG.tagKey;
  at = writeVarint(out, at, keyBytes);
  at += out.write(key, at, keyBytes);
  out[at++] = TAG.tagValue;
  at = writeVarint(out, at, valueBytes);
  return at + out.write(value, at, valueBytes);
}
