import { LatencyHistogram } from "./latency-histogram.js";

/** Counters of one shard. */
export interface ShardCounters {
  userRecordsDelivered: number;
  bytesDelivered: number;
  kinesisRecordsAccepted: number;
  kinesisRecordsThrottled: number;
}

/** Counts the events of one stream. Only additions; `stats()` evaluates them. */
export class StreamRecorder {
  userRecordsAccepted = 0;
  userRecordsDelivered = 0;
  userRecordsFailed = 0;
  bytesDelivered = 0;
  requests = 0;
  requestsFailed = 0;
  kinesisRecordsSent = 0;
  kinesisRecordsAccepted = 0;
  kinesisBytesSent = 0;
  retries = 0;
  wrongShard = 0;
  shardMapRefreshes = 0;
  readonly latency: LatencyHistogram = new LatencyHistogram();
  /** Refused entries and failed requests, by code. */
  readonly errors: Map<string, number> = new Map();
  /** User records that failed for good, by code. */
  readonly failures: Map<string, number> = new Map();
  readonly shards: Map<string, ShardCounters> = new Map();

  /** The counters of a shard, made on first use. */
  shard(shardId: string): ShardCounters {
    let counters = this.shards.get(shardId);
    if (counters === undefined) {
      counters = { userRecordsDelivered: 0, bytesDelivered: 0, kinesisRecordsAccepted: 0, kinesisRecordsThrottled: 0 };
      this.shards.set(shardId, counters);
    }
    return counters;
  }

  /** A Kinesis record with this many user records was delivered. */
  onDelivered(shardId: string, userRecords: number, bytes: number): void {
    this.userRecordsDelivered += userRecords;
    this.bytesDelivered += bytes;
    this.kinesisRecordsAccepted++;
    const shard = this.shard(shardId);
    shard.userRecordsDelivered += userRecords;
    shard.bytesDelivered += bytes;
    shard.kinesisRecordsAccepted++;
  }

  /** User records failed for good. */
  onFailed(code: string, userRecords: number): void {
    this.userRecordsFailed += userRecords;
    count(this.failures, code, userRecords);
  }

  /** An entry was refused, or a request failed whole. */
  onError(code: string): void {
    count(this.errors, code, 1);
  }
}

function count(counts: Map<string, number>, code: string, more: number): void {
  counts.set(code, (counts.get(code) ?? 0) + more);
}
