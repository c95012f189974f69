/**
 * What tests of the deaggregator ask, in few words.
 *
 * @module
 */
import { expect } from "vitest";

import { deaggregate } from "../../src/deaggregate/deaggregate.js";
import type {
  DeaggregatedRecord,
  DeaggregateOptions,
  DroppedUserRecords,
  ShardRange,
} from "../../src/deaggregate/index.js";
import { MAX_HASH_KEY } from "../../src/quotas.js";
import { keys, md5, record } from "./proto-bytes.js";

/** What the Kinesis record says of itself. */
const OUTER: { readonly partitionKey: string; readonly sequenceNumber: string } = {
  partitionKey: "outer",
  sequenceNumber: "4959",
};
/** All hash keys. */
export const WHOLE_RANGE: ShardRange = { startingHashKey: "0", endingHashKey: String(MAX_HASH_KEY) };
/** A range that holds no hash of these tests. */
const FOREIGN_RANGE: ShardRange = { startingHashKey: "1", endingHashKey: "1" };

/** What came out, and what was said not to. */
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

/** Expects the record to pass as it is, whatever the shard range. */
export function expectPlain(data: Uint8Array): void {
  for (const shardRange of [undefined, WHOLE_RANGE, FOREIGN_RANGE]) {
    expect(read(data, { shardRange })).toEqual({
      records: [{ ...OUTER, data, subSequenceNumber: 0, aggregated: false }],
      dropped: [],
    });
  }
}

/** The data of each user record, and what was said about the others. */
export function summary(data: Uint8Array, options: DeaggregateOptions = {}): { data: string[]; dropped: string[] } {
  const { records, dropped } = read(data, options);
  return {
    data: records.map((each) => Buffer.from(each.data).toString()),
    dropped: dropped.map((each) => `${each.reason} ${each.userRecords}`),
  };
}

/** The range that holds the hash of this key alone. */
export function rangeAround(key: string): ShardRange {
  const hash = BigInt(`0x${md5(Buffer.from(key)).toString("hex")}`);
  return { startingHashKey: String(hash), endingHashKey: String(hash) };
}

/** A message of one key and two records. */
export const GOOD: Buffer = Buffer.concat([keys("k"), record(0, "x"), record(0, "y")]);
