import { DIGEST_BYTES, MAGIC, NO_INDEX } from "../aggregated-record.js";
import { digestMatches } from "../md5/body-digest.js";
import { RECORD_ID_TAG, type ReadTags, tellTags } from "../record-tags.js";
import { BAD_INDEX, type ParsedAggregate, parseAggregate, RECORD_INTS, type TagSpan } from "./aggregate-parser.js";
import { StringTable } from "./string-table.js";

/**
 * The user records of an aggregate, by index.
 *
 * Keys are decoded on demand, once per table entry. Data are views of the aggregate's bytes. Records from {@link
 * readableCount} on name a key that is not in its table: the KCL returns the records before them and drops the rest.
 */
export class DecodedAggregate {
  /** Records in the message. */
  readonly recordCount: number;
  /** Records before the first one with an index outside its table. Only these have keys. */
  readonly readableCount: number;
  readonly #buffer: ArrayBufferLike;
  readonly #byteOffset: number;
  readonly #records: Int32Array;
  readonly #partitionKeys: StringTable;
  readonly #explicitHashKeys: StringTable;
  readonly #tags: readonly TagSpan[] | undefined;
  readonly #text: Buffer;

  constructor(bytes: Uint8Array, parsed: ParsedAggregate) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#buffer = bytes.buffer;
    this.#byteOffset = bytes.byteOffset;
    this.#records = parsed.records;
    this.#partitionKeys = new StringTable(text, parsed.partitionKeys);
    this.#explicitHashKeys = new StringTable(text, parsed.explicitHashKeys);
    this.#tags = parsed.tags;
    this.#text = text;
    this.recordCount = parsed.records.length / RECORD_INTS;
    this.readableCount = countReadable(parsed.records, this.#partitionKeys.size, this.#explicitHashKeys.size);
  }

  /** The partition key of a readable record. */
  keyOf(index: number): string {
    return this.#partitionKeys.get(this.keyIndexOf(index));
  }

  /** Index of a record's partition key in its table: equal for records that share the entry. */
  keyIndexOf(index: number): number {
    return this.#records[index * RECORD_INTS] as number;
  }

  /** The explicit hash key of a readable record as it was written, or undefined when it has none. */
  explicitHashKeyOf(index: number): string | undefined {
    const hashKeyIndex = this.explicitHashKeyIndexOf(index);
    return hashKeyIndex === NO_INDEX ? undefined : this.#explicitHashKeys.get(hashKeyIndex);
  }

  /** Index of a record's explicit hash key in its table, or {@link NO_INDEX}, which is not entry 0. */
  explicitHashKeyIndexOf(index: number): number {
    return this.#records[index * RECORD_INTS + 1] as number;
  }

  /** The data of a record: a view of the aggregate's bytes, which the caller must not change meanwhile. */
  dataOf(index: number): Uint8Array {
    const start = this.#records[index * RECORD_INTS + 2] as number;
    const end = this.#records[index * RECORD_INTS + 3] as number;
    return new Uint8Array(this.#buffer, this.#byteOffset + start, end - start);
  }

  /** Whether any record has tags. Only this project's producer is known to write them. */
  get hasTags(): boolean {
    return this.#tags !== undefined;
  }

  /**
   * The tags of a record as a view of its bytes, for the encoder to write again. Only for aggregates of our encoder,
   * which writes tags together behind the data.
   */
  tagBytesOf(index: number): Uint8Array | undefined {
    const tags = this.#tags;
    if (tags === undefined) return undefined;
    const last = tags[firstTagOf(tags, index + 1) - 1];
    if (last?.record !== index) return undefined;
    const start = this.#records[index * RECORD_INTS + 3] as number;
    return new Uint8Array(this.#buffer, this.#byteOffset + start, last.valueEnd - start);
  }

  /** The tags of a record and its id, or undefined when it has neither. */
  tagsOf(index: number): ReadTags | undefined {
    const tags = this.#tags;
    if (tags === undefined) return undefined;
    const first = firstTagOf(tags, index);
    let end = first;
    while (tags[end]?.record === index) end++;
    if (end === first) return undefined;
    const only = tags[first] as TagSpan;
    // Most records with a tag have an id and nothing else; the general way costs about twice as much
    // (`npm run bench micro -- "record ids"`).
    if (end === first + 1 && this.#keyOf(only) === RECORD_ID_TAG && only.valueEnd > only.valueStart)
      return { recordId: this.#valueOf(only) };
    return tellTags(tags.slice(first, end).map((tag) => [this.#keyOf(tag), this.#valueOf(tag)]));
  }

  #keyOf({ keyStart, keyEnd }: TagSpan): string {
    return this.#text.toString("utf8", keyStart, keyEnd);
  }

  #valueOf({ valueStart, valueEnd }: TagSpan): string {
    return this.#text.toString("utf8", valueStart, valueEnd);
  }
}

/** Records before the first one whose key or explicit hash key lies outside its table. */
function countReadable(records: Int32Array, keys: number, hashKeys: number): number {
  for (let at = 0; at < records.length; at += RECORD_INTS) {
    const keyIndex = records[at] as number;
    const hashKeyIndex = records[at + 1] as number;
    if (keyIndex >= keys || keyIndex < 0 || hashKeyIndex >= hashKeys || hashKeyIndex === BAD_INDEX)
      return at / RECORD_INTS;
  }
  return records.length / RECORD_INTS;
}

/** The first tag of the record, or of a record behind it. A binary search: an aggregate may have many tags. */
function firstTagOf(tags: readonly TagSpan[], record: number): number {
  let low = 0;
  let high = tags.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((tags[middle] as TagSpan).record < record) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Fewest bytes of an aggregate. For the KCL, magic and digest with nothing between them are a plain record. */
const SMALLEST = MAGIC.length + 1 + DIGEST_BYTES;

/** Whether the bytes are long enough for an aggregate and begin like one. Only then digest and message are checked. */
export function looksAggregated(bytes: Uint8Array): boolean {
  if (bytes.length < SMALLEST) return false;
  return bytes[0] === MAGIC[0] && bytes[1] === MAGIC[1] && bytes[2] === MAGIC[2] && bytes[3] === MAGIC[3];
}

/**
 * Opens an aggregate.
 *
 * @param bytes - the data of a Kinesis record; the result keeps a reference, and its data are views
 * @param verifyChecksum - whether the MD5 at the end must be right; without it, bytes that happen to parse pass
 * @returns undefined when the record is a plain one: no magic, a wrong digest, or a message that the KCL cannot parse
 */
export function openAggregate(bytes: Uint8Array, verifyChecksum: boolean): DecodedAggregate | undefined {
  if (!looksAggregated(bytes)) return undefined;
  const end = bytes.length - DIGEST_BYTES;
  if (verifyChecksum && !digestMatches(bytes, MAGIC.length, end)) return undefined;
  const parsed = parseAggregate(bytes, MAGIC.length, end);
  return parsed === undefined ? undefined : new DecodedAggregate(bytes, parsed);
}

/**
 * Opens the message of an aggregate that stands alone, as in a compressed aggregate.
 *
 * @param mostParts - see `parseAggregate`
 * @returns undefined when it is malformed
 * @throws RangeError when it has more parts
 */
export function openMessage(message: Uint8Array, mostParts: number): DecodedAggregate | undefined {
  // The parser reads ahead.
  const bytes = Buffer.allocUnsafeSlow(message.length + DIGEST_BYTES);
  bytes.set(message, 0);
  const parsed = parseAggregate(bytes, 0, message.length, mostParts);
  return parsed === undefined ? undefined : new DecodedAggregate(bytes, parsed);
}

/**
 * Whether readers would treat the data as an aggregate: magic, right MD5, and a message that parses, even without
 * records.
 */
export function isAggregated(bytes: Uint8Array): boolean {
  return openAggregate(bytes, true) !== undefined;
}
