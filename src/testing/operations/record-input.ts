import { MAX_HASH_KEY } from "../../quotas.js";
import { shown } from "../input/constraints.js";
import { missingAt, problemAt } from "../input/read-input.js";
import { invalidArgument } from "../kinesis-model/service-error.js";
import type { IncomingRecord } from "../kinesis-model/stream-model.js";
import type { StreamSettings } from "../kinesis-model/stream-settings.js";

/** The members of an input that make a record. */
export interface RecordInput {
  readonly Data: Uint8Array;
  readonly PartitionKey?: string;
  readonly ExplicitHashKey?: string;
}

/** A record of the input with its counted bytes: partition key and data. */
export interface SizedRecord extends IncomingRecord {
  readonly countedBytes: number;
}

/**
 * The record of a request or of an entry, checked by the stream's settings.
 *
 * @param path - of the entry, with a point; empty for a request
 * @param problems - receives each broken constraint
 */
export function recordOf(input: RecordInput, path: string, settings: StreamSettings, problems: string[]): SizedRecord {
  const { Data: data, PartitionKey: partitionKey, ExplicitHashKey: explicitHashKey } = input;
  const countedBytes = data.length + Buffer.byteLength(partitionKey ?? "");
  if (partitionKey === undefined && settings.recordDistribution !== "AUTO") {
    problems.push(missingAt(`${path}partitionKey`));
  }
  if (countedBytes > settings.maxRecordBytes) {
    const constraint = `Member must have length less than or equal to ${settings.maxRecordBytes}`;
    problems.push(problemAt(`${path}data`, shown(data), constraint));
  }
  return {
    ...(partitionKey === undefined ? {} : { partitionKey }),
    ...(explicitHashKey === undefined ? {} : { explicitHashKey }),
    data,
    countedBytes,
  };
}

/**
 * Checks the value of a hash key: one of the right form can be too large.
 *
 * @throws ServiceError when it is too large
 */
export function checkHashKey(record: IncomingRecord): void {
  if (record.explicitHashKey === undefined || BigInt(record.explicitHashKey) <= MAX_HASH_KEY) return;
  throw invalidArgument(
    `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${record.explicitHashKey}`,
  );
}
