import type { KinesisModel } from "../kinesis-model/kinesis-model.js";
import type { Shard } from "../kinesis-model/shard.js";
import type { CountedEntry } from "../operations/operation.js";
import { ShardMeter } from "./shard-meter.js";
import { type IdentifyUserRecord, identifyByContent, StreamReport } from "./stream-report.js";

/** Totals of one shard. */
export interface ShardCount {
  readonly shardId: string;
  readonly records: number;
  /** Bytes of data, without keys. */
  readonly bytes: number;
}

/** Knows the real outcome of every call, independent of the answers. */
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
   * The fate of every user record of the stream, including those of deleted streams with the name. Empty where records
   * are only counted.
   *
   * @param identify - makes the id of a user record; by default records with equal partition key and data are the same
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
   * The load of a shard, second by second. After a re-creation, that of the new stream's shard.
   *
   * @throws ServiceError for an unknown stream or shard
   */
  rates(stream: string, shardId: string): ShardMeter {
    const model = this.#model.generationsOf(stream).at(-1) ?? this.#model.stream(stream);
    return this.#meterOf(model.shard(shardId));
  }

  /** Records that were refused by the limits of their shard, or by a fault with the same code. */
  get throttledRecords(): number {
    return this.#throttledRecords;
  }

  /** Calls that were refused whole by a limit, or by a fault with the same code. PutRecord counts as a record too. */
  get throttledCalls(): number {
    return this.#throttledCalls;
  }

  /** Calls without an answer so far. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** The highest number of calls in flight. */
  get maxInFlight(): number {
    return this.#maxInFlight;
  }

  /** Connections so far; calls without a socket open none. */
  get connectionsOpened(): number {
    return this.#connectionsOpened;
  }

  /** Called by a layer for each connection. */
  connectionOpened(): void {
    this.#connectionsOpened++;
  }

  /** Called by a layer at the start of each call. */
  callBegan(): void {
    this.#inFlight++;
    if (this.#inFlight > this.#maxInFlight) this.#maxInFlight = this.#inFlight;
  }

  /** Called by a layer once for each call, when it was answered or its connection is dead. */
  callEnded(): void {
    this.#inFlight--;
  }

  /** Called by the service for each record. */
  entryCame({ shard, countedBytes }: CountedEntry, isStored: boolean, now: number): void {
    const meter = this.#meterOf(shard);
    if (isStored) meter.take(countedBytes, now);
    else meter.refuse(now);
  }

  /** Called by the service for each throttled record. */
  recordThrottled(): void {
    this.#throttledRecords++;
  }

  /** Called by the service for each throttled call. */
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
