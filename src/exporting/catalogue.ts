/**
 * Each metric of the exporters, once: name, unit, meaning, and how to read it from `stats()`. Prometheus and OpenTelemetry
 * take all of it, CloudWatch takes the rows of streams as its extra metrics; docs/exporters.md has the table.
 *
 * @module
 */

import type { SpoolStats } from "../spool/spool-stats.js";
import type { ProducerStats, ShardStats, StreamStats } from "../stats.js";
import type { CounterMetric, DistributionMetric, LabelledMetric, NumberMetric, ShardGauge } from "./metric.js";
import { byLabel, counter, gauge, histogram, shardGauge } from "./metric.js";

/** Milliseconds, from one request within a region to the default `recordTtlMs` and beyond. */
const TIMES_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000];
/** Powers of two: `stats()` has a bucket that ends at each of them, so that these counts are exact. */
const NUMBERS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 4_096, 16_384, 65_536];

const ROUTING_MODES = ["waiting", "mapped", "unmapped", "auto"] as const;

/** Numbers of a whole producer. */
export const PRODUCER_METRICS: readonly NumberMetric<ProducerStats>[] = [
  gauge(
    "outstanding_records",
    "user records",
    "User records handed over and not settled, waiting puts included.",
    (s) => s.outstandingRecords,
  ),
  gauge("requests_in_flight", "events", "PutRecords requests in flight.", (s) => s.requestsInFlight),
  gauge("buffer_limit_records", "user records", "The option maxBufferedRecords.", (s) => s.maxBufferedRecords),
  gauge("buffer_limit_bytes", "bytes", "The option maxBufferedBytes.", (s) => s.maxBufferedBytes),
];

/** Numbers of a spool; none of them without a spool. The oldest record is the oldest of all spools, the others add up. */
export const SPOOL_METRICS: readonly NumberMetric<SpoolStats>[] = [
  gauge("spool_records", "user records", "User records on disk that have not left the spool.", (s) => s.records),
  gauge("spool_bytes", "bytes", "Bytes of the spool on disk.", (s) => s.bytes),
  gauge("spool_limit_bytes", "bytes", "The spool's option maxBytes.", (s) => s.maxBytes),
  gauge(
    "spool_oldest_record_age",
    "milliseconds",
    "Age of the oldest user record that has not left the spool.",
    (s) => s.oldestAgeMs,
  ),
  gauge("spool_lag_bytes", "bytes", "Bytes on disk of user records that the producer has not got.", (s) => s.lagBytes),
  gauge("spool_waiting_appends", "events", "Appends that wait for room in the spool.", (s) => s.waitingAppends),
  counter(
    "spool_records_appended",
    "user records",
    "User records that were appended and are on disk.",
    (s) => s.appendedRecords,
  ),
  counter(
    "spool_records_delivered",
    "user records",
    "User records of the spool that were delivered.",
    (s) => s.deliveredRecords,
  ),
  counter(
    "spool_dead_letters",
    "user records",
    "User records that were refused for good, and are dead letters on disk.",
    (s) => s.refusedRecords,
  ),
  counter("spool_failed_groups", "events", "Groups of appends that the disk did not take.", (s) => s.failedGroups),
  counter(
    "spool_records_lost",
    "user records",
    "User records on disk that cannot be read any more.",
    (s) => s.lostRecords,
  ),
];

/** Counters and gauges of a stream. */
export const STREAM_METRICS: readonly NumberMetric<StreamStats>[] = [
  counter("user_records_accepted", "user records", "User records accepted.", (s) => s.userRecordsAccepted),
  counter(
    "user_records_refused",
    "user records",
    "User records refused at once: not valid, no room, closed.",
    (s) => s.userRecordsRefused,
  ),
  counter("user_records_delivered", "user records", "User records delivered.", (s) => s.userRecordsDelivered),
  counter(
    "user_records_failed",
    "user records",
    "User records that failed for good, expired ones included.",
    (s) => s.userRecordsFailed,
  ),
  counter(
    "user_records_expired",
    "user records",
    "User records that expired before they were delivered.",
    (s) => s.userRecordsExpired,
  ),
  counter(
    "user_records_may_be_duplicate",
    "user records",
    "User records delivered that may be in the stream twice.",
    (s) => s.userRecordsMayBeDuplicate,
  ),
  counter("delivered_bytes", "bytes", "Data of the user records delivered.", (s) => s.bytesDelivered),
  counter("requests", "requests", "PutRecords requests sent.", (s) => s.requests),
  counter(
    "requests_not_sent",
    "requests",
    "Requests that never left the process: no credentials, no connection.",
    (s) => s.requestsNotSent,
  ),
  counter(
    "requests_failed",
    "requests",
    "Requests that failed as a whole, those that were not sent included.",
    (s) => s.requestsFailed,
  ),
  counter(
    "kinesis_records_sent",
    "Kinesis records",
    "Kinesis records in requests that were sent.",
    (s) => s.kinesisRecordsSent,
  ),
  counter(
    "kinesis_records_accepted",
    "Kinesis records",
    "Kinesis records that the service accepted.",
    (s) => s.kinesisRecordsAccepted,
  ),
  counter(
    "kinesis_records_throttled",
    "Kinesis records",
    "Kinesis records that the service throttled.",
    (s) => s.kinesisRecordsThrottled,
  ),
  counter(
    "kinesis_records_refused",
    "Kinesis records",
    "Kinesis records that the service refused for another reason.",
    (s) => s.kinesisRecordsRefused,
  ),
  counter("kinesis_sent_bytes", "bytes", "Bytes of the Kinesis records sent.", (s) => s.kinesisBytesSent),
  counter("kinesis_accepted_bytes", "bytes", "Bytes of the Kinesis records accepted.", (s) => s.kinesisBytesAccepted),
  counter(
    "retries",
    "Kinesis records",
    "Kinesis records that were resent, or re-packed to be resent.",
    (s) => s.retries,
  ),
  counter(
    "wrong_shard",
    "Kinesis records",
    "Kinesis records that a shard other than the predicted one took.",
    (s) => s.wrongShard,
  ),
  counter("shard_map_refreshes", "events", "Refreshes of the shard map.", (s) => s.shardMapRefreshes),
  counter(
    "aggregates_compressed",
    "Kinesis records",
    "Kinesis records that were compressed.",
    (s) => s.aggregatesCompressed,
  ),
  counter(
    "aggregates_kept",
    "Kinesis records",
    "Kinesis records not compressed: not smaller, or the codec failed.",
    (s) => s.aggregatesKept,
  ),
  counter(
    "aggregates_divided",
    "Kinesis records",
    "Kinesis records divided: too large when they were compressed.",
    (s) => s.aggregatesDivided,
  ),
  counter(
    "before_compression_bytes",
    "bytes",
    "Bytes of the Kinesis records compressed or kept, before compression.",
    (s) => s.bytesBeforeCompression,
  ),
  counter(
    "after_compression_bytes",
    "bytes",
    "Bytes of the same Kinesis records after compression.",
    (s) => s.bytesAfterCompression,
  ),
  gauge("buffered_records", "user records", "User records accepted and not settled.", (s) => s.bufferedRecords),
  gauge("buffered_bytes", "bytes", "Bytes of the user records accepted and not settled.", (s) => s.bufferedBytes),
  gauge("waiting_puts", "events", "Puts that wait for room in the buffer.", (s) => s.waitingPuts),
  gauge("waiting_bytes", "bytes", "Bytes of the puts that wait for room in the buffer.", (s) => s.waitingBytes),
  gauge(
    "oldest_record_age",
    "milliseconds",
    "Age of the oldest user record that is not settled.",
    (s) => s.oldestAgeMs,
  ),
  gauge("shards", "events", "Shards with figures in stats().", (s) => Object.keys(s.shards).length),
  gauge(
    "hottest_shard_utilisation",
    "ratio",
    "Use of the busiest shard's ceilings in the last 10 s; 1 is all.",
    hottest,
  ),
  gauge(
    "slowest_shard_rate_factor",
    "ratio",
    "Part of the ceilings that the most throttled shard may use; 1 is all.",
    slowest,
  ),
];

/** Counters and gauges of a stream by code or mode. */
export const LABELLED_METRICS: readonly LabelledMetric[] = [
  byLabel(
    "code",
    "counter",
    "request_errors",
    "requests",
    "Requests that failed as a whole, by code.",
    (s) => s.requestErrors,
  ),
  byLabel(
    "code",
    "counter",
    "entry_errors",
    "Kinesis records",
    "Kinesis records throttled or refused, by code.",
    (s) => s.entryErrors,
  ),
  byLabel(
    "code",
    "counter",
    "failures",
    "user records",
    "User records that failed for good, by code.",
    (s) => s.failures,
  ),
  byLabel(
    "mode",
    "gauge",
    "routing",
    "events",
    "1 for the way in which the shard of a record is found, 0 for others.",
    (s) => Object.fromEntries(ROUTING_MODES.map((mode) => [mode, mode === s.routing ? 1 : 0])),
  ),
];

/** Distributions of a stream. */
export const DISTRIBUTION_METRICS: readonly DistributionMetric[] = [
  histogram(
    "record_latency",
    "milliseconds",
    "Time from the acceptance of a user record to its delivery.",
    TIMES_MS,
    (s) => s.latencyMs,
  ),
  histogram(
    "buffering_time",
    "milliseconds",
    "Time before an attempt: since acceptance, or the end of the attempt before.",
    TIMES_MS,
    (s) => s.bufferingMs,
  ),
  histogram(
    "pacing_time",
    "milliseconds",
    "Time for which a due Kinesis record waited for its shard's limiter.",
    TIMES_MS,
    (s) => s.pacingMs,
  ),
  histogram("request_time", "milliseconds", "Time of a PutRecords request.", TIMES_MS, (s) => s.requestMs),
  histogram(
    "retries_per_record",
    "events",
    "Retries of a user record, counted at its end.",
    [0, 1, 2, 3, 4, 8, 16, 32, 64],
    (s) => s.retriesPerRecord,
  ),
  histogram(
    "user_records_per_kinesis_record",
    "user records",
    "User records in a Kinesis record, for each attempt.",
    NUMBERS,
    (s) => s.userRecordsPerKinesisRecord,
  ),
  histogram(
    "kinesis_records_per_request",
    "Kinesis records",
    "Kinesis records in a PutRecords request.",
    NUMBERS.slice(0, 10),
    (s) => s.kinesisRecordsPerRequest,
  ),
  histogram(
    "user_records_per_request",
    "user records",
    "User records in a PutRecords request.",
    NUMBERS,
    (s) => s.userRecordsPerRequest,
  ),
];

/** Counters of a shard. Their names are apart from those of streams, so that no sum counts a record twice. */
export const SHARD_COUNTERS: readonly CounterMetric<ShardStats>[] = [
  counter(
    "shard_user_records_delivered",
    "user records",
    "User records delivered to the shard.",
    (s) => s.userRecordsDelivered,
  ),
  counter(
    "shard_user_records_failed",
    "user records",
    "User records for the shard that failed for good.",
    (s) => s.userRecordsFailed,
  ),
  counter(
    "shard_user_records_expired",
    "user records",
    "User records for the shard that expired.",
    (s) => s.userRecordsExpired,
  ),
  counter(
    "shard_delivered_bytes",
    "bytes",
    "Data of the user records delivered to the shard.",
    (s) => s.bytesDelivered,
  ),
  counter(
    "shard_kinesis_records_accepted",
    "Kinesis records",
    "Kinesis records that the shard accepted.",
    (s) => s.kinesisRecordsAccepted,
  ),
  counter(
    "shard_kinesis_records_throttled",
    "Kinesis records",
    "Kinesis records that the shard throttled.",
    (s) => s.kinesisRecordsThrottled,
  ),
  counter(
    "shard_kinesis_records_refused",
    "Kinesis records",
    "Kinesis records that the shard refused for another reason.",
    (s) => s.kinesisRecordsRefused,
  ),
  counter(
    "shard_kinesis_accepted_bytes",
    "bytes",
    "Bytes of the Kinesis records that the shard accepted.",
    (s) => s.kinesisBytesAccepted,
  ),
  counter("shard_errors", "Kinesis records", "Kinesis records for the shard that were throttled or refused.", (s) =>
    sumOf(s.errors),
  ),
];

/** Gauges of a shard. */
export const SHARD_GAUGES: readonly ShardGauge[] = [
  shardGauge(
    "shard_kinesis_records_waiting",
    "Kinesis records",
    "Kinesis records that wait for the shard.",
    (s) => s.kinesisRecordsWaiting,
    (a, b) => a + b,
  ),
  shardGauge(
    "shard_rate_factor",
    "ratio",
    "Part of the shard's ceilings that the producer may use; below 1 after throttling.",
    (s) => s.rateFactor,
    Math.min,
  ),
  shardGauge(
    "shard_records_utilisation",
    "ratio",
    "Use of the shard's ceiling of records in the last 10 s; 1 is all.",
    (s) => s.recordsUtilisation,
    Math.max,
  ),
  shardGauge(
    "shard_bytes_utilisation",
    "ratio",
    "Use of the shard's ceiling of bytes in the last 10 s; 1 is all.",
    (s) => s.bytesUtilisation,
    Math.max,
  ),
];

function hottest({ shards }: StreamStats): number {
  return Math.max(0, ...Object.values(shards).map((s) => Math.max(s.bytesUtilisation, s.recordsUtilisation)));
}

function slowest({ shards }: StreamStats): number {
  return Math.min(1, ...Object.values(shards).map((s) => s.rateFactor));
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((a, b) => a + b, 0);
}
