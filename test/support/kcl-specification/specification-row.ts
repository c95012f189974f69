import type { DropReason, ShardRange } from "../../../src/deaggregate/index.js";

/** A user record in short: partition key, data (a character for each byte), explicit hash key if it has one. */
export type ShortUserRecord = readonly [partitionKey: string, data: string, explicitHashKey?: string];

/** What comes out of a Kinesis record: itself, or user records; `dropped` is what `onDropped` is told. */
export type SpecifiedAnswer =
  | "plain"
  | { readonly out: readonly ShortUserRecord[]; readonly dropped?: readonly [reason: DropReason, userRecords: number] };

/** One Kinesis record, and what the KCL makes of it. */
export interface SpecifiedCase {
  readonly name: string;
  readonly data: Uint8Array;
  /** The shard that it is read from; without one, nothing is filtered. */
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

/** A case out of which these user records come, and no others are in it. */
export function opened(name: string, data: Uint8Array, ...out: readonly ShortUserRecord[]): SpecifiedCase {
  return { name, data, answer: { out } };
}

/** A case out of which only these user records come. */
export function dropping(
  name: string,
  data: Uint8Array,
  dropped: readonly [reason: DropReason, userRecords: number],
  ...out: readonly ShortUserRecord[]
): SpecifiedCase {
  return { name, data, answer: { out, dropped } };
}
