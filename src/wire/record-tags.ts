import { TAG, varintLength, writeVarint } from "./aggregated-record.js";
import { ProtoReader } from "./decode/proto-reader.js";

/**
 * Key of the tag that holds a record's id. One byte, because many records carry it. A user's tag must not have this
 * key.
 */
export const RECORD_ID_TAG = "~";

/** Tags and id of a record; a part without content is absent. */
export interface ReadTags {
  readonly tags?: Record<string, string>;
  readonly recordId?: string;
}

/**
 * The Tag messages of a record, each with its field header, as they stand behind the data of a Record message. The
 * encoder copies them unseen. Their order is that of the object's own keys.
 *
 * @param tags - well-formed text: no lone surrogates
 * @returns undefined when there is none
 */
export function encodeTags(tags: Readonly<Record<string, string>>): Uint8Array | undefined {
  const entries = Object.entries(tags);
  if (entries.length === 0) return undefined;
  let size = 0;
  for (const [key, value] of entries) {
    const body = tagBodySize(Buffer.byteLength(key), Buffer.byteLength(value));
    size += 1 + varintLength(body) + body;
  }
  // Not from Node's pool: it lives as long as its put waits, and would keep the whole slab alive.
  const out = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const [key, value] of entries) at = writeTag(out, at, key, value);
  return out;
}

/** Longest id for {@link encodeIdTag}: the body of its tag has fewer than 128 bytes, so lengths take one byte each. */
const MAX_SHORT_ID = 120;

/** Scratch of {@link encodeIdTag}, with the bytes before the id. */
const idScratch = new Uint8Array(MAX_SHORT_ID + 8);
const ID_AT = 7;

/**
 * The tag of a short id in ASCII, as {@link encodeTags} would write it, without its allocations. The next call overwrites
 * it: copy what is kept.
 *
 * @returns undefined for any other id
 */
export function encodeIdTag(recordId: string): Uint8Array | undefined {
  const { length } = recordId;
  if (length === 0 || length > MAX_SHORT_ID) return undefined;
  for (let i = 0; i < length; i++) {
    const unit = recordId.charCodeAt(i);
    if (unit > 127) return undefined;
    idScratch[ID_AT + i] = unit;
  }
  idScratch[0] = TAG.tags;
  idScratch[1] = 5 + length;
  idScratch[2] = TAG.tagKey;
  idScratch[3] = 1;
  idScratch[4] = RECORD_ID_TAG.charCodeAt(0);
  idScratch[5] = TAG.tagValue;
  idScratch[6] = length;
  return idScratch.subarray(0, ID_AT + length);
}

/**
 * Reads what {@link encodeTags} wrote.
 *
 * @param bytes - Tag messages with their field headers, and nothing else
 */
export function readTags(bytes: Uint8Array): ReadTags {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader = new ProtoReader(bytes, 0, bytes.length);
  const entries: [string, string][] = [];
  while (reader.tag() !== 0) {
    reader.valueEnd();
    entries.push([readField(reader, text), readField(reader, text)]);
  }
  return tellTags(entries);
}

/** Splits all tags into the user's tags, in their order, and the id. A key that comes twice has its last value. */
export function tellTags(entries: readonly (readonly [string, string])[]): ReadTags {
  // fromEntries defines properties: a tag named __proto__ is a plain property.
  const all = Object.fromEntries(entries);
  const { [RECORD_ID_TAG]: recordId, ...tags } = all;
  // Our producer never writes an empty id; another producer's is shown as a tag.
  if (recordId === undefined || recordId === "") return { tags: all };
  return Object.keys(tags).length === 0 ? { recordId } : { tags, recordId };
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
