import type { RecordDistribution, ShardDescription } from "../../core/ports.js";
import { wholeNumberProblem } from "../../wording/whole-number.js";
import type { FaultScript } from "../faults/fault-script.js";
import { keepsShape } from "../input/read-input.js";
import type { KinesisModel } from "../kinesis-model/kinesis-model.js";
import type { StoredRecord } from "../kinesis-model/shard.js";
import { MAX_SHARDS, type StreamOptions } from "../kinesis-model/stream-settings.js";
import type { LimitOptions } from "../limits/limit-options.js";
import type { ServiceTime } from "../operations/operation.js";
import type { Oracle } from "../oracle/oracle.js";
import { KinesisService, type KinesisServiceOptions, type ModelStorage } from "./kinesis-service.js";

/**
 * The controls of a stand-in for tests, the same for each of its layers. Their changes are complete at once. `timing`
 * is for changes that clients request, except that listings stay stale for its time.
 */
export class KinesisControls {
  protected readonly service: KinesisService;
  readonly #clock: ServiceTime;

  protected constructor(options: KinesisServiceOptions, clock: ServiceTime, storage?: ModelStorage) {
    for (const name of Object.keys(options.streams ?? {})) checkStreamName(name);
    this.#clock = clock;
    this.service = new KinesisService(options, clock.epochNow(), clock, storage);
  }

  /** The faults: add them as data or as text, at any time. They run after the hooks of `control`. */
  get faults(): FaultScript {
    return this.service.faults;
  }

  /** The real outcome of every call, independent of the answers. */
  get oracle(): Oracle {
    return this.service.oracle;
  }

  /** Replaces the limits. @throws RangeError for an option out of range */
  setLimits(limits: boolean | LimitOptions): void {
    this.service.setLimits(limits);
  }

  /** Destroys every connection, and accepts no new one for `ms` milliseconds. */
  refuseConnections(ms: number): void {
    this.service.refuseConnections(ms, this.#clock.epochNow());
  }

  /** The names of all streams, sorted. */
  streamNames(): string[] {
    return this.#model.streams.map(({ identity }) => identity.name);
  }

  /**
   * Every stored Kinesis record that has not expired, shard by shard, in order within each shard. The bytes belong to
   * the store: do not change them.
   */
  records(stream: string): StoredRecord[] {
    return this.#model.stream(stream).shards.flatMap((shard) => shard.records);
  }

  /** Every shard, closed ones too, in the order of their numbers. */
  shards(stream: string): ShardDescription[] {
    return this.#model.stream(stream).describeShards();
  }

  /** @throws ServiceError when the name is taken; RangeError for a name or an option out of range */
  createStream(name: string, options: StreamOptions = {}): void {
    checkStreamName(name);
    this.#change((model, now) => model.createStream(name, options, now));
  }

  /** Deletes a stream at once. @throws ServiceError for an unknown name */
  deleteStream(name: string): void {
    this.#change((model) => model.deleteStream(name));
  }

  /** Makes the stream on-demand and sets its record distribution, for records from now on. */
  setRecordDistribution(stream: string, recordDistribution: RecordDistribution): void {
    this.#change((model) => model.stream(stream).change({ mode: "ON_DEMAND", recordDistribution }));
  }

  /**
   * Splits an open shard, by default in the middle.
   *
   * @param secondStart - first hash key of the second child
   * @returns ids of the children, in the order of their ranges
   */
  splitShard(stream: string, shardId: string, secondStart?: bigint): [string, string] {
    const [low, high] = this.#change((model, now) => model.stream(stream).splitShard(shardId, now, secondStart));
    return [low.shardId, high.shardId];
  }

  /** Merges two adjacent open shards; returns the id of the child. */
  mergeShards(stream: string, shardId: string, adjacentShardId: string): string {
    return this.#change((model, now) => model.stream(stream).mergeShards(shardId, adjacentShardId, now)).shardId;
  }

  /** Reshards to `count` even ranges, without the service's limits; returns the ids of the open shards by range. */
  updateShardCount(stream: string, count: number): string[] {
    const problem = wholeNumberProblem("the shard count", count, 1, MAX_SHARDS);
    if (problem !== undefined) throw new RangeError(problem);
    this.#change((model, now) => model.stream(stream).updateShardCount(count, now));
    return this.#model.stream(stream).openShards.map((shard) => shard.shardId);
  }

  /** Makes a change. With a storage, it is durable when this returns. */
  #change<Result>(make: (model: KinesisModel, now: number) => Result): Result {
    const model = this.#model;
    const result = make(model, this.#clock.epochNow());
    model.commit();
    return result;
  }

  /** The model at this moment, with all due changes made. */
  get #model(): KinesisModel {
    const { model } = this.service;
    model.advance(this.#clock.epochNow());
    return model;
  }
}

function checkStreamName(name: string): void {
  if (!keepsShape("StreamName", name)) throw new RangeError(`no stream name: ${name}`);
}
