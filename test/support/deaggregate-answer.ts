/**
 * Short forms for tests of the deaggregator.
 *
 * @module
 */
import { deaggregate } from "../../src/deaggregate/deaggregate.js";
import type {
  DeaggregatedRecord,
  DeaggregateOptions,
  DroppedUserRecords,
  ShardRange,
} from "../../src/deaggregate/index.js";
import { MAX_HASH_KEY } from "../../src/quotas.js";
import { keys, md5, record } from "./proto-bytes.js";

/** The keys and the number of the Kinesis record itself. */
export const OUTER: { readonly partitionKey: string; readonly sequenceNumber: string } = {
  partitionKey: "outer",
  sequenceNumber: "4959",
};
/** All hash keys. */
export const WHOLE_RANGE: ShardRange = { startingHashKey: "0", endingHashKey: String(MAX_HASH_KEY) };

/** The records returned, and the reports of dropped records. */
export interface Answer {
  readonly records: readonly DeaggregatedRecord[];
  readonly dropped: readonly DroppedUserRecords[];
}

/** Deaggregates a record of these bytes. */
export function read(data: Uint8Array, options: DeaggregateOptions = {}): Answer {
  const dropped: DroppedUserRecords[] = [];
  const records = [...deaggregate({ ...OUTER, data }, { onDropped: (each) => dropped.push(each), ...options })];
  return { records, dropped };
}

/** The range that holds only the hash of this key. */
export function rangeAround(key: string): ShardRange {
  const hash = BigInt(`0x${md5(Buffer.from(key)).toString("hex")}`);
  return { startingHashKey: String(hash), endingHashKey: String(hash) };
}

/** A message of one key and two records. */
export const GOOD: Buffer = Buffer.concat([keys("k"), record(0, "x"), record(0, "y")]);
