import { MILLISECONDS, WHOLE_NUMBERS } from "./bucket-grid.js";
import { addCount } from "./count-by-code.js";
import { DeliveryTimes } from "./delivery-times.js";
import { Histogram } from "./histogram.js";
import { RecentOutcomes } from "./recent-outcomes.js";
import type { Values } from "./running-summary.js";
import { ShardRecorder } from "./shard-recorder.js";

/** One Kinesis record in a request that left the process. */
export interface SentKinesisRecord {
  /** The predicted shard. */
  readonly shardId: string | undefined;
  readonly userRecords: number;
  readonly bytes: number;
  /** How long its shard's limiter held it back. */
  readonly pacedMs: number;
}

/** User records that have an outcome together, because they are in one Kinesis record. */
export interface EndedRecords {
  /** The shard that took them, or, if they failed, the predicted one. */
  readonly shardId: string | undefined;
  readonly userRecords: number;
  /** All requests that contained them. */
  readonly attempts: number;
}

/** A Kinesis record that the codec has seen, with its bytes as Kinesis counts them. */
export interface PressedRecord {
  readonly outcome: "compressed" | "kept" | "divided";
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** Counts the events of one stream and its shards. Only additions; `stats()` evaluates them. */
export class StreamRecorder {
  userRecordsAccepted = 0;
  userRecordsRefused = 0;
  userRecordsMayBeDuplicate = 0;
  requests = 0;
  requestsNotSent = 0;
  requestsFailed = 0;
  kinesisRecordsSent = 0;
  kinesisBytesSent = 0;
  retries = 0;
  wrongShard = 0;
  shardMapRefreshes = 0;
  aggregatesCompressed = 0;
  aggregatesKept = 0;
  aggregatesDivided = 0;
  bytesBeforeCompression = 0;
  bytesAfterCompression = 0;
  readonly bufferingMs: Histogram = new Histogram(MILLISECONDS);
  readonly pacingMs: Histogram = new Histogram(MILLISECONDS);
  readonly requestMs: Histogram = new Histogram(MILLISECONDS);
  readonly retriesPerRecord: Histogram = new Histogram(WHOLE_NUMBERS);
  readonly userRecordsPerKinesisRecord: Histogram = new Histogram(WHOLE_NUMBERS);
  readonly kinesisRecordsPerRequest: Histogram = new Histogram(WHOLE_NUMBERS);
  readonly userRecordsPerRequest: Histogram = new Histogram(WHOLE_NUMBERS);
  /** Outcomes of the last minute, and the latency of all time. */
  readonly outcomes: RecentOutcomes = new RecentOutcomes();
  /** Requests that failed whole, by code. */
  readonly requestErrors: Map<string, number> = new Map();
  /** Refused Kinesis records, by code. */
  readonly entryErrors: Map<string, number> = new Map();
  /** User records that failed for good, by code. */
  readonly failures: Map<string, number> = new Map();
  readonly shards: Map<string, ShardRecorder> = new Map();
  /** Events without a shard, and those of shards that are forgotten. */
  readonly #others: ShardRecorder = new ShardRecorder();

  /** The counters of a shard, made on first use. */
  shard(shardId: string | undefined): ShardRecorder {
    if (shardId === undefined) return this.#others;
    return this.shards.get(shardId) ?? this.#newShard(shardId);
  }

  #newShard(shardId: string): ShardRecorder {
    const shard = new ShardRecorder();
    this.shards.set(shardId, shard);
    return shard;
  }

  /** Forgets the shards that are not in use; their counts stay in {@link total}. */
  forgetShards(isInUse: (shardId: string) => boolean): void {
    for (const [shardId, shard] of this.shards) {
      if (isInUse(shardId)) continue;
      this.#others.add(shard);
      this.shards.delete(shardId);
    }
  }

  /** The counts of all shards there ever were, and of events without a shard. */
  total(): ShardRecorder {
    const total = new ShardRecorder();
    total.add(this.#others);
    for (const shard of this.shards.values()) total.add(shard);
    return total;
  }

  get userRecordsDelivered(): number {
    return this.total().userRecordBytes.count;
  }

  get userRecordsFailed(): number {
    return this.total().userRecordsFailed;
  }

  /** A request that left the process was answered, or broken off. */
  onRequest(kinesisRecords: number, userRecords: number, durationMs: number): void {
    this.requests++;
    this.kinesisRecordsSent += kinesisRecords;
    this.requestMs.record(durationMs);
    this.kinesisRecordsPerRequest.record(kinesisRecords);
    this.userRecordsPerRequest.record(userRecords);
  }

  /** One Kinesis record of such a request. */
  onKinesisRecord({ shardId, userRecords, bytes, pacedMs }: SentKinesisRecord): void {
    this.kinesisBytesSent += bytes;
    this.pacingMs.record(pacedMs);
    this.userRecordsPerKinesisRecord.record(userRecords);
    this.shard(shardId).userRecordsPerKinesisRecord.record(userRecords);
  }

  /** A request failed as a whole. */
  onRequestFailed(code: string): void {
    this.requestsFailed++;
    addCount(this.requestErrors, code, 1);
  }

  /** A Kinesis record came back from the codec. The parts of a divided one come again: their bytes count then. */
  onPressed({ outcome, bytesBefore, bytesAfter }: PressedRecord): void {
    if (outcome === "divided") {
      this.aggregatesDivided++;
      return;
    }
    if (outcome === "compressed") this.aggregatesCompressed++;
    else this.aggregatesKept++;
    this.bytesBeforeCompression += bytesBefore;
    this.bytesAfterCompression += bytesAfter;
  }

  /** A shard took a Kinesis record. */
  onAccepted(shardId: string, bytes: number, now: number): void {
    const shard = this.shard(shardId);
    shard.kinesisRecordBytes.record(bytes);
    shard.load.add(bytes, now);
  }

  /** A Kinesis record was refused. */
  onRefused(shardId: string | undefined, code: string, isThrottled: boolean): void {
    addCount(this.entryErrors, code, 1);
    this.shard(shardId).onRefused(code, isThrottled);
  }

  /** Counts the times of user records that a shard stored: their latency, and the wait for their first request. */
  timesOf(shardId: string, deliveredAt: number, startedAt: number): DeliveryTimes {
    const { latencyMs } = this.outcomes.at(deliveredAt);
    const bufferedMs = this.shard(shardId).bufferingMs;
    return new DeliveryTimes({ latencyMs, bufferingMs: this.bufferingMs, bufferedMs, deliveredAt, startedAt });
  }

  /** User records of one Kinesis record were delivered, with data of these sizes. */
  onDelivered({ shardId, userRecords, attempts }: EndedRecords, dataBytes: Values, mayBeDuplicate: boolean): void {
    if (mayBeDuplicate) this.userRecordsMayBeDuplicate += userRecords;
    const shard = this.shard(shardId);
    shard.userRecordBytes.add(dataBytes);
    this.#onEnded(shard, userRecords, attempts);
  }

  /** User records failed for good. */
  onFailed({ shardId, userRecords, attempts }: EndedRecords, code: string, isExpired: boolean, now: number): void {
    const shard = this.shard(shardId);
    const slice = this.outcomes.at(now);
    shard.userRecordsFailed += userRecords;
    slice.failed += userRecords;
    if (isExpired) {
      shard.userRecordsExpired += userRecords;
      slice.expired += userRecords;
    }
    addCount(this.failures, code, userRecords);
    this.#onEnded(shard, userRecords, attempts);
  }

  #onEnded(shard: ShardRecorder, userRecords: number, attempts: number): void {
    const retries = Math.max(0, attempts - 1);
    this.retriesPerRecord.record(retries, userRecords);
    shard.retriesPerRecord.record(retries, userRecords);
  }

  /** User records waited this long before one of their requests. */
  onBuffered(shardId: string | undefined, ms: number, userRecords: number): void {
    this.bufferingMs.record(ms, userRecords);
    this.shard(shardId).bufferingMs.record(ms, userRecords);
  }
}
