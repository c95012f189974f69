import type { Transport } from "./core/ports.js";
import type { Histogram } from "./metrics/histogram.js";
import { RECENT_SECONDS } from "./metrics/recent-outcomes.js";
import type { StreamRecorder } from "./metrics/recorder.js";
import type { Values } from "./metrics/running-summary.js";
import type { ShardRecorder } from "./metrics/shard-recorder.js";
import type { StreamPipeline } from "./pipeline/stream/stream-pipeline.js";
import { oldestAgeMs, type Stream, type Streams } from "./pipeline/streams.js";
import type { Distribution, ProducerStats, RecentStats, ShardStats, StreamStats, Summary } from "./stats.js";
import { noteLife } from "./stream-life.js";

/** Reads every counter and gauge. */
export function readStats(pipeline: Streams, transport: Transport, now: number): ProducerStats {
  const streams: [string, StreamStats][] = [];
  for (const [name, stream] of pipeline.byName) streams.push([name, readStream(stream, now)]);
  const { budget } = pipeline;
  return {
    outstandingRecords: pipeline.ledger.outstanding,
    bufferedRecords: budget.records,
    bufferedBytes: budget.bytes,
    maxBufferedRecords: budget.limits.maxRecords,
    maxBufferedBytes: budget.limits.maxBytes,
    requestsInFlight: pipeline.requestsInFlight,
    transport: describe(transport),
    streams: Object.fromEntries(streams),
  };
}

/** A caller's transport may have no describe(), or one that throws. */
function describe(transport: Transport): string {
  try {
    return String(transport.describe?.() ?? "the caller's transport");
  } catch (error) {
    return `the caller's transport; describe() threw: ${String(error)}`;
  }
}

function readStream(stream: Stream, now: number): StreamStats {
  const { pipeline, admission } = stream;
  const { recorder, budget } = pipeline;
  pipeline.forgetClosedShards();
  const stats: StreamStats = {
    routing: pipeline.facts.mode,
    ...readCounters(recorder),
    bufferedRecords: budget.records,
    bufferedBytes: budget.bytes,
    waitingPuts: admission.waiting,
    waitingBytes: admission.waitingBytes,
    oldestAgeMs: oldestAgeMs(stream, now),
    latencyMs: distributionOf(recorder.outcomes.latencyMs()),
    bufferingMs: distributionOf(recorder.bufferingMs),
    pacingMs: distributionOf(recorder.pacingMs),
    requestMs: distributionOf(recorder.requestMs),
    retriesPerRecord: distributionOf(recorder.retriesPerRecord),
    userRecordsPerKinesisRecord: distributionOf(recorder.userRecordsPerKinesisRecord),
    kinesisRecordsPerRequest: distributionOf(recorder.kinesisRecordsPerRequest),
    userRecordsPerRequest: distributionOf(recorder.userRecordsPerRequest),
    recent: readRecent(recorder, now),
    shards: readShards(pipeline, now),
  };
  noteLife(stats, recorder);
  return stats;
}

function readCounters(recorder: StreamRecorder) {
  const total = recorder.total();
  return {
    userRecordsAccepted: recorder.userRecordsAccepted,
    userRecordsRefused: recorder.userRecordsRefused,
    userRecordsDelivered: total.userRecordBytes.count,
    userRecordsFailed: total.userRecordsFailed,
    userRecordsExpired: total.userRecordsExpired,
    userRecordsMayBeDuplicate: recorder.userRecordsMayBeDuplicate,
    bytesDelivered: total.userRecordBytes.sum,
    requests: recorder.requests,
    requestsNotSent: recorder.requestsNotSent,
    requestsFailed: recorder.requestsFailed,
    kinesisRecordsSent: recorder.kinesisRecordsSent,
    kinesisRecordsAccepted: total.kinesisRecordBytes.count,
    kinesisRecordsThrottled: total.kinesisRecordsThrottled,
    kinesisRecordsRefused: total.kinesisRecordsRefused,
    kinesisBytesSent: recorder.kinesisBytesSent,
    kinesisBytesAccepted: total.kinesisRecordBytes.sum,
    retries: recorder.retries,
    wrongShard: recorder.wrongShard,
    shardMapRefreshes: recorder.shardMapRefreshes,
    aggregatesCompressed: recorder.aggregatesCompressed,
    aggregatesKept: recorder.aggregatesKept,
    aggregatesDivided: recorder.aggregatesDivided,
    bytesBeforeCompression: recorder.bytesBeforeCompression,
    bytesAfterCompression: recorder.bytesAfterCompression,
    requestErrors: Object.fromEntries(recorder.requestErrors),
    entryErrors: Object.fromEntries(recorder.entryErrors),
    failures: Object.fromEntries(recorder.failures),
  };
}

function readRecent({ outcomes }: StreamRecorder, now: number): RecentStats {
  const { delivered, failed, expired, latencyMs } = outcomes.read(now);
  return {
    seconds: RECENT_SECONDS,
    userRecordsDelivered: delivered,
    userRecordsFailed: failed,
    userRecordsExpired: expired,
    latencyMs: distributionOf(latencyMs),
  };
}

function readShards(pipeline: StreamPipeline, now: number): StreamStats["shards"] {
  const shards: [string, ShardStats][] = [];
  for (const [shardId, recorder] of pipeline.recorder.shards)
    shards.push([shardId, readShard(pipeline, shardId, recorder, now)]);
  return Object.fromEntries(shards);
}

function readShard(pipeline: StreamPipeline, shardId: string, shard: ShardRecorder, now: number): ShardStats {
  const { recordsPerSecond, bytesPerSecond } = pipeline.shardLimits;
  const lane = pipeline.router.laneOf(shardId);
  const load = shard.load.perSecond(now);
  return {
    userRecordsDelivered: shard.userRecordBytes.count,
    userRecordsFailed: shard.userRecordsFailed,
    userRecordsExpired: shard.userRecordsExpired,
    bytesDelivered: shard.userRecordBytes.sum,
    kinesisRecordsAccepted: shard.kinesisRecordBytes.count,
    kinesisRecordsThrottled: shard.kinesisRecordsThrottled,
    kinesisRecordsRefused: shard.kinesisRecordsRefused,
    kinesisBytesAccepted: shard.kinesisRecordBytes.sum,
    errors: Object.fromEntries(shard.errors),
    kinesisRecordsWaiting: lane?.queue.kinesisRecords ?? 0,
    rateFactor: lane?.limiter.rateFactor ?? 1,
    recordsUtilisation: load.records / recordsPerSecond,
    bytesUtilisation: load.bytes / bytesPerSecond,
    bufferingMs: summaryOf(shard.bufferingMs),
    retriesPerRecord: summaryOf(shard.retriesPerRecord),
    userRecordBytes: summaryOf(shard.userRecordBytes),
    kinesisRecordBytes: summaryOf(shard.kinesisRecordBytes),
    userRecordsPerKinesisRecord: summaryOf(shard.userRecordsPerKinesisRecord),
  };
}

function summaryOf({ count, sum, min, max }: Values): Summary {
  return { count, sum, min, max };
}

function distributionOf(histogram: Histogram): Distribution {
  const { count, sum, min, max } = histogram;
  return {
    count,
    sum,
    min,
    max,
    p50: histogram.quantile(0.5),
    p90: histogram.quantile(0.9),
    p99: histogram.quantile(0.99),
    buckets: histogram.buckets(),
  };
}
