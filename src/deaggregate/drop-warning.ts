import type { DroppedUserRecords, DropReason } from "./deaggregated-record.js";

const MEANINGS: Record<DropReason, string> = {
  "outside-shard-range": "a user record belongs to another shard, so its whole aggregate was dropped",
  "hash-key-out-of-range": "an explicit hash key is not within 0 to 2^128 - 1, so its whole aggregate was dropped",
  "hash-key-unreadable": "an explicit hash key is not a number, so its user record and those behind it were dropped",
  "index-out-of-range":
    "a user record names a key that its aggregate does not have, so it and those behind it were dropped",
  "no-user-records": "an aggregate holds no user records",
};

const warned = new Set<DropReason>();

/** Emits a process warning about dropped user records, once per reason, for consumers without `onDropped`. */
export function warnOfDrop(dropped: DroppedUserRecords): void {
  const { reason } = dropped;
  if (warned.has(reason)) return;
  warned.add(reason);
  process.emitWarning(`${MEANINGS[reason]}; pass onDropped to see each case`, {
    type: "DeaggregateWarning",
    code: reason,
  });
}
