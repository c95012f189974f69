import type { ProducerStats } from "../../../index.js";

/** Kinesis records of one shard: accepted, their bytes, and throttled. */
export type ShardTotals = readonly [kinesisRecords: number, bytes: number, throttled: number];

/** The counters of a producer that a load reports. All only grow, except the fill of the buffer. */
export interface Totals {
  readonly kinesisRecords: number;
  readonly bytes: number;
  readonly kinesisBytes: number;
  readonly requests: number;
  readonly retries: number;
  readonly bufferedRecords: number;
  /** The fill of the buffer, by records or by bytes, whichever is fuller: 0 to 1. */
  readonly bufferShare: number;
  readonly shards: Readonly<Record<string, ShardTotals>>;
}

/** Reads a producer of one stream. */
export function totalsOf({
  streams,
  bufferedRecords,
  bufferedBytes,
  maxBufferedRecords,
  maxBufferedBytes,
}: ProducerStats): Totals {
  const [stream] = Object.values(streams);
  const shards = Object.entries(stream?.shards ?? {}).map(
    ([shardId, { kinesisRecordsAccepted, kinesisBytesAccepted, kinesisRecordsThrottled }]) =>
      [shardId, [kinesisRecordsAccepted, kinesisBytesAccepted, kinesisRecordsThrottled]] as const,
  );
  return {
    kinesisRecords: stream?.kinesisRecordsAccepted ?? 0,
    bytes: stream?.bytesDelivered ?? 0,
    kinesisBytes: stream?.kinesisBytesAccepted ?? 0,
    requests: stream?.requests ?? 0,
    retries: stream?.retries ?? 0,
    bufferedRecords,
    bufferShare: Math.max(bufferedRecords / maxBufferedRecords, bufferedBytes / maxBufferedBytes),
    shards: Object.fromEntries(shards),
  };
}
