/**
 * The metrics of the KPL: the same names, units, levels and dimensions, so that dashboards made for the KPL go on
 * working.
 *
 * @see https://github.com/awslabs/amazon-kinesis-producer/blob/master/metrics.md
 * @module
 */
import type { ShardStats, StreamStats, Summary } from "../stats.js";
import { type Measure, ones, shares, single, type Values } from "./measure.js";

/** Units of CloudWatch that are used. */
export type CloudWatchUnit = "Count" | "Bytes" | "Milliseconds" | "None";

/** A metric of streams, and perhaps of shards. */
export interface CloudWatchMetric {
  readonly name: string;
  readonly level: "summary" | "detailed" | "extra";
  readonly unit: CloudWatchUnit;
  readonly values: Values;
  readonly stream: (stats: StreamStats) => Measure;
  /** Absent for a metric that no shard has. */
  readonly shard?: (stats: ShardStats) => Measure;
}

/** The metric with the dimension `ErrorCode`: a count for each code. */
export const ERRORS_BY_CODE: Pick<CloudWatchMetric, "name" | "level" | "unit" | "values"> & {
  readonly stream: (stats: StreamStats) => readonly Readonly<Record<string, number>>[];
  readonly shard: (stats: ShardStats) => readonly Readonly<Record<string, number>>[];
} = {
  name: "ErrorsByCode",
  level: "summary",
  unit: "Count",
  values: "ones",
  stream: (s) => [s.requestErrors, s.entryErrors],
  shard: (s) => [s.errors],
};

/** All others. */
export const KPL_METRICS: readonly CloudWatchMetric[] = [
  {
    name: "UserRecordsReceived",
    level: "detailed",
    unit: "Count",
    values: "ones",
    stream: (s) => ones(s.userRecordsAccepted),
  },
  {
    name: "UserRecordsPending",
    level: "detailed",
    unit: "Count",
    values: "sample",
    stream: (s) => single(s.bufferedRecords),
  },
  {
    name: "UserRecordsPut",
    level: "summary",
    unit: "Count",
    values: "shares",
    stream: (s) => shares(s.userRecordsDelivered, s.userRecordsDelivered + s.userRecordsFailed),
    shard: (s) => shares(s.userRecordsDelivered, s.userRecordsDelivered + s.userRecordsFailed),
  },
  {
    name: "UserRecordsDataPut",
    level: "detailed",
    unit: "Bytes",
    values: "sizes",
    stream: (s) => sizes(s.userRecordsDelivered, s.bytesDelivered, s, (shard) => shard.userRecordBytes),
    shard: (s) => s.userRecordBytes,
  },
  {
    name: "KinesisRecordsPut",
    level: "summary",
    unit: "Count",
    values: "shares",
    stream: (s) => shares(s.kinesisRecordsAccepted, s.kinesisRecordsSent),
    shard: (s) => shares(s.kinesisRecordsAccepted, answered(s)),
  },
  {
    name: "KinesisRecordsDataPut",
    level: "detailed",
    unit: "Bytes",
    values: "sizes",
    stream: (s) => sizes(s.kinesisRecordsAccepted, s.kinesisBytesAccepted, s, (shard) => shard.kinesisRecordBytes),
    shard: (s) => s.kinesisRecordBytes,
  },
  {
    name: "AllErrors",
    level: "summary",
    unit: "Count",
    values: "shares",
    stream: (s) => errorShare(sumOf(s.requestErrors) + sumOf(s.entryErrors), s.kinesisRecordsAccepted),
    shard: (s) => errorShare(sumOf(s.errors), s.kinesisRecordsAccepted),
  },
  {
    name: "RetriesPerRecord",
    level: "detailed",
    unit: "Count",
    values: "buckets",
    stream: (s) => s.retriesPerRecord,
    shard: (s) => s.retriesPerRecord,
  },
  {
    name: "UserRecordExpired",
    level: "summary",
    unit: "Count",
    values: "ones",
    stream: (s) => ones(s.userRecordsExpired),
    shard: (s) => ones(s.userRecordsExpired),
  },
  {
    name: "BufferingTime",
    level: "summary",
    unit: "Milliseconds",
    values: "buckets",
    stream: (s) => s.bufferingMs,
    shard: (s) => s.bufferingMs,
  },
  { name: "RequestTime", level: "detailed", unit: "Milliseconds", values: "buckets", stream: (s) => s.requestMs },
  {
    name: "UserRecordsPerKinesisRecord",
    level: "detailed",
    unit: "Count",
    values: "buckets",
    stream: (s) => s.userRecordsPerKinesisRecord,
    shard: (s) => s.userRecordsPerKinesisRecord,
  },
  {
    name: "KinesisRecordsPerPutRecordsRequest",
    level: "detailed",
    unit: "Count",
    values: "buckets",
    stream: (s) => s.kinesisRecordsPerRequest,
  },
  {
    name: "UserRecordsPerPutRecordsRequest",
    level: "detailed",
    unit: "Count",
    values: "buckets",
    stream: (s) => s.userRecordsPerRequest,
  },
];

/** Attempts of Kinesis records that were answered one by one; a request that failed as a whole has no shard. */
function answered(s: ShardStats): number {
  return s.kinesisRecordsAccepted + s.kinesisRecordsThrottled + s.kinesisRecordsRefused;
}

/** 1 for each error, 0 for each Kinesis record accepted: the average is the rate of errors. */
function errorShare(errors: number, accepted: number): Measure {
  return shares(errors, errors + accepted);
}

/** Sizes of a stream: the smallest and the largest are those of its shards. */
function sizes(count: number, sum: number, { shards }: StreamStats, read: (shard: ShardStats) => Summary): Measure {
  const known = Object.values(shards)
    .map(read)
    .filter((summary) => summary.count > 0);
  const mean = count === 0 ? 0 : sum / count;
  return {
    count,
    sum,
    min: Math.min(mean, ...known.map(({ min }) => min)),
    max: Math.max(mean, ...known.map(({ max }) => max)),
  };
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((a, b) => a + b, 0);
}
