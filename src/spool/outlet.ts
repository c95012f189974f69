import type { DeliveryBatch, RecordFailedError, UserRecord } from "../index.js";

/** The part of a producer that a spool uses. */
export interface Outlet {
  /**
   * @param bytes - of the record on disk
   * @returns false when there is no room: wait for `ready`
   */
  enqueue(record: UserRecord, context: number, bytes: number): boolean;
  /**
   * Whether no shard has room for a record of about this many bytes. Otherwise a refused record has to wait for its own
   * shard, or its own stream.
   */
  isFull(bytes: number): boolean;
  ready(streamName?: string): Promise<void>;
  flush(): Promise<void>;
  close(options: { readonly timeoutMs: number }): Promise<unknown>;
}

/** Outcomes of records; the context of each one is the record's number. */
export type Outcomes = DeliveryBatch<number>;

/** Service codes that refuse one record, and would refuse it again. */
const OF_THE_RECORD: ReadonlySet<string> = new Set([
  "ValidationException",
  "InvalidArgumentException",
  "SerializationException",
  "RequestEntityTooLarge",
]);

/**
 * Whether a failure is final for its record: then it becomes a dead letter. Any other failure (a missing permission or
 * stream, a key of KMS that is disabled, a closed producer) concerns all records alike, and can be repaired: the records
 * stay in the spool.
 *
 * @param hasIds - whether the spool gives ids to all records
 */
export function isFinal({ code, serviceCode, record }: RecordFailedError, hasIds: boolean): boolean {
  if (code === "KP_RECORD_TOO_LARGE") return true;
  if (code === "KP_INVALID_RECORD") return isOfTheRecord(record, hasIds);
  return code === "KP_RECORD_FAILED" && serviceCode !== undefined && OF_THE_RECORD.has(serviceCode);
}

/**
 * The append has checked the record. So the options or the stream do not take any record (a stream whose record
 * distribution has become AUTO takes no ids), unless the record has not what others have: a key, or has tags.
 */
function isOfTheRecord({ partitionKey, tags, recordId }: UserRecord, hasIds: boolean): boolean {
  return partitionKey === undefined || (!hasIds && (tags !== undefined || recordId !== undefined));
}
