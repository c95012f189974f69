import { copyBytes } from "../../wire/caller-bytes.js";
import type { EncodableRecord } from "../../wire/encode/aggregate-encoder.js";
import { type HashedKey, NO_KEY } from "../../wire/md5/key-hasher.js";
import { NO_SHARD, type ShardBudget } from "../buffer-budget.js";

/**
 * A user record that passed the checks, before it joins a Kinesis record. All of them are of one class: every stage
 * reads its properties, and V8 would look them up in a hash table after it has seen five shapes (decisions/0038).
 */
export class PlacedRecord implements EncodableRecord {
  key: HashedKey = NO_KEY;
  explicitHashKey: string | undefined = undefined;
  data: Uint8Array | string = "";
  dataBytes = 0;
  tags: Uint8Array | undefined = undefined;
  /** Gets the outcome; opaque to every stage except settlement. */
  settler: unknown = undefined;
  /** The clock's milliseconds at acceptance. */
  acceptedAt = 0;
  /** Decides which flush covers it (`settlement-ledger`). */
  generation = 0;
  /** The share of the buffer in which it counts. */
  budget: ShardBudget = NO_SHARD;
  /** The bytes that it counts for in the buffer, see {@link bufferedBytes}. */
  bufferedBytes = 0;
}

/** Bytes a user record counts for in the buffer: key, data, and tags as they are encoded. */
export function bufferedBytes({ key, dataBytes, tags }: Pick<EncodableRecord, "key" | "dataBytes" | "tags">): number {
  return tags === undefined ? key.bytes + dataBytes : key.bytes + dataBytes + tags.length;
}

/** A copy of a checked record: the next check reuses the original, and the caller may change its bytes. */
export function copyChecked(record: PlacedRecord): PlacedRecord {
  const copy = new PlacedRecord();
  copy.key = record.key;
  copy.explicitHashKey = record.explicitHashKey;
  copy.data = ownData(record.data, record.dataBytes);
  copy.dataBytes = record.dataBytes;
  // Not slice(): Buffer's slice() is a view.
  copy.tags = record.tags === undefined ? undefined : new Uint8Array(record.tags);
  copy.bufferedBytes = record.bufferedBytes;
  return copy;
}

function ownData(data: Uint8Array | string, bytes: number): Uint8Array | string {
  if (typeof data === "string") return data;
  // Small copies come from Node's pool: waiting puts leave in the order in which they came, and free the pool in that
  // order.
  const own = Buffer.allocUnsafe(bytes);
  copyBytes(own, data, 0, bytes);
  return own;
}
