import { NO_INDEX, TAG } from "../aggregated-record.js";
import { IntList } from "./int-list.js";
import { ProtoReader } from "./proto-reader.js";

/** An index outside every table. It replaces negative indexes, so that none is mistaken for {@link NO_INDEX}. */
export const BAD_INDEX = -2;

/** Integers of one record in {@link ParsedAggregate.records}: key index, hash key index, start and end of the data. */
export const RECORD_INTS = 4;

/** Positions of the parts of an aggregate. No bytes are copied. */
export interface ParsedAggregate {
  /** Start and end of each entry. */
  readonly partitionKeys: Int32Array;
  /** Start and end of each entry. */
  readonly explicitHashKeys: Int32Array;
  /** {@link RECORD_INTS} each. An index may lie outside its table: only the use of it is an error. */
  readonly records: Int32Array;
  /** In the order of the records. Absent when no record has a tag, which is usual. */
  readonly tags: readonly TagSpan[] | undefined;
}

/** The position of a tag, and the record it belongs to. */
export interface TagSpan {
  readonly record: number;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** Bytes that must be readable behind the message, so that the fast path need not ask before each byte. */
const READ_AHEAD = 16;

/** Scratch, reused: parsing is synchronous and leaves all of it empty. */
const partitionKeys = new IntList();
const explicitHashKeys = new IntList();
const records = new IntList();
const LISTS = [partitionKeys, explicitHashKeys, records];

/**
 * Parses the AggregatedRecord message in `bytes[start, end)`.
 *
 * @param bytes - at least 16 bytes longer than `end`, as the digest makes every aggregate
 * @param mostParts - the most records and tags, and half of the entries of a table; from 1,024, a power of two
 * @returns undefined when the message is malformed or lacks a required field
 * @throws RangeError for more parts
 */
export function parseAggregate(
  bytes: Uint8Array,
  start: number,
  end: number,
  mostParts: number = Number.POSITIVE_INFINITY,
): ParsedAggregate | undefined {
  if (bytes.length < end + READ_AHEAD) return undefined;
  for (const list of LISTS) list.most = mostParts * RECORD_INTS;
  try {
    return parse(bytes, new ProtoReader(bytes, start, end), mostParts);
  } finally {
    for (const list of LISTS) list.clear();
  }
}

function parse(bytes: Uint8Array, reader: ProtoReader, mostParts: number): ParsedAggregate | undefined {
  const { end } = reader;
  const tags: TagSpan[] = [];
  for (;;) {
    reader.at = parseCanonical(bytes, reader.at, end);
    // One field is read the slow way, then the fast path continues: an encoder that differs in one field differs in
    // few.
    const tag = reader.tag();
    if (tag === 0) break;
    if (tag === TAG.records) parseRecord(reader, tags, mostParts);
    else if (tag === TAG.partitionKeyTable) parseEntry(reader, partitionKeys);
    else if (tag === TAG.explicitHashKeyTable) parseEntry(reader, explicitHashKeys);
    else reader.skip(tag, 0);
  }
  if (reader.failed) return undefined;
  return {
    partitionKeys: partitionKeys.take(),
    explicitHashKeys: explicitHashKeys.take(),
    records: records.take(),
    tags: tags.length === 0 ? undefined : tags,
  };
}

/**
 * A varint of one to three bytes as `value << 2 | bytes`, or 0 when it is longer. Two results in one number, because
 * an object for them would be the most expensive thing in the loop.
 */
function shortVarint(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return (first << 2) | 1;
  const second = bytes[at + 1] as number;
  if (second < 0x80) return (((first & 0x7f) | (second << 7)) << 2) | 2;
  const third = bytes[at + 2] as number;
  if (third < 0x80) return (((first & 0x7f) | ((second & 0x7f) << 7) | (third << 14)) << 2) | 3;
  return 0;
}

/**
 * Reads fields as long as they have the form that the KPL writes. Returns where it stopped: at the end, or at a field
 * for the general way. Each step looks ahead at most {@link READ_AHEAD} bytes, and moves on only when the whole field
 * fits.
 *
 * One long function for speed: `npm run bench micro -- decoder`.
 */
function parseCanonical(bytes: Uint8Array, start: number, end: number): number {
  let fieldStart = start;
  while (fieldStart < end) {
    const tag = bytes[fieldStart];
    let at = fieldStart + 1;
    const length = shortVarint(bytes, at);
    if (length === 0) return fieldStart;
    at += length & 3;
    const fieldEnd = at + (length >>> 2);
    if (fieldEnd > end) return fieldStart;
    if (tag === TAG.records) {
      if (bytes[at++] !== TAG.partitionKeyIndex) return fieldStart;
      const keyIndex = shortVarint(bytes, at);
      if (keyIndex === 0) return fieldStart;
      at += keyIndex & 3;
      let hashKeyIndex = NO_INDEX;
      if (bytes[at] === TAG.explicitHashKeyIndex) {
        const index = shortVarint(bytes, at + 1);
        if (index === 0) return fieldStart;
        at += 1 + (index & 3);
        hashKeyIndex = index >>> 2;
      }
      if (bytes[at++] !== TAG.data) return fieldStart;
      const dataLength = shortVarint(bytes, at);
      at += dataLength & 3;
      // This also proves that nothing was read past the field: a wrong length, or a header that crosses its end, fails
      // here.
      if (dataLength === 0 || at + (dataLength >>> 2) !== fieldEnd) return fieldStart;
      records.push4(keyIndex >>> 2, hashKeyIndex, at, fieldEnd);
    } else if (tag === TAG.partitionKeyTable) {
      partitionKeys.push2(at, fieldEnd);
    } else if (tag === TAG.explicitHashKeyTable) {
      explicitHashKeys.push2(at, fieldEnd);
    } else {
      return fieldStart;
    }
    fieldStart = fieldEnd;
  }
  return fieldStart;
}

function parseEntry(reader: ProtoReader, table: IntList): void {
  const entryEnd = reader.valueEnd();
  table.push2(reader.at, entryEnd);
  reader.at = entryEnd;
}

/** A Record message in any order of fields; the last one counts where one comes twice. */
function parseRecord(reader: ProtoReader, tags: TagSpan[], mostTags: number): void {
  const outerEnd = reader.end;
  reader.end = reader.valueEnd();
  let keyIndex = NO_INDEX;
  let hashKeyIndex = NO_INDEX;
  let dataStart = -1;
  let dataEnd = -1;
  let tag = reader.tag();
  for (; tag !== 0; tag = reader.tag()) {
    if (tag === TAG.partitionKeyIndex) {
      keyIndex = readIndex(reader);
    } else if (tag === TAG.explicitHashKeyIndex) {
      hashKeyIndex = readIndex(reader);
    } else if (tag === TAG.data) {
      dataEnd = reader.valueEnd();
      dataStart = reader.at;
      reader.at = dataEnd;
    } else if (tag === TAG.tags) {
      if (tags.length >= mostTags) throw new RangeError("too many parts");
      parseTag(reader, records.length / RECORD_INTS, tags);
    } else {
      reader.skip(tag, 1);
    }
  }
  if (keyIndex === NO_INDEX || dataStart === -1) reader.fail();
  reader.end = outerEnd;
  records.push4(keyIndex, hashKeyIndex, dataStart, dataEnd);
}

function readIndex(reader: ProtoReader): number {
  const index = reader.varint();
  return index < 0 ? BAD_INDEX : index;
}

function parseTag(reader: ProtoReader, record: number, tags: TagSpan[]): void {
  const outerEnd = reader.end;
  reader.end = reader.valueEnd();
  let keyStart = -1;
  let keyEnd = -1;
  let valueStart = 0;
  let valueEnd = 0;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === TAG.tagKey) {
      keyEnd = reader.valueEnd();
      keyStart = reader.at;
      reader.at = keyEnd;
    } else if (tag === TAG.tagValue) {
      valueEnd = reader.valueEnd();
      valueStart = reader.at;
      reader.at = valueEnd;
    } else {
      reader.skip(tag, 2);
    }
  }
  if (keyStart === -1) reader.fail();
  reader.end = outerEnd;
  tags.push({ record, keyStart, keyEnd, valueStart, valueEnd });
}
