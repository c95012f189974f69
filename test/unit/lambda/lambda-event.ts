import { aggregate } from "../../../src/aggregate/index.js";
import type { KinesisEvent, KinesisEventRecord } from "../../../src/lambda/index.js";

/** A user record in short: its key, its data, and its id if it has one. */
export type ShortRecord = readonly [partitionKey: string, data: string, recordId?: string];

/** A Kinesis record of an event: one user record is unaggregated, several are in an aggregate. */
export function eventRecord(sequenceNumber: string, ...users: readonly ShortRecord[]): KinesisEventRecord {
  const records = users.map(([partitionKey, data, recordId]) => ({
    partitionKey,
    data,
    ...(recordId === undefined ? {} : { recordId }),
  }));
  // All records are of one shard: ranges do not matter to a reader that does not filter.
  const shards = [{ startingHashKey: "0", endingHashKey: String(2n ** 128n - 1n) }];
  const [entry, ...others] = [...aggregate(records, { shards })];
  if (entry === undefined || others.length > 0) throw new Error("not one Kinesis record");
  return {
    eventID: `shardId-000000000000:${sequenceNumber}`,
    eventSourceARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks",
    kinesis: {
      partitionKey: entry.partitionKey ?? "",
      sequenceNumber,
      data: Buffer.from(entry.data).toString("base64"),
      approximateArrivalTimestamp: 1_700_000_000.5,
    },
  };
}

/** Three Kinesis records: `1` with a1, b1, a2; `2` with a3; `3` with b2, c1. */
export const EVENT: KinesisEvent = {
  Records: [
    eventRecord("1", ["a", "a1"], ["b", "b1"], ["a", "a2"]),
    eventRecord("2", ["a", "a3"]),
    eventRecord("3", ["b", "b2"], ["c", "c1"]),
  ],
};

export function textOf({ data }: { readonly data: Uint8Array }): string {
  return Buffer.from(data).toString();
}
