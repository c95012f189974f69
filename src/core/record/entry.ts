import { AGGREGATE_PARTITION_KEY } from "../../wire/aggregated-record.js";
import type { HashedKey } from "../../wire/md5/key-hasher.js";
import type { KinesisRecord } from "../ports.js";
import { copyHashWords, effectiveHashKey, hashName, hashWordsToBigInt, newHashWords } from "../shards/hash-key.js";
import type { PlacedRecord } from "./placed-record.js";

const scratch = newHashWords();

/**
 * The effective hash key of a record, as a name. Order is kept per hash key, and no split divides the records of one
 * hash key.
 */
export function keyNameOf(record: Pick<PlacedRecord, "key" | "explicitHashKey">): string {
  return record.explicitHashKey === undefined ? record.key.named(nameOfKey) : nameRecord(record);
}

function nameOfKey(key: HashedKey): string {
  copyHashWords(key, scratch);
  return hashName(scratch);
}

function nameRecord(record: Pick<PlacedRecord, "key" | "explicitHashKey">): string {
  effectiveHashKey(record, scratch);
  return hashName(scratch);
}

/** The hash keys of the user records in an aggregate, as names. May have the name of a key whose records all have another. */
export function keyNamesOf({ partitionKeys, explicitHashKeys }: AggregateKeys): string[] {
  const key = partitionKeys[0] as HashedKey;
  const names = partitionKeys.map((each) => keyNameOf({ key: each, explicitHashKey: undefined }));
  return names.concat(explicitHashKeys.map((explicitHashKey) => keyNameOf({ key, explicitHashKey })));
}

/** The tables of an aggregate. */
interface AggregateKeys {
  readonly partitionKeys: readonly HashedKey[];
  readonly explicitHashKeys: readonly string[];
}

/**
 * The entry of an aggregate, under the hash key of its first record: after a split the aggregate lands on the child
 * shard that owns this hash key.
 *
 * @param firstHashKey - the explicit hash key of the first record, if it has one
 */
export function aggregateEntry(firstKey: HashedKey, firstHashKey: string | undefined, data: Buffer): KinesisRecord {
  return { partitionKey: AGGREGATE_PARTITION_KEY, explicitHashKey: firstHashKey ?? hashKeyOf(firstKey), data };
}

/** Hash key of a partition key, decimal. */
function hashKeyOf(key: HashedKey): string {
  copyHashWords(key, scratch);
  return hashWordsToBigInt(scratch).toString();
}

/** The entry of a record that is sent under its keys, without an envelope. */
export function rawEntry(
  { text: partitionKey }: HashedKey,
  explicitHashKey: string | undefined,
  data: Buffer,
): KinesisRecord {
  return {
    ...(partitionKey === "" ? {} : { partitionKey }),
    ...(explicitHashKey === undefined ? {} : { explicitHashKey }),
    data,
  };
}

/** Bytes that Kinesis counts for an entry: the data and the partition key. */
export function entryBytes({ partitionKey, data }: KinesisRecord): number {
  return partitionKey === undefined ? data.length : data.length + Buffer.byteLength(partitionKey);
}
