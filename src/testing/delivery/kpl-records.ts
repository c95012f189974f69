import { openAggregate } from "../../wire/decode/aggregate-decoder.js";

/** A Kinesis record as the source reads it. */
export interface KinesisSourceRecord {
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly data: Uint8Array;
  readonly approximateArrivalTimestamp: Date;
}

/** A user record: a plain Kinesis record, or one of an aggregate. */
export interface SourceRecord extends KinesisSourceRecord {
  /** Index in the aggregate; 0 for a plain record. */
  readonly subSequenceNumber: number;
}

/**
 * The user records of a Kinesis record, as Firehose de-aggregates those of the KPL before its transform. Firehose knows the
 * KPL's format alone: a compressed aggregate of this library is one user record with binary data, and no filter by the
 * range of a shard drops the copies that a reshard leaves.
 */
export function kplRecords(record: KinesisSourceRecord): SourceRecord[] {
  const aggregate = openAggregate(record.data, true);
  if (aggregate === undefined) return [{ ...record, subSequenceNumber: 0 }];
  return Array.from({ length: aggregate.readableCount }, (_, index) => ({
    shardId: record.shardId,
    sequenceNumber: record.sequenceNumber,
    partitionKey: aggregate.keyOf(index),
    data: aggregate.dataOf(index),
    approximateArrivalTimestamp: record.approximateArrivalTimestamp,
    subSequenceNumber: index,
  }));
}
