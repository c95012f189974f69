import type { KinesisModel } from "../kinesis-model/kinesis-model.js";
import type { Shard } from "../kinesis-model/shard.js";
import type { CountedEntry } from "../operations/operation.js";
import { ShardMeter } from "./shard-meter.js";
import { type IdentifyUserRecord, identifyByContent, StreamReport } from "./stream-report.js";

/** What one shard took so far. */
export interface ShardCount {
  readonly shardId: string;
  readonly records: number;
  /** Data alone. */
  readonly bytes: number;
}

/** Knows what really happened, whatever the answers said. */
export class Oracle {
  readonly #model: KinesisModel;
  readonly #meters = new WeakMap<Shard, ShardMeter>();
  #inFlight = 0;
  #maxInFlight = 0;
  #connectionsOpened = 0;
  #throttledRecords = 0;
  #throttledCalls = 0;

  constructor(model: KinesisModel) {
    this.#model = model;
  }

  /**
   * What became of every user record of the stream, those of deleted streams of the name included. Empty where records
   * are only counted.
   *
   * @param identify - which user records are the same one; by default those with equal partition key and data
   */
  report(stream: string, identify: IdentifyUserRecord = identifyByContent): StreamReport {
    return StreamReport.of(this.#model.generationsOf(stream), identify);
  }

  /** Kinesis records and bytes of each shard, closed ones too; also where records are only counted. */
  shardCounts(stream: string): ShardCount[] {
    return this.#model
      .generationsOf(stream)
      .flatMap(({ shards }) => shards)
      .map(({ shardId, storedRecords, storedBytes }) => ({ shardId, records: storedRecords, bytes: storedBytes }));
  }

  /**
   * What came to a shard, second by second; of a stream that was created again, to the new one's.
   *
   * @throws ServiceError for an unknown stream or shard
   */
  rates(stream: string, shardId: string): ShardMeter {
    const model = this.#model.generationsOf(stream).at(-1) ?? this.#model.stream(stream);
    return this.#meterOf(model.shard(shardId));
  }

  /** Records that were refused because of their shard's limits, or by a fault in those words. */
  get throttledRecords(): number {
    return this.#throttledRecords;
  }

  /** Calls that were refused as a whole because of a limit, or by a fault in those words; PutRecord counts as record too. */
  get throttledCalls(): number {
    return this.#throttledCalls;
  }

  /** Calls that came and are not answered yet. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** The most calls there ever were at once. */
  get maxInFlight(): number {
    return this.#maxInFlight;
  }

  /** Connections so far; calls that come without one open none. */
  get connectionsOpened(): number {
    return this.#connectionsOpened;
  }

  /** A layer says so of each connection. */
  connectionOpened(): void {
    this.#connectionsOpened++;
  }

  /** A layer says so of each call, before anything else. */
  callBegan(): void {
    this.#inFlight++;
    if (this.#inFlight > this.#maxInFlight) this.#maxInFlight = this.#inFlight;
  }

  /** A layer says so once for each call, when its answer is given or its connection dead. */
  callEnded(): void {
    this.#inFlight--;
  }

  /** The service says so of each record that is put. */
  entryCame({ shard, countedBytes }: CountedEntry, isStored: boolean, now: number): void {
    const meter = this.#meterOf(shard);
    if (isStored) meter.take(countedBytes, now);
    else meter.refuse(now);
  }

  /** The service says so of each record that is throttled. */
  recordThrottled(): void {
    this.#throttledRecords++;
  }

  /** The service says so of each call that is throttled. */
  callThrottled(): void {
    this.#throttledCalls++;
  }

  #meterOf(shard: Shard): ShardMeter {
    let meter = this.#meters.get(shard);
    if (meter === undefined) {
      meter = new ShardMeter();
      this.#meters.set(shard, meter);
    }
    return meter;
  }
}
