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
} from "../aggregated-record.js";
import { copyBytes } from "../caller-bytes.js";
import { writeDigest } from "../md5/body-digest.js";
import type { HashedKey } from "../md5/key-hasher.js";
import { BufferPool } from "./buffer-pool.js";
import { HashedKeyTable } from "./hashed-key-table.js";
import { KeyTable } from "./key-table.js";
import { writeText } from "./write-text.js";

/** The parts of a user record that the encoder needs, with their sizes. */
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
 * An aggregate that is being built. Each record is written when it arrives, so the caller's bytes are copied once and
 * are free again. The key tables are complete only at the end, and are put in front then.
 *
 * The size is exact at every moment. A single record without tags can also be read back as it is ({@link rawData}).
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

  /** @param maxBytes - upper bound of the aggregate, envelope included */
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

  /** Bytes of an aggregate that holds only this record. */
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

  /** Adds a first record of any size: one that is too large for any aggregate is sent alone. */
  addAlone(record: EncodableRecord): void {
    this.#add(record, Number.POSITIVE_INFINITY);
  }

  #add(record: EncodableRecord, maxBytes: number): boolean {
    const { key, explicitHashKey, data, dataBytes, tags } = record;
    const found = this.#keys.find(key);
    const keyIndex = found < 0 ? this.#keys.length : found;
    let tables = found < 0 ? tableEntrySize(key.bytes) : 0;
    let hashKeyIndex: number = NO_INDEX;
    if (explicitHashKey !== undefined) {
      hashKeyIndex = this.#hashKeys.find(explicitHashKey);
      if (hashKeyIndex < 0) {
        hashKeyIndex = this.#hashKeys.length;
        tables += tableEntrySize(explicitHashKey.length);
      }
    }
    let body = recordBodySize(keyIndex, hashKeyIndex, dataBytes);
    if (tags !== undefined) body += tags.length;
    const entry = recordEntrySize(body);
    if (ENVELOPE_BYTES + this.#tablesLength + this.#recordsLength + entry + tables > maxBytes) return false;

    if (found < 0) this.#keys.add(key);
    if (hashKeyIndex === this.#hashKeys.length) this.#hashKeys.add(explicitHashKey as string);
    this.#tablesLength += tables;
    if (this.#recordsLength + entry > this.#records.length) this.#reserve(this.#recordsLength + entry);
    const records = this.#records;
    const at = writeRecordHeader(records, this.#recordsLength, body, keyIndex, hashKeyIndex, dataBytes);
    if (typeof data === "string") writeText(records, data, at, dataBytes);
    else copyBytes(records, data, at, dataBytes);
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

  /**
   * The same with room for the MD5: digests of several aggregates together are cheaper (`body-digest`). The result has
   * its own memory, which {@link releaseFinished} takes back.
   */
  finishWithoutDigest(): Buffer {
    const out = pool.take(sizeClassOf(this.size, this.maxBytes)).subarray(0, this.size);
    out.set(MAGIC, 0);
    let at = MAGIC.length;
    for (const { text, bytes } of this.#keys.keys) at = writeTableEntry(out, at, TAG.partitionKeyTable, text, bytes);
    for (const text of this.#hashKeys.keys) at = writeTableEntry(out, at, TAG.explicitHashKeyTable, text, text.length);
    out.set(this.#records.subarray(0, this.#recordsLength), at);
    this.#keys.seal();
    return out;
  }

  /** Returns the memory of the records to the pool. Afterwards only the keys of the encoder are readable. */
  release(): void {
    this.#recycle(this.#records);
    this.#records = EMPTY;
  }

  /** Returns the buffer of {@link finishWithoutDigest} to the pool. Call it once, after the last read. */
  releaseFinished(aggregate: Buffer): void {
    this.#recycle(Buffer.from(aggregate.buffer));
  }

  #recycle(buffer: Buffer): void {
    const { length } = buffer;
    if (length > 0 && length <= largestClass(this.maxBytes) && sizeClassOf(length, this.maxBytes) === length)
      pool.give(buffer);
  }

  /** Makes room for `needed` bytes of records in total. */
  #reserve(needed: number): void {
    const before = this.#records;
    // Grows fourfold up to the limit: an idle shard holds 1 KiB, a busy one copies its bytes 1.3 times. Doubling costs a busy
    // one some 5 % (decisions/0055).
    const larger = pool.take(sizeClassOf(needed, this.maxBytes));
    larger.set(before.subarray(0, this.#recordsLength));
    this.#records = larger;
    this.#recycle(before);
  }
}

/** The buffer size for `bytes`. There are few sizes, so that buffers can be reused. */
function sizeClassOf(bytes: number, maxBytes: number): number {
  // Too large for any aggregate: it is sent alone.
  if (bytes > largestClass(maxBytes)) return bytes;
  let size = FIRST_ALLOCATION;
  while (size < bytes) size *= 4;
  return Math.min(size, largestClass(maxBytes));
}

/** Compression moves its limit with the ratio: a class for each limit would leave nothing to reuse. */
function largestClass(maxBytes: number): number {
  return maxBytes <= LARGE_STEP ? maxBytes : Math.ceil(maxBytes / LARGE_STEP) * LARGE_STEP;
}

/** Shared by everything that makes aggregates in this thread. */
const pool = new BufferPool();

const EMPTY: Buffer = Buffer.alloc(0);

/** The largest class is a multiple of this, if it is larger than this. */
const LARGE_STEP = 64 * 1024;

/** Up to this length a loop is faster than the call of Buffer.write (`npm run bench micro -- encoder`). */
const LOOP_LENGTH = 32;

function writeTableEntry(out: Buffer, offset: number, tag: number, text: string, bytes: number): number {
  let at = offset;
  out[at++] = tag;
  at = writeVarint(out, at, bytes);
  // Equal numbers of bytes and characters mean ASCII.
  if (bytes > LOOP_LENGTH || bytes !== text.length) return writeText(out, text, at, bytes);
  for (let i = 0; i < bytes; i++) out[at++] = text.charCodeAt(i);
  return at;
}
