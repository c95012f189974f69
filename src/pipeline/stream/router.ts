import type { BufferBudget } from "../../core/buffer-budget.js";
import { newAggregator, type Packing } from "../../core/lane/aggregator.js";
import { reschedule, type TakenRecord } from "../../core/lane/collector.js";
import { DeadlineHeap } from "../../core/lane/deadline-heap.js";
import type { Lane, Pressed } from "../../core/lane/lane.js";
import { LaneQueue } from "../../core/lane/lane-queue.js";
import { backoffMs, limitsBefore, RETRY_BACKOFF } from "../../core/pacing/retry-policy.js";
import type { ShardLimits } from "../../core/pacing/shard-limiter.js";
import type { PendingKinesisRecord } from "../../core/record/pending-kinesis-record.js";
import type { PlacedRecord } from "../../core/record/placed-record.js";
import { effectiveHashKey, newHashWords } from "../../core/shards/hash-key.js";
import { isSameRange, type OpenShard, rangesOverlap, type ShardMap } from "../../core/shards/shard-map.js";
import type { StreamRecorder } from "../../metrics/recorder.js";
import type { Settlement } from "../settlement/settlement.js";
import type { RoutingMode } from "./facts-change.js";
import type { Misplacement } from "./misplacement.js";
import { type LaneSettings, limitsOf, newLane } from "./new-lane.js";
import type { StreamFacts } from "./stream-facts.js";

/** The keys of a record; they decide its lane. */
export type RoutedKey = Pick<PlacedRecord, "key" | "explicitHashKey">;

export interface RouterParts extends LaneSettings {
  readonly facts: StreamFacts;
  readonly misplacement: Misplacement;
  readonly settlement: Settlement;
  readonly budget: BufferBudget;
  readonly packing: Packing;
  readonly shardLimits: ShardLimits;
  /** Drains at the end of this turn of the event loop. */
  readonly wake: () => void;
  readonly recorder: StreamRecorder;
}

/** The end of a hold without an end: the hold lasts until a decision. */
const UNTIL_DECIDED = Number.MAX_VALUE;

/** The mode, and the lanes of shards if there are any. It has one shape in all modes, because every record reads it. */
type Routing =
  | { readonly mode: Exclude<RoutingMode, "mapped">; readonly map: undefined; readonly lanes: ShardLanes }
  | { readonly mode: "mapped"; readonly map: ShardMap; readonly lanes: ShardLanes };

/** The lanes of a map's shards. A lane is made when its first record comes. */
interface ShardLanes {
  /** By index in the map. */
  readonly byPlace: Lane[];
  readonly byId: Map<string, Lane>;
}

/**
 * Puts every record into its lane, and moves waiting records to other lanes when the map or the packing changes.
 */
export class Router {
  /** The lanes that have work, by the moment at which it is due. */
  readonly schedule: DeadlineHeap<Lane> = new DeadlineHeap();
  readonly #parts: RouterParts;
  #routing: Routing = { mode: "waiting", map: undefined, lanes: noLanes() };
  readonly #hash = newHashWords();
  /** The lane of all records without a predicted shard; used in every mode but `mapped`. */
  #shared: Lane;
  /** In ordered mode: lanes that take no more records and still have one in flight. Rule 21. */
  readonly #leaving: Set<Lane> = new Set();
  /** See {@link cover}. */
  #dueThrough = -1;
  /** Changes whenever a key may belong to another lane than before. */
  lanesVersion = 0;

  constructor(parts: RouterParts, now: number) {
    this.#parts = parts;
    this.#shared = this.#newLane(undefined, parts.packing, parts.shardLimits, now);
    this.#shared.heldUntil = UNTIL_DECIDED;
  }

  /** The lane of all records without a predicted shard. */
  get shared(): Lane {
    return this.#shared;
  }

  get mode(): RoutingMode {
    return this.#routing.mode;
  }

  /** All lanes. */
  lanes(): Lane[] {
    return [this.#shared, ...this.#routing.lanes.byId.values()];
  }

  /** The ids of the shards by which records are routed; undefined without a shard map. */
  openShardIds(): ReadonlySet<string> | undefined {
    const { map } = this.#routing;
    return map === undefined ? undefined : new Set(map.shards.map(({ shardId }) => shardId));
  }

  /** The lane of a shard, if records were predicted for it. */
  laneOf(shardId: string): Lane | undefined {
    return this.#routing.lanes.byId.get(shardId);
  }

  /** The lane that a record belongs to now. */
  route(record: RoutedKey, now: number): Lane {
    const { map, lanes } = this.#routing;
    // Nearly all records take this path: the lane is known.
    if (map !== undefined && record.explicitHashKey === undefined) {
      const lane = lanes.byPlace[map.predictKey(record.key)];
      if (lane !== undefined) return lane;
    }
    return this.#findLane(record, now);
  }

  #findLane(record: RoutedKey, now: number): Lane {
    const { map, lanes } = this.#routing;
    if (map === undefined) return this.#shared;
    const place =
      record.explicitHashKey === undefined ? map.predictKey(record.key) : this.#predictExplicit(record, map);
    const lane = lanes.byPlace[place] ?? this.#laneFor(map.shards[place] as OpenShard, lanes, now);
    lanes.byPlace[place] = lane;
    return lane;
  }

  #predictExplicit(record: RoutedKey, map: ShardMap): number {
    effectiveHashKey(record, this.#hash);
    return map.predict(this.#hash);
  }

  #laneFor(shard: OpenShard, { byId }: ShardLanes, now: number): Lane {
    let lane = byId.get(shard.shardId);
    if (lane === undefined) {
      lane = this.#newLane(shard, this.#parts.packing, this.#parts.shardLimits, now);
      byId.set(shard.shardId, lane);
    }
    return lane;
  }

  /** A Kinesis record is not in flight any more: records that waited for this may be sent. */
  release({ lane, record }: TakenRecord): void {
    if (!lane.release(record)) return;
    if (!this.#leaving.has(lane)) this.reschedule(lane);
    else if (!lane.isBusy) {
      this.#leaving.delete(lane);
      this.#bar();
    }
  }

  /** Puts a new record into its lane. Returns when the lane is due if that has changed, otherwise Infinity. */
  accept(record: PlacedRecord, lane: Lane): number {
    return !lane.queue.add(record) && lane.heapIndex >= 0 ? Number.POSITIVE_INFINITY : this.#dueAt(lane);
  }

  #dueAt(lane: Lane): number {
    this.reschedule(lane);
    return lane.heapIndex < 0 ? Number.POSITIVE_INFINITY : lane.deadline;
  }

  /** Computes again when a lane is due. */
  reschedule(lane: Lane): void {
    reschedule(this.schedule, lane, this.#parts.lingerMs);
  }

  /** A flush covers this generation and all before it: their records are due at once. */
  cover(generation: number): void {
    if (generation <= this.#dueThrough) return;
    this.#dueThrough = generation;
    for (const lane of this.lanes()) if (lane.queue.cover(generation)) this.reschedule(lane);
  }

  /**
   * Closes aggregates that could be sent now and only wait for more records. In lanes that wait for quota or a pause,
   * aggregates still grow.
   */
  completeUnblocked(now: number): void {
    for (const lane of this.lanes()) this.completeIfUnblocked(lane, now);
  }

  /** The same for one lane. */
  completeIfUnblocked(lane: Lane, now: number): void {
    if (lane.blockedUntil > now || lane.press?.isBusy === true) return;
    lane.queue.complete();
    this.reschedule(lane);
  }

  /** Whether the lane still takes records. A lane whose shard has closed does not. */
  isCurrent(lane: Lane): boolean {
    const { map, lanes } = this.#routing;
    return lane === this.#shared ? map === undefined : lanes.byId.get(lane.shard?.shardId ?? "") === lane;
  }

  /**
   * Puts Kinesis records back at the front of their lane. If the lane is gone, at the front of the lanes they belong to
   * now.
   */
  requeue(lane: Lane, records: readonly PendingKinesisRecord[], now: number): void {
    // Aggregates packed before the lane lost its trust could be torn again.
    const isTorn = (record: PendingKinesisRecord): boolean => !record.hasOneKey;
    if (!this.isCurrent(lane) || (lane.queue.aggregator.packing !== "shard" && records.some(isTorn))) {
      this.repack(records, now);
      return;
    }
    lane.queue.requeue(records);
    this.reschedule(lane);
  }

  /**
   * Requeues refused Kinesis records when no shard can be paused for them: their keys pause instead, each for longer
   * the more often its record was refused. If keys mean nothing, only the records themselves pause. Rule 15.
   */
  requeuePaused(lane: Lane, records: readonly PendingKinesisRecord[], now: number): void {
    if (!this.isCurrent(lane)) {
      this.repack(records, now);
      return;
    }
    for (let i = records.length - 1; i >= 0; i--) {
      const record = records[i] as PendingKinesisRecord;
      const limits = limitsBefore(RETRY_BACKOFF, record.oldestAt + this.#parts.recordTtlMs - now);
      const pauseMs = backoffMs(limits, Math.max(1, record.history.counted), this.#parts.random);
      lane.queue.pauseKey(this.mode === "auto" ? record : record.keyName, record, now + pauseMs);
    }
    this.reschedule(lane);
  }

  /**
   * Re-packs the user records of Kinesis records, each for the lane it belongs to now, in front of the records that
   * wait in that lane.
   *
   * @param packing - replaces the packing of the lanes
   */
  repack(records: readonly PendingKinesisRecord[], now: number, packing?: Packing): void {
    const { facts, misplacement, settlement, budget } = this.#parts;
    const packed: Map<Lane, LaneQueue> = new Map();
    for (const record of records) {
      record.compact();
      if (record.liveCount === 0) continue;
      for (const placed of record.records()) {
        const refusal = this.mode === "waiting" ? undefined : facts.refusalOf(placed, misplacement.mayIgnoreKeys);
        if (refusal !== undefined) {
          settlement.failOne(placed, record.history, refusal);
          continue;
        }
        const lane = this.route(placed, now);
        budget.move(placed.budget, lane.budget, 1, placed.bufferedBytes);
        placed.budget = lane.budget;
        let queue = packed.get(lane);
        if (queue === undefined) {
          queue = new LaneQueue(
            newAggregator(packing ?? lane.queue.aggregator.packing, limitsOf(lane, this.#parts.facts.aggregateLimits)),
          );
          queue.cover(this.#dueThrough);
          packed.set(lane, queue);
        }
        queue.add(placed, record.history);
      }
    }
    for (const [lane, queue] of packed) {
      lane.queue.requeue(queue.takeAll());
      this.reschedule(lane);
    }
  }

  /** The map was replaced: records that wait for shards that are no longer in it move to their new lanes. */
  onMapReplaced(now: number): void {
    const { map } = this.#parts.facts;
    if (this.mode !== "mapped" || map === undefined) return;
    const open = new Map(map.shards.map((shard) => [shard.shardId, shard.range]));
    this.#followMap(map, (lane, shardId) => isSameRange(open.get(shardId), lane.range), now);
  }

  /** The stream was created again: all its shards are new, even with old ids and ranges. */
  onStreamReplaced(now: number): void {
    const { map } = this.#parts.facts;
    if (this.mode === "mapped" && map !== undefined) this.#followMap(map, () => false, now);
  }

  #followMap(map: ShardMap, isKept: (lane: Lane, shardId: string) => boolean, now: number): void {
    const homeless: PendingKinesisRecord[] = [];
    const lanes = noLanes();
    for (const [shardId, lane] of this.#routing.lanes.byId) {
      if (isKept(lane, shardId)) lanes.byId.set(shardId, lane);
      // One by one: as arguments of one call, a million records would overflow the stack.
      else for (const record of this.#dissolve(lane)) homeless.push(record);
    }
    this.#routing = { mode: "mapped", map, lanes };
    // A shard that is in the new map too is trusted again.
    for (const lane of lanes.byId.values()) this.#setPacking(lane, this.#parts.packing, now);
    this.#divide();
    this.repack(homeless, now);
    this.#bar();
  }

  /** The bounds of an aggregate have changed: waiting records are packed within them. */
  onLimitsChanged(now: number): void {
    for (const lane of this.lanes()) this.#packAnew(lane, lane.queue.aggregator.packing, now);
  }

  /** Changes how records find their lane. */
  setMode(mode: RoutingMode, now: number): void {
    const packing = this.#sharedPacking(mode);
    if (mode === this.mode && (mode === "mapped" || this.#shared.queue.aggregator.packing === packing)) return;
    const { facts, shardLimits } = this.#parts;
    const waiting = this.lanes().flatMap((lane) => this.#dissolve(lane));
    this.#routing = routingBy(mode, facts.map);
    // A single lane for all shards is paced for all of them.
    this.#shared = this.#newLane(undefined, packing, scaled(shardLimits, facts.shardCount), now);
    if (mode === "waiting") this.#shared.heldUntil = UNTIL_DECIDED;
    this.#divide();
    this.#bar();
    this.repack(waiting, now);
  }

  /** The packing of the shared lane. */
  #sharedPacking(mode: RoutingMode): Packing {
    if (mode === "auto") return "none";
    return mode === "unmapped" ? this.#parts.misplacement.fallbackPacking : this.#parts.packing;
  }

  /** The lanes have changed, so their shares of the buffer change. */
  #divide(): void {
    const { budget, streamBudget } = this.#parts;
    this.lanesVersion++;
    budget.setShards(streamBudget, this.#routing.map?.shards.length ?? 1);
  }

  /** Packs a lane so that any shard may take its records, because the map is wrong about its shard. */
  distrust(lane: Lane, now: number): void {
    if (this.isCurrent(lane)) this.#setPacking(lane, this.#parts.misplacement.fallbackPacking, now);
    this.reschedule(lane);
  }

  #setPacking(lane: Lane, packing: Packing, now: number): void {
    if (lane.queue.aggregator.packing !== packing) this.#packAnew(lane, packing, now);
  }

  #packAnew(lane: Lane, packing: Packing, now: number): void {
    const waiting = lane.queue.takeAll();
    lane.queue.setAggregator(newAggregator(packing, limitsOf(lane, this.#parts.facts.aggregateLimits)));
    this.repack(waiting, now);
    this.reschedule(lane);
  }

  /** Takes a lane out of use; returns the records that waited in it. */
  #dissolve(lane: Lane): PendingKinesisRecord[] {
    this.schedule.remove(lane);
    if (lane.isBusy) this.#leaving.add(lane);
    return lane.queue.takeAll();
  }

  /**
   * Computes again which lanes must wait for older ones. Older lanes are found by their hash keys, never by shard ids:
   * between two maps, shards may come and go unseen.
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
    const { facts, wake, recorder } = this.#parts;
    const onPressed = (lane: Lane, result: Pressed | undefined): void => {
      if (result !== undefined) recorder.onPressed(result);
      this.reschedule(lane);
      wake();
    };
    const { aggregateLimits } = facts;
    const lane = newLane(this.#parts, { shard, packing, limits, aggregateLimits, onPressed }, now);
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

function noLanes(): ShardLanes {
  return { byPlace: [], byId: new Map() };
}

function routingBy(mode: RoutingMode, map: ShardMap | undefined): Routing {
  if (mode !== "mapped") return { mode, map: undefined, lanes: noLanes() };
  if (map === undefined) throw new Error("the routing mode is mapped, but there is no shard map");
  return { mode, map, lanes: noLanes() };
}
