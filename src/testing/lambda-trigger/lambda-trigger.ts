import { type RelatedShard, ShardFamily } from "../../core/shards/shard-family.js";
import { thrownText } from "../../wording/shown-error.js";
import type { JsonObject } from "../operations/operation.js";
import { Alarm } from "./alarm.js";
import { CallError, callerFor, type KinesisCaller } from "./kinesis-caller.js";
import { eventSourceOf } from "./lambda-event.js";
import { Mapping } from "./mapping.js";
import { type ResolvedTrigger, resolveTrigger } from "./resolve-options.js";
import { ShardReading } from "./shard-reading.js";
import { SHARD_BEGINNING, type ShardPlace, StreamSource } from "./stream-source.js";
import type { LambdaTriggerOptions } from "./trigger-options.js";
import { type LambdaTriggerStats, TriggerCounters } from "./trigger-stats.js";

/** Attempts of each call of the start. */
const START_ATTEMPTS = 10;

/** Codes after which a call is not repeated. */
const FINAL_CODES: ReadonlySet<string> = new Set(["ResourceNotFoundException", "ECONNREFUSED", "ENOTFOUND"]);

/** A call of `idle` that waits. */
interface IdleWaiter {
  readonly round: number;
  resolve(): void;
  reject(reason: unknown): void;
}

/**
 * Lambda's event source mapping for a Kinesis in this process, or for a LocalKinesis in another: it reads the stream,
 * and invokes a function with the documented events. Batches, retries, bisection, the on-failure destination, filters,
 * tumbling windows, and the order over a reshard are those of AWS, with its names and bounds: see
 * docs/lambda-trigger.md.
 *
 * @example
 * ```ts
 * const trigger = new LambdaTrigger({ kinesis, streamName: "clicks", handler, batchSize: 10 });
 * await trigger.start();
 * await producer.put({ partitionKey: "user-17", data: "hello" });
 * await trigger.idle(); // the function has handled every record so far
 * await trigger.close();
 * ```
 */
export class LambdaTrigger implements AsyncDisposable {
  readonly #options: ResolvedTrigger;
  readonly #caller: KinesisCaller;
  readonly #source: StreamSource;
  readonly #family = new ShardFamily<RelatedShard>();
  readonly #readings = new Map<string, ShardReading>();
  readonly #running = new Set<Promise<void>>();
  readonly #alarm: Alarm;
  #mapping: Mapping | undefined;
  #state: "new" | "running" | "closed" = "new";
  #waiters: IdleWaiter[] = [];
  #round = 0;
  #failure: { readonly reason: unknown } | undefined;

  /** @throws RangeError for an option that is unknown, out of range, or contradicts another */
  constructor(options: LambdaTriggerOptions) {
    this.#options = resolveTrigger(options);
    this.#caller = callerFor(options);
    this.#source = new StreamSource(this.#caller, options.streamName);
    this.#alarm = new Alarm(this.#options.clock);
  }

  /**
   * Begins to read. When it resolves, the places in all shards are fixed: with `LATEST`, the function gets every record
   * that is put from now on.
   *
   * @throws Error when it was started before, is closed meanwhile, or when the stream cannot be read
   */
  async start(): Promise<void> {
    if (this.#state !== "new") throw new Error(`a trigger starts once, and this one is ${this.#state}`);
    this.#state = "running";
    try {
      const { streamArn, retentionMs } = await this.#trying(() => this.#source.describe());
      this.#mapping = new Mapping(this.#options, eventSourceOf(streamArn), retentionMs);
      this.#family.add(await this.#trying(() => this.#source.listShards(this.#shardFilter())));
      const readings = this.#nextReadings(this.#startPlace());
      await Promise.all(readings.map((reading) => this.#trying(() => reading.open())));
      this.#run(readings);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /**
   * Resolves when every record that is stored now was handled, discarded, or refused by the filter. A batching window
   * is waited for, the end of a tumbling window is not. It never resolves while a batch is retried without end.
   *
   * @throws Error when the trigger is not running, ends first, or when the stream is gone
   */
  idle(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.reason);
    if (this.#state !== "running")
      return Promise.reject(new Error(`idle() needs a running trigger, this one is ${this.#state}`));
    const round = ++this.#round;
    return new Promise((resolve, reject) => {
      this.#waiters.push({ round, resolve, reject });
      for (const reading of this.#readings.values()) reading.poke(round);
    });
  }

  /** The figures since the start. */
  stats(): LambdaTriggerStats {
    return (this.#mapping?.counters ?? new TriggerCounters()).snapshot();
  }

  /** Ends the reading. Running invocations end first; no further one is made. May be called again. */
  async close(): Promise<void> {
    this.#state = "closed";
    this.#mapping?.close();
    for (const reading of this.#readings.values()) reading.stop();
    this.#alarm.ring();
    this.#caller.close();
    await Promise.all(this.#running);
    this.#rejectWaiters(new Error("the trigger was closed before it was idle"));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A call of the start, a few times: the stream may be throttled, or not yet active. */
  async #trying<Result>(call: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await call();
      } catch (error) {
        const isFinal = !(error instanceof CallError) || FINAL_CODES.has(error.code) || attempt === START_ATTEMPTS;
        if (isFinal || this.#state === "closed") throw error;
        await this.#alarm.sleep(this.#options.pollMs);
      }
    }
  }

  #shardFilter(): JsonObject | undefined {
    const { startingPosition, startingAt } = this.#options;
    if (startingPosition === "LATEST") return { Type: "AT_LATEST" };
    return startingAt === undefined ? undefined : { Type: "FROM_TIMESTAMP", Timestamp: startingAt.getTime() / 1_000 };
  }

  #startPlace(): ShardPlace {
    const { startingPosition, startingAt } = this.#options;
    return startingAt === undefined
      ? { ShardIteratorType: startingPosition }
      : { ShardIteratorType: startingPosition, Timestamp: startingAt.getTime() / 1_000 };
  }

  /** Readings of the shards whose parents are finished. */
  #nextReadings(place: ShardPlace): ShardReading[] {
    const mapping = this.#mapping as Mapping;
    return this.#family.takeReady().map(({ shardId }) => {
      const reading = new ShardReading(shardId, place, mapping, this.#source, () => this.#checkIdle());
      reading.poke(this.#round);
      this.#readings.set(shardId, reading);
      return reading;
    });
  }

  #run(readings: readonly ShardReading[]): void {
    for (const reading of readings) {
      const running = this.#runOne(reading)
        .catch((reason: unknown) => this.#fail(reason))
        .finally(() => this.#running.delete(running));
      this.#running.add(running);
    }
  }

  async #runOne(reading: ShardReading): Promise<void> {
    if (this.#state === "closed") return;
    if (!(await reading.run())) return;
    if (!(await this.#adoptChildren(reading.shardId))) return;
    this.#family.markRead(reading.shardId);
    this.#readings.delete(reading.shardId);
    this.#run(this.#nextReadings(SHARD_BEGINNING));
    this.#checkIdle();
  }

  /**
   * Adds the shards that descend from a shard at its end. A closed shard has children, and a listing without them is
   * stale.
   *
   * @returns false when the trigger was closed
   */
  async #adoptChildren(shardId: string): Promise<boolean> {
    while (this.#state === "running") {
      try {
        const listed = await this.#source.listShards();
        this.#family.addDescendants(listed);
        if (listed.some(({ parentShardIds }) => parentShardIds.includes(shardId))) return true;
      } catch (error) {
        if (!(error instanceof CallError) || error.code === "ResourceNotFoundException") throw error;
        if (this.#state !== "running") return false;
        this.#mapping?.counters.readFailed(error.message);
      }
      await this.#alarm.sleep(this.#options.pollMs);
    }
    return false;
  }

  #checkIdle(): void {
    const [waiter] = this.#waiters;
    if (waiter === undefined) return;
    for (const reading of this.#readings.values()) if (!reading.isIdle(waiter.round)) return;
    this.#waiters.shift();
    waiter.resolve();
    this.#checkIdle();
  }

  /** The stream cannot be read any more. */
  #fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.#mapping?.counters.broke(thrownText(reason));
    for (const reading of this.#readings.values()) reading.stop();
    this.#rejectWaiters(reason);
  }

  #rejectWaiters(reason: unknown): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { reject } of waiters) reject(reason);
  }
}
