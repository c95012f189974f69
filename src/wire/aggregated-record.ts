/**
 * The byte layout of the KPL's aggregated record; `proto/aggregated-record.proto` is its source, DESIGN.md draws it.
 * Every length is in UTF-8 bytes. Sizes are exact, so the size of an aggregate can be summed up before it is encoded.
 *
 * Source: awslabs/amazon-kinesis-producer, aggregation-format.md.
 *
 * @module
 */

/** The first four bytes of every aggregated record. */
export const MAGIC: readonly number[] = [0xf3, 0x89, 0x9a, 0xc2];

/** Length of the MD5 that ends an aggregated record. */
export const DIGEST_BYTES = 16;

/** Bytes of magic and digest: the size of an aggregate without entries. */
export const ENVELOPE_BYTES: number = MAGIC.length + DIGEST_BYTES;

/** Partition key of every Kinesis record that holds an aggregate, as the KPL writes it. */
export const AGGREGATE_PARTITION_KEY = "a";

/** Tag bytes, `field number << 3 | wire type`. */
export const TAG: {
  readonly partitionKeyTable: number;
  readonly explicitHashKeyTable: number;
  readonly records: number;
  readonly partitionKeyIndex: number;
  readonly explicitHashKeyIndex: number;
  readonly data: number;
  readonly tags: number;
  readonly tagKey: number;
  readonly tagValue: number;
} = {
  partitionKeyTable: 0x0a,
  explicitHashKeyTable: 0x12,
  records: 0x1a,
  partitionKeyIndex: 0x08,
  explicitHashKeyIndex: 0x10,
  data: 0x1a,
  tags: 0x22,
  tagKey: 0x0a,
  tagValue: 0x12,
};

/** The index that stands for "no explicit hash key": the field is absent, which is not index 0. */
export const NO_INDEX = -1;

// Each record calls these several times. Each is split in two functions, the first so small that V8 always inlines it
// (`npm run bench micro -- aggregate-encoder`).

/** Bytes of `value` (0 to 2^32 - 1) as a varint. */
export function varintLength(value: number): number {
  return value < 0x80 ? 1 : longVarintLength(value);
}

function longVarintLength(value: number): number {
  return value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
}

/** Writes `value` (0 to 2^32 - 1) at `offset`; returns the offset behind it. */
export function writeVarint(into: Uint8Array, offset: number, value: number): number {
  if (value > 0x7f) return writeLongVarint(into, offset, value);
  into[offset] = value;
  return offset + 1;
}

function writeLongVarint(into: Uint8Array, offset: number, value: number): number {
  let rest = value;
  let at = offset;
  while (rest > 0x7f) {
    into[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  into[at++] = rest;
  return at;
}

/** Bytes of one entry of either key table. */
export function tableEntrySize(keyBytes: number): number {
  return 1 + varintLength(keyBytes) + keyBytes;
}

/** Bytes of the Record message itself, without its tag and length, and without the user's tags. */
export function recordBodySize(keyIndex: number, hashKeyIndex: number, dataBytes: number): number {
  const hashKey = hashKeyIndex === NO_INDEX ? 0 : 1 + varintLength(hashKeyIndex);
  return 2 + varintLength(keyIndex) + hashKey + varintLength(dataBytes) + dataBytes;
}

/** Bytes that a Record message with a body of `bodyBytes` takes in the aggregate. */
export function recordEntrySize(bodyBytes: number): number {
  return 1 + varintLength(bodyBytes) + bodyBytes;
}

/** Writes a Record message up to its data; returns the offset at which the data belongs. */
export function writeRecordHeader(
  into: Uint8Array,
  offset: number,
  bodyBytes: number,
  keyIndex: number,
  hashKeyIndex: number,
  dataBytes: number,
): number {
  let at = offset;
  into[at++] = TAG.records;
  at = writeVarint(into, at, bodyBytes);
  into[at++] = TAG.partitionKeyIndex;
  at = writeVarint(into, at, keyIndex);
  if (hashKeyIndex !== NO_INDEX) {
    into[at++] = TAG.explicitHashKeyIndex;
    at = writeVarint(into, at, hashKeyIndex);
  }
  into[at++] = TAG.data;
  return writeVarint(into, at, dataBytes);
}
