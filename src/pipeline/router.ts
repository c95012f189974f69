import { type AggregateLimits, newAggregator, type Packing } from "../core/aggregator.js";
import type { BufferBudget, StreamBudget } from "../core/buffer-budget.js";
import { reschedule, type TakenRecord } from "../core/collector.js";
import { DeadlineHeap } from "../core/deadline-heap.js";
import { effectiveHashKey, newHashWords } from "../core/hash-key.js";
import { Lane } from "../core/lane.js";
import { LaneQueue } from "../core/lane-queue.js";
import type { PendingKinesisRecord } from "../core/pending-kinesis-record.js";
import type { PlacedRecord } from "../core/placed-record.js";
import type { Random } from "../core/ports.js";
import { backoffMs, limitsBefore, Pause, RETRY_BACKOFF } from "../core/retry-policy.js";
import { ShardLimiter, type ShardLimits } from "../core/shard-limiter.js";
import { isSameRange, type OpenShard, rangesOverlap, type ShardMap } from "../core/shard-map.js";
import type { StreamShards } from "../core/stream-shards.js";
import type { FailureReason, Outcomes } from "./outcomes.js";

/**
 * How records find their lane.
 *
 * - `waiting`: nothing is known yet; everything is held
 * - `mapped`: by the shard map
 * - `unmapped`: no map is to be had; one lane, packed so that no shard boundary can matter
 * - `auto`: the service chooses the shard, keys are ignored; one lane, every record by itself
 */
export type RoutingMode = "waiting" | "mapped" | "unmapped" | "auto";

/** What of a record decides about its lane. */
export type RoutedKey = Pick<PlacedRecord, "key" | "explicitHashKey">;

export interface RouterParts {
  readonly shards: StreamShards;
  readonly outcomes: Outcomes;
  readonly budget: BufferBudget;
  /** What the stream holds; each lane has its share of it. */
  readonly streamBudget: StreamBudget;
  readonly packing: Packing;
  /** Bounds of an aggregate, by what is known of the stream now. */
  readonly aggregateLimits: () => AggregateLimits;
  readonly shardLimits: ShardLimits;
  readonly lingerMs: number;
  readonly isOrdered: boolean;
  readonly recordTtlMs: number;
  readonly random: Random;
  /** Refuses a record that the stream, now that it is known, does not take. */
  readonly refusalOf: (record: PlacedRecord) => FailureReason | undefined;
}

/** Holds a lane until somebody decides otherwise. */
const UNTIL_DECIDED = Number.MAX_VALUE;

const NOT_INDEXED = { map: undefined, lanes: [] } as const satisfies { map: undefined; lanes: Lane[] };

/**
 * Brings every record to its lane, and brings what waits to other lanes when the map, or the way of packing, changes.
 */
export class Router {
  /** The lanes with something to do, by the moment at which it is due. */
  readonly schedule: DeadlineHeap<Lane> = new DeadlineHeap();
  readonly #parts: RouterParts;
  readonly #byShard: Map<string, Lane> = new Map();
  /** The same by place in the map, for the way of every record; of no map in every mode but `mapped`. */
  #indexed: { readonly map: ShardMap | undefined; readonly lanes: Lane[] } = NOT_INDEXED;
  readonly #hash = newHashWords();
  #mode: RoutingMode = "waiting";
  /** The lane of everything that has no predicted shard, in every mode but `mapped`. */
  #shared: Lane;
  /** Where order is kept: lanes that take no more records, while something of theirs is on its way. Rule 21. */
  readonly #leaving: Set<Lane> = new Set();
  /** See {@link cover}. */
  #dueThrough = -1;
  /** Another number whenever a key may belong to another lane than before. */
  lanesVersion = 0;

  constructor(parts: RouterParts, now: number) {
    this.#parts = parts;
    this.#shared = this.#newLane(undefined, parts.packing, parts.shardLimits, now);
    this.#shared.heldUntil = UNTIL_DECIDED;
  }

  /** The lane of everything that has no predicted shard. */
  get shared(): Lane {
    return this.#shared;
  }

  get mode(): RoutingMode {
    return this.#mode;
  }

  /** Every lane there is. */
  lanes(): Lane[] {
    return [this.#shared, ...this.#byShard.values()];
  }

  /** The lane of a shard, if records were predicted for it. */
  laneOf(shardId: string): Lane | undefined {
    return this.#byShard.get(shardId);
  }

  /** The lane that a record belongs to now. */
  route(record: RoutedKey, now: number): Lane {
    const { map, lanes } = this.#indexed;
    // The way of nearly all: the lane is known.
    if (map !== undefined && map === this.#parts.shards.map && record.explicitHashKey === undefined) {
      const lane = lanes[map.predictKey(record.key)];
      if (lane !== undefined) return lane;
    }
    return this.#findLane(record, now);
  }

  #findLane(record: RoutedKey, now: number): Lane {
    if (this.#mode !== "mapped") return this.#shared;
    const map = this.#parts.shards.map as ShardMap;
    if (map !== this.#indexed.map) this.#indexed = { map, lanes: [] };
    const { lanes } = this.#indexed;
    const index =
      record.explicitHashKey === undefined ? map.predictKey(record.key) : this.#predictExplicit(record, map);
    const lane = lanes[index] ?? this.#laneFor(map.shards[index] as OpenShard, now);
    lanes[index] = lane;
    return lane;
  }

  #predictExplicit(record: RoutedKey, map: ShardMap): number {
    effectiveHashKey(record, this.#hash);
    return map.predict(this.#hash);
  }

  #laneFor(shard: OpenShard, now: number): Lane {
    let lane = this.#byShard.get(shard.shardId);
    if (lane === undefined) {
      lane = this.#newLane(shard, this.#parts.packing, this.#parts.shardLimits, now);
      this.#byShard.set(shard.shardId, lane);
    }
    return lane;
  }

  /** A Kinesis record is not on its way any more: what waits for that may go. */
  release({ lane, record }: TakenRecord): void {
    if (!lane.release(record)) return;
    if (!this.#leaving.has(lane)) this.reschedule(lane);
    else if (!lane.isBusy) {
      this.#leaving.delete(lane);
      this.#bar();
    }
  }

  /** Takes a new record into the lane it belongs to; returns when the lane is due if that has changed, Infinity otherwise. */
  accept(record: PlacedRecord, lane: Lane): number {
    return !lane.queue.add(record) && lane.heapIndex >= 0 ? Number.POSITIVE_INFINITY : this.#dueAt(lane);
  }

  #dueAt(lane: Lane): number {
    this.reschedule(lane);
    return lane.heapIndex < 0 ? Number.POSITIVE_INFINITY : lane.deadline;
  }

  /** Looks again at when a lane is due. */
  reschedule(lane: Lane): void {
    reschedule(this.schedule, lane, this.#parts.lingerMs);
  }

  /** A flush covers this generation, and all before it: what is of them is due at once. */
  cover(generation: number): void {
    if (generation <= this.#dueThrough) return;
    this.#dueThrough = generation;
    for (const lane of this.lanes()) if (lane.queue.cover(generation)) this.reschedule(lane);
  }

  /** Ends the growth of what could go now, and only waits for more. What waits for quota or a pause may grow meanwhile. */
  completeUnblocked(now: number): void {
    for (const lane of this.lanes()) this.completeIfUnblocked(lane, now);
  }

  /** The same for one lane. */
  completeIfUnblocked(lane: Lane, now: number): void {
    if (lane.blockedUntil > now) return;
    lane.queue.complete();
    this.reschedule(lane);
  }

  /** Whether the lane still takes records; one whose shard has closed does not. */
  isCurrent(lane: Lane): boolean {
    return lane === this.#shared ? this.#mode !== "mapped" : this.#byShard.get(lane.shard?.shardId ?? "") === lane;
  }

  /**
   * Whether an aggregate that comes back from the lane was made while its shard was the one that the map says, as far as
   * is known. Without trust a lane makes aggregates of one key, or none: then it is from before.
   */
  wasBelieved(lane: Lane): boolean {
    const { packing } = lane.queue.aggregator;
    return lane.shard !== undefined && (packing === this.#parts.packing || packing === "none");
  }

  /** Puts Kinesis records back in front of a lane, or, when the lane has gone, of the lanes they belong to now. */
  giveBack(lane: Lane, records: readonly PendingKinesisRecord[], now: number): void {
    // Packed before the lane lost its trust, they could be torn again.
    const isTorn = (record: PendingKinesisRecord): boolean => !record.hasOneKey;
    if (!this.isCurrent(lane) || (lane.queue.aggregator.packing !== "shard" && records.some(isTorn))) {
      this.repack(records, now);
      return;
    }
    lane.queue.giveBack(records);
    this.reschedule(lane);
  }

  /**
   * Puts refused Kinesis records back where no shard could be paused for them: their keys pause, each as long as the
   * record was refused before; where keys mean nothing, only the records themselves. Rule 15.
   */
  giveBackPaused(lane: Lane, records: readonly PendingKinesisRecord[], now: number): void {
    if (!this.isCurrent(lane)) {
      this.repack(records, now);
      return;
    }
    for (let i = records.length - 1; i >= 0; i--) {
      const record = records[i] as PendingKinesisRecord;
      const limits = limitsBefore(RETRY_BACKOFF, record.oldestAt + this.#parts.recordTtlMs - now);
      const pauseMs = backoffMs(limits, Math.max(1, record.history.counted), this.#parts.random);
      lane.queue.pauseKey(this.#mode === "auto" ? record : record.keyName, record, now + pauseMs);
    }
    this.reschedule(lane);
  }

  /**
   * Packs the user records of Kinesis records anew, each for the lane it belongs to now, in front of what waits there.
   *
   * @param packing - in place of the lanes' own
   */
  repack(records: readonly PendingKinesisRecord[], now: number, packing?: Packing): void {
    const packed: Map<Lane, LaneQueue> = new Map();
    for (const record of records) {
      record.compact();
      if (record.liveCount === 0) continue;
      for (const placed of record.records()) {
        const refusal = this.#mode === "waiting" ? undefined : this.#parts.refusalOf(placed);
        if (refusal !== undefined) {
          this.#parts.outcomes.failOne(placed, record.history, refusal);
          continue;
        }
        const lane = this.route(placed, now);
        this.#parts.budget.move(placed.budget, lane.budget, 1, placed.bufferedBytes);
        placed.budget = lane.budget;
        let queue = packed.get(lane);
        if (queue === undefined) {
          queue = new LaneQueue(newAggregator(packing ?? lane.queue.aggregator.packing, this.#parts.aggregateLimits()));
          queue.cover(this.#dueThrough);
          packed.set(lane, queue);
        }
        queue.add(placed, record.history);
      }
    }
    for (const [lane, queue] of packed) {
      lane.queue.giveBack(queue.takeAll());
      this.reschedule(lane);
    }
  }

  /** The map was replaced: what waits for shards that are no longer in it finds its new lanes. */
  onMapReplaced(now: number): void {
    if (this.#mode !== "mapped") return;
    const open = new Map(this.#parts.shards.map?.shards.map((shard) => [shard.shardId, shard.range]));
    const homeless: PendingKinesisRecord[] = [];
    for (const [shardId, lane] of this.#byShard) {
      if (isSameRange(open.get(shardId), lane.range)) this.#setPacking(lane, this.#parts.packing, now);
      else for (const record of this.#remove(lane, shardId)) homeless.push(record);
    }
    this.#divide();
    this.repack(homeless, now);
    this.#bar();
  }

  /** The stream was created again: none of its shards is one of before, whatever their ids and ranges. */
  onStreamReplaced(now: number): void {
    if (this.#mode !== "mapped") return;
    const homeless: PendingKinesisRecord[] = [];
    // One by one: as arguments of one call they would be too many for the stack.
    for (const [shardId, lane] of this.#byShard)
      for (const record of this.#remove(lane, shardId)) homeless.push(record);
    this.#divide();
    this.repack(homeless, now);
    this.#bar();
  }

  #remove(lane: Lane, shardId: string): PendingKinesisRecord[] {
    this.#byShard.delete(shardId);
    this.#indexed = NOT_INDEXED;
    return this.#dissolve(lane);
  }

  /** The bounds of an aggregate have changed: what waits is packed within them. */
  onLimitsChanged(now: number): void {
    for (const lane of this.lanes()) this.#packAnew(lane, lane.queue.aggregator.packing, now);
  }

  /**
   * Changes how records find their lane.
   *
   * @param packing - of the shared lane, in the modes that use it
   * @param shardCount - open shards, as far as known: the shared lane is paced for all of them
   */
  setMode(mode: Exclude<RoutingMode, "waiting">, packing: Packing, shardCount: number, now: number): void {
    if (mode === this.#mode && (mode === "mapped" || this.#shared.queue.aggregator.packing === packing)) return;
    const waiting = this.lanes().flatMap((lane) => this.#dissolve(lane));
    this.#mode = mode;
    this.#byShard.clear();
    this.#indexed = NOT_INDEXED;
    this.#shared = this.#newLane(undefined, packing, scaled(this.#parts.shardLimits, shardCount), now);
    this.#divide();
    this.#bar();
    this.repack(waiting, now);
  }

  /** The lanes are others than before: so are their shares of the buffer. */
  #divide(): void {
    const { budget, streamBudget, shards } = this.#parts;
    this.lanesVersion++;
    budget.setShards(streamBudget, this.#mode === "mapped" ? (shards.map?.shards.length ?? 1) : 1);
  }

  /** Goes back to holding everything: the stream is gone, and its map with it. */
  hold(now: number): void {
    this.setMode("unmapped", this.#parts.packing, 1, now);
    this.#mode = "waiting";
    this.#shared.heldUntil = UNTIL_DECIDED;
    this.reschedule(this.#shared);
  }

  /** Packs a lane so that it does not matter which shard takes its records: its shard is not what the map says. */
  distrust(lane: Lane, packing: Packing, now: number): void {
    if (this.isCurrent(lane)) this.#setPacking(lane, packing, now);
  }

  #setPacking(lane: Lane, packing: Packing, now: number): void {
    if (lane.queue.aggregator.packing !== packing) this.#packAnew(lane, packing, now);
  }

  #packAnew(lane: Lane, packing: Packing, now: number): void {
    const waiting = lane.queue.takeAll();
    lane.queue.setAggregator(newAggregator(packing, this.#parts.aggregateLimits()));
    this.repack(waiting, now);
    this.reschedule(lane);
  }

  /** Takes a lane out of use; returns what waited in it. */
  #dissolve(lane: Lane): PendingKinesisRecord[] {
    this.schedule.remove(lane);
    if (lane.isBusy) this.#leaving.add(lane);
    return lane.queue.takeAll();
  }

  /**
   * Looks again at which lanes must wait for older ones. They are found by their hash keys, never by their shards' ids:
   * between two maps, shards come and go unseen.
   */
  #bar(): void {
    for (const lane of this.lanes()) {
      lane.isBarred = this.#isBehindOthers(lane);
      this.reschedule(lane);
    }
  }

  #isBehindOthers(lane: Lane): boolean {
    for (const older of this.#leaving) if (rangesOverlap(older.range, lane.range)) return true;
    return false;
  }

  #newLane(shard: OpenShard | undefined, packing: Packing, limits: ShardLimits, now: number): Lane {
    const lane = new Lane({
      ...(shard === undefined ? {} : { shard }),
      aggregator: newAggregator(packing, this.#parts.aggregateLimits()),
      limiter: new ShardLimiter(limits, now, this.#parts),
      pause: new Pause(RETRY_BACKOFF, this.#parts.random),
      budget: this.#parts.streamBudget.openShard(),
      isOrdered: this.#parts.isOrdered,
    });
    lane.isBarred = this.#isBehindOthers(lane);
    lane.queue.cover(this.#dueThrough);
    return lane;
  }
}

function scaled(limits: ShardLimits, shards: number): ShardLimits {
  return {
    recordsPerSecond: limits.recordsPerSecond * shards,
    bytesPerSecond: limits.bytesPerSecond * shards,
    adaptive: limits.adaptive,
  };
}
