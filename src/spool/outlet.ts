import type { DeliveryBatch, RecordFailedError, UserRecord } from "../index.js";

/** The part of a producer that a spool uses. */
export interface Outlet {
  /** @returns false when there is no room: wait for `ready` */
  enqueue(record: UserRecord, context: number): boolean;
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
 */
export function isFinal({ code, serviceCode }: RecordFailedError): boolean {
  if (code === "KP_INVALID_RECORD" || code === "KP_RECORD_TOO_LARGE") return true;
  return code === "KP_RECORD_FAILED" && serviceCode !== undefined && OF_THE_RECORD.has(serviceCode);
}
