import type { Transport } from "./core/ports.js";
import type { Stream, Streams } from "./pipeline/streams.js";

/** A shard, as `stats()` shows it. */
export interface ShardStats {
  readonly userRecordsDelivered: number;
  readonly bytesDelivered: number;
  readonly kinesisRecordsAccepted: number;
  readonly kinesisRecordsThrottled: number;
  /** Kinesis records that wait for this shard now. */
  readonly kinesisRecordsWaiting: number;
  /** Share of the shard's ceilings in use, 0 to 1; below 1 after throttling. */
  readonly rateFactor: number;
}

/** A stream, as `stats()` shows it. */
export interface StreamStats {
  /**
   * How the shard of a record is found. `waiting`: records wait for the first shard map. `mapped`: by the shard map.
   * `unmapped`: without a shard map, because none could be read. `auto`: the service distributes the records.
   */
  readonly routing: "waiting" | "mapped" | "unmapped" | "auto";
  readonly userRecordsAccepted: number;
  readonly userRecordsDelivered: number;
  /**
   * Records that failed after they were accepted, or while they waited for room; not records that were refused at once.
   */
  readonly userRecordsFailed: number;
  readonly bytesDelivered: number;
  /** PutRecords requests sent. */
  readonly requests: number;
  /** Requests that failed as a whole. */
  readonly requestsFailed: number;
  readonly kinesisRecordsSent: number;
  readonly kinesisRecordsAccepted: number;
  readonly kinesisBytesSent: number;
  /** Kinesis records that were resent, or re-packed to be resent. */
  readonly retries: number;
  /**
   * Kinesis records that a shard other than the predicted one took. After the stream was re-created, a shard of the
   * same id is another shard.
   */
  readonly wrongShard: number;
  readonly shardMapRefreshes: number;
  /**
   * Failed attempts, by code. Each refused entry (a Kinesis record) counts one, and each request that failed as a whole
   * counts one.
   */
  readonly errors: Readonly<Record<string, number>>;
  /**
   * User records that failed for good, by the service's code, or else by this library's code. The sum is
   * `userRecordsFailed`.
   */
  readonly failures: Readonly<Record<string, number>>;
  /** Records accepted and not settled. */
  readonly bufferedRecords: number;
  readonly bufferedBytes: number;
  readonly waitingPuts: number;
  /** Milliseconds since the oldest record in a queue was accepted; 0 when the queues are empty. */
  readonly oldestAgeMs: number;
  /** Milliseconds from acceptance to delivery, within 10 %. */
  readonly latencyMs: { readonly p50: number; readonly p90: number; readonly p99: number; readonly max: number };
  readonly shards: Readonly<Record<string, ShardStats>>;
}

/** The result of `KinesisProducer.stats()`: plain data, a copy. */
export interface ProducerStats {
  /** Records handed over and not settled, waiting puts included. */
  readonly outstandingRecords: number;
  readonly bufferedRecords: number;
  readonly bufferedBytes: number;
  readonly requestsInFlight: number;
  /** How PutRecords is sent now, and the reason if it is the SDK's client. For humans; the text may change. */
  readonly transport: string;
  readonly streams: Readonly<Record<string, StreamStats>>;
}

/** Reads every counter and gauge. */
export function readStats(pipeline: Streams, transport: Transport, now: number): ProducerStats {
  const streams: [string, StreamStats][] = [];
  for (const [name, stream] of pipeline.byName) streams.push([name, readStream(stream, now)]);
  return {
    outstandingRecords: pipeline.ledger.outstanding,
    bufferedRecords: pipeline.budget.records,
    bufferedBytes: pipeline.budget.bytes,
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

function readStream({ pipeline, admission }: Stream, now: number): StreamStats {
  const { recorder } = pipeline;
  const { latency } = recorder;
  const oldestAt = pipeline.oldestAt();
  const shards: [string, ShardStats][] = [];
  for (const [shardId, counters] of recorder.shards) {
    const lane = pipeline.router.laneOf(shardId);
    const kinesisRecordsWaiting = lane?.queue.kinesisRecords ?? 0;
    shards.push([shardId, { ...counters, kinesisRecordsWaiting, rateFactor: lane?.limiter.rateFactor ?? 1 }]);
  }
  return {
    routing: pipeline.facts.mode,
    userRecordsAccepted: recorder.userRecordsAccepted,
    userRecordsDelivered: recorder.userRecordsDelivered,
    userRecordsFailed: recorder.userRecordsFailed,
    bytesDelivered: recorder.bytesDelivered,
    requests: recorder.requests,
    requestsFailed: recorder.requestsFailed,
    kinesisRecordsSent: recorder.kinesisRecordsSent,
    kinesisRecordsAccepted: recorder.kinesisRecordsAccepted,
    kinesisBytesSent: recorder.kinesisBytesSent,
    retries: recorder.retries,
    wrongShard: recorder.wrongShard,
    shardMapRefreshes: recorder.shardMapRefreshes,
    errors: Object.fromEntries(recorder.errors),
    failures: Object.fromEntries(recorder.failures),
    bufferedRecords: pipeline.budget.records,
    bufferedBytes: pipeline.budget.bytes,
    waitingPuts: admission.waiting,
    oldestAgeMs: oldestAt === Number.POSITIVE_INFINITY ? 0 : Math.max(0, now - oldestAt),
    latencyMs: {
      p50: latency.quantile(0.5),
      p90: latency.quantile(0.9),
      p99: latency.quantile(0.99),
      max: latency.max,
    },
    shards: Object.fromEntries(shards),
  };
}
