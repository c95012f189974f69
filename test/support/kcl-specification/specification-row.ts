import type { DropReason, ShardRange } from "../../../src/deaggregate/index.js";

/** A user record in short: partition key, data (one character per byte), explicit hash key if it has one. */
export type ShortUserRecord = readonly [partitionKey: string, data: string, explicitHashKey?: string];

/**
 * The answer for a Kinesis record: the record itself, or its user records. `dropped` is the argument of `onDropped`.
 */
export type SpecifiedAnswer =
  | "plain"
  | { readonly out: readonly ShortUserRecord[]; readonly dropped?: readonly [reason: DropReason, userRecords: number] };

/** One Kinesis record, and the answer of the KCL. */
export interface SpecifiedCase {
  readonly name: string;
  readonly data: Uint8Array;
  /** The shard of the record. Absent: nothing is filtered. */
  readonly shardRange?: ShardRange;
  readonly answer: SpecifiedAnswer;
}

/** A class of Kinesis records. */
export interface SpecificationRow {
  readonly name: string;
  /** The KCL's answer in words. */
  readonly rule: string;
  readonly cases: readonly SpecifiedCase[];
}

/** A case that is passed on unchanged. */
export function plain(name: string, data: Uint8Array): SpecifiedCase {
  return { name, data, answer: "plain" };
}

/** A case that gives exactly these user records, and has no others. */
export function opened(name: string, data: Uint8Array, ...out: readonly ShortUserRecord[]): SpecifiedCase {
  return { name, data, answer: { out } };
}

/** A case that gives only these user records, and drops the others. */
export function dropping(
  name: string,
  data: Uint8Array,
  dropped: readonly [reason: DropReason, userRecords: number],
  ...out: readonly ShortUserRecord[]
): SpecifiedCase {
  return { name, data, answer: { out, dropped } };
}
