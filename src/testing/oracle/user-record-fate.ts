import { deaggregate } from "../../deaggregate/deaggregate.js";
import type { DeaggregatedRecord, DropReason } from "../../deaggregate/deaggregated-record.js";
import type { Shard, StoredRecord } from "../kinesis-model/shard.js";

/** One copy of a user record in the stream. */
export interface StoredCopy {
  readonly shardId: string;
  /** Sequence number of the Kinesis record. */
  readonly sequenceNumber: string;
  /** Index in its aggregate; 0 for a raw record. */
  readonly subSequenceNumber: number;
  readonly aggregated: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly arrivedAt: number;
  /** Whether a reader with the KCL's rules returns it. */
  readonly isReadable: boolean;
}

/** The fate of one user record: its copies. */
export interface UserRecordFate {
  readonly id: string;
  readonly partitionKey: string | undefined;
  /** A view of the store's bytes: do not change them. */
  readonly data: Uint8Array;
  /** In order of storing. */
  readonly copies: readonly StoredCopy[];
}

/** A Kinesis record from which a reader like the KCL drops user records. */
export interface DroppedAggregate {
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly reason: DropReason;
  readonly userRecords: number;
}

/** A user record of one stored Kinesis record. */
export interface StoredUserRecord {
  readonly record: DeaggregatedRecord;
  readonly copy: StoredCopy;
}

/** All user records of one Kinesis record, and those among them that a reader would drop. */
export function readStored(
  stored: StoredRecord,
  shard: Shard,
): { readonly userRecords: readonly StoredUserRecord[]; readonly dropped: DroppedAggregate | undefined } {
  const { shardId, sequenceNumber, arrivedAt } = stored;
  const records = [...deaggregate(stored, { onDropped: () => {} })];
  let dropped: DroppedAggregate | undefined;
  let readable = records.length;
  // Plain records are never dropped.
  if (records[0]?.aggregated !== false) {
    readable = 0;
    const { first, last } = shard.origin;
    const seen = deaggregate(stored, {
      shardRange: { startingHashKey: String(first), endingHashKey: String(last) },
      onDropped: ({ reason, userRecords }) => {
        dropped = { shardId, sequenceNumber, reason, userRecords };
      },
    });
    for (const _ of seen) readable++;
  }
  const userRecords = records.map((record): StoredUserRecord => {
    const { subSequenceNumber, aggregated } = record;
    const isReadable = subSequenceNumber < readable;
    return { record, copy: { shardId, sequenceNumber, subSequenceNumber, aggregated, arrivedAt, isReadable } };
  });
  return { userRecords, dropped };
}
