import type { ShardBudget } from "../../core/buffer-budget.js";
import type { Lane } from "../../core/lane/lane.js";
import { Ring } from "../../core/record/ring.js";
import type { FailureReason } from "../settlement/settlement.js";
import type { RoutedKey } from "../stream/router.js";

/** A place in the queue for room. */
export interface Waiter {
  /** Room that it waits for; always that of one record. */
  readonly bytes: number;
  /** Keys of the record that waits; undefined if unknown: then it waits for no shard. */
  readonly checked: RoutedKey | undefined;
  /** Generation of its record, which says which flush covers it; ascending in the order of the queue. */
  readonly generation: number;
  /** When the put was called; Infinity for a caller without a record. */
  readonly since: number;
  /** The waiter has left; its place is skipped. */
  isGone: boolean;
  /** The lane in whose line it waits. Only {@link RoomQueue} uses this and the position in the order of all. */
  lane: Lane | undefined;
  order: number;
  /** The room was taken for this waiter. */
  enter(budget: ShardBudget): void;
  /** There will be no room: the producer is closing. */
  refuse(reason: FailureReason): void;
}

/** The line of one shard. */
export interface ShardLine {
  readonly lane: Lane;
  readonly waiters: Ring<Waiter>;
  /** The line with the lowest turn is served next; the line that was served last has the highest. */
  turn: number;
}

/** Places of waiters that have left are kept up to this number. */
const MAX_GONE = 1_000;

/**
 * Waiters for room in one stream: a common line for the room of the stream, and a line for each shard that has used its
 * share, so that such a shard does not block other shards. Within a shard the order of arrival is kept.
 */
export class RoomQueue {
  #line: Ring<Waiter> = new Ring();
  readonly #byLane: Map<Lane, ShardLine> = new Map();
  #length = 0;
  #bytes = 0;
  #besideLine = 0;
  #gone = 0;
  #nextOrder = 0;
  #nextTurn = 0;

  /** Number of waiters, without those that have left. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of the records of the waiters that have a record. */
  get bytes(): number {
    return this.#bytes;
  }

  /** When the oldest of these records was handed over; Infinity when there is none. */
  oldestAt(): number {
    let at = firstSince(this.#line);
    for (const { waiters } of this.#byLane.values()) at = Math.min(at, firstSince(waiters));
    return at;
  }

  /** Number of places in the line for the stream's room. */
  get inLine(): number {
    return this.#length - this.#besideLine;
  }

  /** The first waiter in the line for the stream's room; it may have left. */
  get first(): Waiter | undefined {
    return this.#line.peek();
  }

  /** Lanes that have used their share, and have waiters. */
  get lanes(): IterableIterator<Lane> {
    return this.#byLane.keys();
  }

  /** The lines of these lanes, in the order of their turns. */
  linesByTurn(): ShardLine[] {
    return [...this.#byLane.values()].sort((a, b) => a.turn - b.turn);
  }

  /** Whether a waiter needs the share of this lane. */
  hasLine(lane: Lane): boolean {
    return this.#byLane.has(lane);
  }

  /** The first waiter in the line of a shard. */
  firstOf({ lane, waiters }: ShardLine): Waiter | undefined {
    for (let first = waiters.peek(); first !== undefined; first = waiters.peek()) {
      if (!first.isGone) return first;
      waiters.shift();
      this.#gone--;
    }
    this.#byLane.delete(lane);
    return undefined;
  }

  /** Adds a waiter at the end of the common line. */
  push(waiter: Waiter): void {
    this.#enter(waiter);
    this.#line.push(waiter);
  }

  /** Adds a waiter at the end of a lane's line. */
  pushTo(lane: Lane, waiter: Waiter): void {
    this.#enter(waiter);
    this.#stand(lane, waiter);
  }

  /** The first waiter of the common line needs the share of this lane: it moves to the line of the lane. */
  setAside(lane: Lane): void {
    const first = this.#line.shift();
    if (first !== undefined) this.#stand(lane, first);
  }

  /** Removes the first waiter of the common line. */
  shift(): Waiter | undefined {
    const first = this.#line.shift();
    if (first === undefined) return undefined;
    if (first.isGone) this.#gone--;
    else this.#count(first, -1);
    return first;
  }

  /** Removes the waiter that {@link firstOf} returned; its line goes to the end of the turns. */
  shiftOf(line: ShardLine): void {
    const first = line.waiters.shift();
    if (first !== undefined) this.#count(first, -1);
    this.#besideLine--;
    line.turn = this.#nextTurn++;
    if (line.waiters.length === 0) this.#byLane.delete(line.lane);
  }

  /** A waiter has left. */
  leave(waiter: Waiter): void {
    waiter.isGone = true;
    this.#gone++;
    this.#count(waiter, -1);
    if (waiter.lane !== undefined) this.#besideLine--;
    // While the first waiter finds no room, places of waiters that left would accumulate.
    if (this.#gone > MAX_GONE && this.#gone > this.#length) this.#compact();
  }

  /** After a change of lanes: puts all waiters into one line again, in order of arrival. */
  merge(): void {
    if (this.#byLane.size === 0) return;
    const all = this.#line.takeAll();
    for (const { waiters } of this.#byLane.values()) for (const waiter of waiters.takeAll()) all.push(waiter);
    this.#byLane.clear();
    this.#besideLine = 0;
    // The list consists of a few parts that are sorted already.
    all.sort((a, b) => a.order - b.order);
    for (const waiter of all) {
      waiter.lane = undefined;
      this.#line.push(waiter);
    }
  }

  /** Removes all waiters, in order of arrival. */
  takeAll(): Ring<Waiter> {
    this.merge();
    const all = this.#line;
    this.#line = new Ring();
    this.#length = 0;
    this.#bytes = 0;
    this.#gone = 0;
    return all;
  }

  #enter(waiter: Waiter): void {
    waiter.order = this.#nextOrder++;
    this.#count(waiter, 1);
  }

  #count({ bytes, since }: Waiter, sign: 1 | -1): void {
    this.#length += sign;
    if (since !== Number.POSITIVE_INFINITY) this.#bytes += sign * bytes;
  }

  #stand(lane: Lane, waiter: Waiter): void {
    let line = this.#byLane.get(lane);
    if (line === undefined) {
      line = { lane, waiters: new Ring(), turn: this.#nextTurn++ };
      this.#byLane.set(lane, line);
    }
    waiter.lane = lane;
    this.#besideLine++;
    line.waiters.push(waiter);
  }

  #compact(): void {
    const isHere = ({ isGone }: Waiter): boolean => !isGone;
    this.#gone -= this.#line.keepIf(isHere);
    for (const [lane, { waiters }] of this.#byLane) {
      this.#gone -= waiters.keepIf(isHere);
      if (waiters.length === 0) this.#byLane.delete(lane);
    }
  }
}

/** When the first record in a line was handed over: a line is in the order of arrival. */
function firstSince(line: Ring<Waiter>): number {
  for (let i = 0; i < line.length; i++) {
    const { isGone, since } = line.at(i) as Waiter;
    if (!isGone && since !== Number.POSITIVE_INFINITY) return since;
  }
  return Number.POSITIVE_INFINITY;
}
