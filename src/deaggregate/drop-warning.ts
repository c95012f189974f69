import type { DroppedUserRecords, DropReason } from "./deaggregated-record.js";

const MEANINGS: Record<DropReason, string> = {
  "outside-shard-range": "a user record belongs to another shard",
  "hash-key-out-of-range": "an explicit hash key is not within 0 to 2^128 - 1",
  "hash-key-unreadable": "an explicit hash key is not a number",
  "index-out-of-range": "a user record names a key that its aggregate does not have",
  "no-user-records": "an aggregate holds no user records",
};

const warned = new Set<DropReason>();

/** Emits a process warning about dropped user records, once per reason, for consumers without `onDropped`. */
export function warnOfDrop(dropped: DroppedUserRecords): void {
  const { reason } = dropped;
  if (warned.has(reason)) return;
  warned.add(reason);
  process.emitWarning(`user records were dropped: ${MEANINGS[reason]}; pass onDropped to see each case`, {
    type: "DeaggregateWarning",
    code: reason,
  });
}
