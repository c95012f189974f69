import {
  DIGEST_BYTES,
  ENVELOPE_BYTES,
  MAGIC,
  NO_INDEX,
  recordBodySize,
  recordEntrySize,
  TAG,
  tableEntrySize,
  writeRecordHeader,
  writeVarint,
} from "./aggregated-record.js";
import { writeDigest } from "./body-digest.js";
import { HashedKeyTable } from "./hashed-key-table.js";
import type { HashedKey } from "./key-hasher.js";
import { KeyTable } from "./key-table.js";

/** A user record whose sizes are known: what the encoder needs of it. */
export interface EncodableRecord {
  /** The partition key. */
  readonly key: HashedKey;
  /** Canonical decimal, only when the user gave one; `undefined` otherwise. */
  readonly explicitHashKey: string | undefined;
  readonly data: Uint8Array | string;
  /** Bytes of `data`, as UTF-8 when it is a string. */
  readonly dataBytes: number;
  /** Tag messages with their field headers (`record-tags`), written as they are; `undefined` when there are none. */
  readonly tags: Uint8Array | undefined;
}

const FIRST_ALLOCATION = 1024;

/**
 * One aggregate in the making. Every record is written as it comes, behind the ones before it, so the caller's bytes are
 * copied once and free again; the key tables are known only at the end and go in front when it is finished.
 *
 * The size is exact at every moment. Alone in its aggregate, a record without tags also stays readable as it is ({@link rawData}).
 */
export class AggregateEncoder {
  readonly maxBytes: number;
  readonly #keys: HashedKeyTable = new HashedKeyTable();
  readonly #hashKeys: KeyTable = new KeyTable();
  #records: Buffer = EMPTY;
  #recordsLength = 0;
  #tablesLength = 0;
  #count = 0;
  #lastDataBytes = 0;
  #hasTags = false;

  /** @param maxBytes - the aggregate, envelope included, never gets larger than this */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** User records inside. */
  get count(): number {
    return this.#count;
  }

  /** Exact bytes of {@link finish}. */
  get size(): number {
    return ENVELOPE_BYTES + this.#tablesLength + this.#recordsLength;
  }

  /** Distinct partition keys, in order of first use. */
  get partitionKeys(): readonly HashedKey[] {
    return this.#keys.keys;
  }

  /** Distinct explicit hash keys, in order of first use. */
  get explicitHashKeys(): readonly string[] {
    return this.#hashKeys.keys;
  }

  /** Whether any record has tags. */
  get hasTags(): boolean {
    return this.#hasTags;
  }

  /** Bytes that an aggregate of this record alone would have. */
  static sizeAlone(record: EncodableRecord): number {
    const hashKey = record.explicitHashKey;
    const tables = tableEntrySize(record.key.bytes) + (hashKey === undefined ? 0 : tableEntrySize(hashKey.length));
    let body = recordBodySize(0, hashKey === undefined ? NO_INDEX : 0, record.dataBytes);
    if (record.tags !== undefined) body += record.tags.length;
    return ENVELOPE_BYTES + tables + recordEntrySize(body);
  }

  /** Adds the record, or leaves everything as it was and returns false when it does not fit. */
  tryAdd(record: EncodableRecord): boolean {
    return this.#add(record, this.maxBytes);
  }

  /** Adds a first record whatever its size: too large for any aggregate, it travels by itself. */
  addAlone(record: EncodableRecord): void {
    this.#add(record, Number.POSITIVE_INFINITY);
  }

  #add(record: EncodableRecord, maxBytes: number): boolean {
    const { key, explicitHashKey, dataBytes, tags } = record;
    let keyIndex = this.#keys.find(key);
    const isNewKey = keyIndex < 0;
    if (isNewKey) keyIndex = this.#keys.length;
    let hashKeyIndex = NO_INDEX;
    let isNewHashKey = false;
    if (explicitHashKey !== undefined) {
      hashKeyIndex = this.#hashKeys.find(explicitHashKey);
      isNewHashKey = hashKeyIndex < 0;
      if (isNewHashKey) hashKeyIndex = this.#hashKeys.length;
    }
    let body = recordBodySize(keyIndex, hashKeyIndex, dataBytes);
    if (tags !== undefined) body += tags.length;
    const entry = recordEntrySize(body);
    let tables = 0;
    if (isNewKey) tables += tableEntrySize(key.bytes);
    if (isNewHashKey) tables += tableEntrySize((explicitHashKey as string).length);
    if (this.size + entry + tables > maxBytes) return false;

    if (isNewKey) this.#keys.add(key);
    if (isNewHashKey) this.#hashKeys.add(explicitHashKey as string);
    this.#tablesLength += tables;
    this.#reserve(entry);
    const at = writeRecordHeader(this.#records, this.#recordsLength, body, keyIndex, hashKeyIndex, dataBytes);
    const data = record.data;
    if (typeof data === "string") this.#records.write(data, at, dataBytes);
    else this.#records.set(data, at);
    this.#recordsLength = at + dataBytes;
    if (tags !== undefined) this.#writeTags(tags);
    this.#lastDataBytes = dataBytes;
    this.#count++;
    return true;
  }

  #writeTags(tags: Uint8Array): void {
    this.#records.set(tags, this.#recordsLength);
    this.#recordsLength += tags.length;
    this.#hasTags = true;
  }

  /** The data of the only record, which has no tags: a view, valid until the next record is added. */
  rawData(): Buffer {
    return this.#records.subarray(this.#recordsLength - this.#lastDataBytes, this.#recordsLength);
  }

  /** The whole aggregate: magic, tables, records, MD5. */
  finish(): Buffer {
    const out = this.finishWithoutDigest();
    writeDigest(out, MAGIC.length, out.length - DIGEST_BYTES);
    return out;
  }

  /** The same with room for the MD5, which is cheaper to make for several together (`body-digest`). */
  finishWithoutDigest(): Buffer {
    const out = Buffer.allocUnsafeSlow(this.size);
    out.set(MAGIC, 0);
    let at = MAGIC.length;
    for (const { text, bytes } of this.#keys.keys) at = writeTableEntry(out, at, TAG.partitionKeyTable, text, bytes);
    for (const text of this.#hashKeys.keys) at = writeTableEntry(out, at, TAG.explicitHashKeyTable, text, text.length);
    out.set(this.#records.subarray(0, this.#recordsLength), at);
    this.#keys.seal();
    return out;
  }

  #reserve(bytes: number): void {
    const needed = this.#recordsLength + bytes;
    if (needed <= this.#records.length) return;
    // Grows fourfold up to the limit: an idle shard holds 1 KiB, a busy one copies its bytes 1.3 times.
    const wanted = Math.max(needed, Math.min(this.maxBytes, Math.max(FIRST_ALLOCATION, this.#records.length * 4)));
    const larger = Buffer.allocUnsafeSlow(wanted);
    larger.set(this.#records.subarray(0, this.#recordsLength));
    this.#records = larger;
  }
}

const EMPTY: Buffer = Buffer.alloc(0);

/** Up to this length a loop is faster than the call of Buffer.write (`npm run bench -- encoder`). */
const LOOP_LENGTH = 32;

function writeTableEntry(out: Buffer, offset: number, tag: number, text: string, bytes: number): number {
  let at = offset;
  out[at++] = tag;
  at = writeVarint(out, at, bytes);
  // As many bytes as characters: ASCII.
  if (bytes > LOOP_LENGTH || bytes !== text.length) return at + out.write(text, at, bytes);
  for (let i = 0; i < bytes; i++) out[at++] = text.charCodeAt(i);
  return at;
}
