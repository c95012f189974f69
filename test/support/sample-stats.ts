/**
 * Snapshots as `stats()` gives them, for the exporters.
 *
 * @module
 */
import type { SpoolStats } from "../../src/spool/index.js";
import type { Distribution, ProducerStats, ShardStats, StreamStats, Summary } from "../../src/stats.js";

/** A distribution of some values, each in its own bucket up to the value. */
export function distributionOf(values: readonly number[]): Distribution {
  const sorted = [...values].sort((a, b) => a - b);
  const counts = new Map<number, number>();
  for (const value of sorted) counts.set(value, (counts.get(value) ?? 0) + 1);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { ...summaryOf(values), p50: at(0.5), p90: at(0.9), p99: at(0.99), buckets: [...counts] };
}

function summaryOf(values: readonly number[]): Summary {
  if (values.length === 0) return { count: 0, sum: 0, min: 0, max: 0 };
  return {
    count: values.length,
    sum: values.reduce((a, b) => a + b, 0),
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

/** A shard; every number differs from the others. */
export function shardStats(fields: Partial<ShardStats> = {}): ShardStats {
  return {
    userRecordsDelivered: 40,
    userRecordsFailed: 3,
    userRecordsExpired: 2,
    bytesDelivered: 4_000,
    kinesisRecordsAccepted: 8,
    kinesisRecordsThrottled: 5,
    kinesisRecordsRefused: 1,
    kinesisBytesAccepted: 4_400,
    errors: { ProvisionedThroughputExceededException: 5, InternalFailure: 1 },
    kinesisRecordsWaiting: 7,
    rateFactor: 0.75,
    recordsUtilisation: 0.125,
    bytesUtilisation: 0.5,
    bufferingMs: summaryOf([20, 60]),
    retriesPerRecord: summaryOf([0, 0, 1]),
    userRecordBytes: summaryOf(new Array<number>(40).fill(100)),
    kinesisRecordBytes: summaryOf(new Array<number>(8).fill(550)),
    userRecordsPerKinesisRecord: summaryOf(new Array<number>(8).fill(5)),
    ...fields,
  };
}

/** A stream with two shards, throttling, and some failures. */
export function streamStats(fields: Partial<StreamStats> = {}): StreamStats {
  return {
    routing: "mapped",
    userRecordsAccepted: 100,
    userRecordsRefused: 11,
    userRecordsDelivered: 80,
    userRecordsFailed: 6,
    userRecordsExpired: 4,
    userRecordsMayBeDuplicate: 2,
    bytesDelivered: 8_000,
    requests: 9,
    requestsNotSent: 1,
    requestsFailed: 2,
    kinesisRecordsSent: 30,
    kinesisRecordsAccepted: 16,
    kinesisRecordsThrottled: 10,
    kinesisRecordsRefused: 3,
    kinesisBytesSent: 16_500,
    kinesisBytesAccepted: 8_800,
    retries: 12,
    wrongShard: 1,
    shardMapRefreshes: 2,
    aggregatesCompressed: 12,
    aggregatesKept: 5,
    aggregatesDivided: 1,
    bytesBeforeCompression: 30_000,
    bytesAfterCompression: 9_000,
    requestErrors: { ECONNREFUSED: 1, InternalFailure: 1 },
    entryErrors: { ProvisionedThroughputExceededException: 10, InternalFailure: 3 },
    failures: { KP_RECORD_EXPIRED: 4, ProvisionedThroughputExceededException: 2 },
    bufferedRecords: 14,
    bufferedBytes: 1_400,
    waitingPuts: 5,
    waitingBytes: 500,
    oldestAgeMs: 1_250,
    latencyMs: distributionOf([4, 8, 12, 40, 700]),
    bufferingMs: distributionOf([20, 60, 60]),
    pacingMs: distributionOf([0, 3]),
    requestMs: distributionOf([9, 11, 25]),
    retriesPerRecord: distributionOf([0, 0, 0, 1, 2]),
    userRecordsPerKinesisRecord: distributionOf([5, 5, 8]),
    kinesisRecordsPerRequest: distributionOf([1, 2, 4]),
    userRecordsPerRequest: distributionOf([5, 10, 32]),
    recent: {
      seconds: 60,
      userRecordsDelivered: 8,
      userRecordsFailed: 1,
      userRecordsExpired: 1,
      latencyMs: distributionOf([4, 8]),
    },
    shards: {
      "shardId-000000000000": shardStats(),
      "shardId-000000000001": shardStats({ bytesUtilisation: 0.25, rateFactor: 1 }),
    },
    ...fields,
  };
}

/** A producer with the stream `clicks`. */
export function producerStats(fields: Partial<ProducerStats> = {}): ProducerStats {
  return {
    outstandingRecords: 19,
    bufferedRecords: 14,
    bufferedBytes: 1_400,
    maxBufferedRecords: 1_000_000,
    maxBufferedBytes: 64_000_000,
    requestsInFlight: 3,
    transport: "scripted",
    streams: { clicks: streamStats() },
    ...fields,
  };
}

/** A spool with some backlog; every number differs from the others. */
export function spoolStats(fields: Partial<SpoolStats> = {}): SpoolStats {
  return {
    records: 900,
    bytes: 120_000,
    maxBytes: 1_000_000,
    oldestAgeMs: 61_000,
    lagBytes: 90_000,
    inFlightRecords: 50,
    waitingAppends: 3,
    unwrittenBytes: 70,
    appendedRecords: 1_500,
    deliveredRecords: 590,
    refusedRecords: 10,
    failedGroups: 2,
    damagedBytes: 33,
    lostRecords: 1,
    ...fields,
  };
}

/** A source whose snapshot the test sets. */
export function scriptedSource(stats: ProducerStats = producerStats()): {
  stats: () => ProducerStats;
  next: ProducerStats;
  reads: number;
} {
  const source = {
    next: stats,
    reads: 0,
    stats: () => {
      source.reads++;
      return source.next;
    },
  };
  return source;
}
