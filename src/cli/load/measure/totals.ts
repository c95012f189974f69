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

/** The producer's defaults; a load does not change them. */
const MAX_BUFFERED_RECORDS = 100_000;
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;

/** Reads a producer of one stream. */
export function totalsOf({ streams, bufferedRecords, bufferedBytes }: ProducerStats): Totals {
  const [stream] = Object.values(streams);
  const sent = stream?.kinesisRecordsSent ?? 0;
  const accepted = stream?.kinesisRecordsAccepted ?? 0;
  const shards = Object.entries(stream?.shards ?? {}).map(
    ([shardId, { kinesisRecordsAccepted, bytesDelivered, kinesisRecordsThrottled }]) =>
      [shardId, [kinesisRecordsAccepted, bytesDelivered, kinesisRecordsThrottled]] as const,
  );
  return {
    kinesisRecords: accepted,
    bytes: stream?.bytesDelivered ?? 0,
    // Records that were sent again have the size of the others.
    kinesisBytes: sent === 0 ? 0 : ((stream?.kinesisBytesSent ?? 0) * accepted) / sent,
    requests: stream?.requests ?? 0,
    retries: stream?.retries ?? 0,
    bufferedRecords,
    bufferShare: Math.max(bufferedRecords / MAX_BUFFERED_RECORDS, bufferedBytes / MAX_BUFFERED_BYTES),
    shards: Object.fromEntries(shards),
  };
}
