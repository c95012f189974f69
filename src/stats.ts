import type { Transport } from "./core/ports.js";
import type { Pipeline, Stream } from "./pipeline/pipeline.js";

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
   * How records find their shards: `waiting` for the first map, `mapped`, `unmapped` when there is no map to be had, `auto`
   * when the service distributes them.
   */
  readonly routing: "waiting" | "mapped" | "unmapped" | "auto";
  readonly userRecordsAccepted: number;
  readonly userRecordsDelivered: number;
  /** Records that were accepted, or waited for room, and failed; not those that were refused at once. */
  readonly userRecordsFailed: number;
  readonly bytesDelivered: number;
  /** PutRecords requests sent. */
  readonly requests: number;
  /** Requests that failed as a whole. */
  readonly requestsFailed: number;
  readonly kinesisRecordsSent: number;
  readonly kinesisRecordsAccepted: number;
  readonly kinesisBytesSent: number;
  /** Kinesis records that were sent again, or packed anew to be. */
  readonly retries: number;
  /** Kinesis records that another shard than the predicted one took, also one of its id after the stream was created again. */
  readonly wrongShard: number;
  readonly shardMapRefreshes: number;
  /** Attempts that went wrong, by code: each entry (a Kinesis record) that was refused counts one, and each request that failed whole. */
  readonly errors: Readonly<Record<string, number>>;
  /** User records that failed for good, by the service's code, or else by ours: together as many as `userRecordsFailed`. */
  readonly failures: Readonly<Record<string, number>>;
  /** Records accepted and not settled. */
  readonly bufferedRecords: number;
  readonly bufferedBytes: number;
  readonly waitingPuts: number;
  /** Milliseconds since the oldest record in a queue was accepted; 0 when none is. */
  readonly oldestAgeMs: number;
  /** Milliseconds from acceptance to delivery, within 10 %. */
  readonly latencyMs: { readonly p50: number; readonly p90: number; readonly p99: number; readonly max: number };
  readonly shards: Readonly<Record<string, ShardStats>>;
}

/** What `KinesisProducer.stats()` returns: plain data, a copy. */
export interface ProducerStats {
  /** Records handed over and not settled, waiting puts included. */
  readonly outstandingRecords: number;
  readonly bufferedRecords: number;
  readonly bufferedBytes: number;
  readonly requestsInFlight: number;
  /** How PutRecords requests go out at present, and when it is by the SDK's client, why: for people to read. */
  readonly transport: string;
  readonly streams: Readonly<Record<string, StreamStats>>;
}

/** Reads every counter and gauge. */
export function readStats(pipeline: Pipeline, transport: Transport, now: number): ProducerStats {
  const streams: [string, StreamStats][] = [];
  for (const [name, stream] of pipeline.streams) streams.push([name, readStream(stream, now)]);
  return {
    outstandingRecords: pipeline.ledger.outstanding,
    bufferedRecords: pipeline.budget.records,
    bufferedBytes: pipeline.budget.bytes,
    requestsInFlight: pipeline.requestsInFlight,
    transport: describe(transport),
    streams: Object.fromEntries(streams),
  };
}

/** A transport of the caller's own need not describe itself, nor be able to. */
function describe(transport: Transport): string {
  try {
    return String(transport.describe?.() ?? "a transport of the caller's own");
  } catch (error) {
    return `a transport of the caller's own, whose describe() throws: ${String(error)}`;
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
