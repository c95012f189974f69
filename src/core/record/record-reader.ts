import type { UserRecord } from "../../record.js";
import { type DecodedAggregate, openAggregate } from "../../wire/decode/aggregate-decoder.js";
import type { HashedKey } from "../../wire/md5/key-hasher.js";
import { readTags } from "../../wire/record-tags.js";
import { bufferedBytes, PlacedRecord } from "./placed-record.js";

/**
 * Reads user records back from an aggregate that this library made: keys, data and tags, as views of its bytes. The
 * aggregate does not contain settlers and times of acceptance.
 */
export class RecordReader {
  readonly #decoded: DecodedAggregate;
  readonly #keys: readonly HashedKey[];

  /** @param keys - the partition keys of the aggregate, hashed, in the order of its table */
  constructor(bytes: Uint8Array, keys: readonly HashedKey[]) {
    const decoded = openAggregate(bytes, false);
    if (decoded === undefined) throw new Error("an aggregate that this library made does not decode");
    this.#decoded = decoded;
    this.#keys = keys;
  }

  /** The user record at an index. */
  recordAt(index: number): PlacedRecord {
    const decoded = this.#decoded;
    const record = new PlacedRecord();
    record.key = this.#keys[decoded.keyIndexOf(index)] as HashedKey;
    record.explicitHashKey = decoded.explicitHashKeyOf(index);
    record.tags = decoded.tagBytesOf(index);
    return withData(record, decoded.dataOf(index));
  }
}

/** The user record of a Kinesis record that is not an aggregate. */
export function loneRecord(key: HashedKey, explicitHashKey: string | undefined, data: Uint8Array): PlacedRecord {
  const record = new PlacedRecord();
  record.key = key;
  record.explicitHashKey = explicitHashKey;
  return withData(record, data);
}

function withData(record: PlacedRecord, data: Uint8Array): PlacedRecord {
  record.data = data;
  record.dataBytes = data.length;
  record.bufferedBytes = bufferedBytes(record);
  return record;
}

/**
 * A user record in the public shape, for an error. Its data has a separate buffer, so that a kept error keeps no other
 * memory.
 */
export function toUserRecord(record: PlacedRecord, streamName: string): UserRecord {
  const { key, explicitHashKey, data, dataBytes, tags } = record;
  const shown: { -readonly [K in keyof UserRecord]: UserRecord[K] } = { data: ownBytes(data, dataBytes), streamName };
  if (key.text !== "") shown.partitionKey = key.text;
  if (explicitHashKey !== undefined) shown.explicitHashKey = explicitHashKey;
  return tags === undefined ? shown : Object.assign(shown, readTags(tags));
}

function ownBytes(data: Uint8Array | string, bytes: number): Uint8Array {
  if (typeof data !== "string") return new Uint8Array(data);
  const own = Buffer.allocUnsafeSlow(bytes);
  own.write(data);
  return own;
}
