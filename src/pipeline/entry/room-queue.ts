import type { ShardBudget } from "../../core/buffer-budget.js";
import type { Lane } from "../../core/lane/lane.js";
import { Ring } from "../../core/record/ring.js";
import type { FailureReason } from "../settlement/settlement.js";
import type { RoutedKey } from "../stream/router.js";

/** A place in the queue for room. */
export interface Waiter {
  /** Room it waits for; always one record's. */
  readonly bytes: number;
  /** The record that it waits with; undefined when that is not known: then it waits for no shard. */
  readonly checked: RoutedKey | undefined;
  /** Which flush covers what it brings; ascending in the order of the queue. */
  readonly generation: number;
  /** It does not want the room any more; its place is skipped. */
  isGone: boolean;
  /** The lane in whose queue it stands. For the {@link RoomQueue} alone, as its place in the order of all. */
  lane: Lane | undefined;
  order: number;
  /** The room is taken in its name. */
  enter(budget: ShardBudget): void;
  /** There will be no room: the producer is being closed. */
  refuse(reason: FailureReason): void;
}

/** The line of one shard. */
export interface ShardLine {
  readonly lane: Lane;
  readonly waiters: Ring<Waiter>;
  /** Whose turn it is: that of the lowest. The line that was served last has the highest. */
  turn: number;
}

/** Places of those who have left that are kept without further thought. */
const MAX_GONE = 1_000;

/**
 * Those who wait for room in one stream: a line for the room of the stream, which nobody overtakes, and beside it a line for each
 * shard that has its share, so that it holds up no other shard. Within a shard the order of arrival is kept.
 */
export class RoomQueue {
  #line: Ring<Waiter> = new Ring();
  readonly #byLane: Map<Lane, ShardLine> = new Map();
  #length = 0;
  #besideLine = 0;
  #gone = 0;
  #nextOrder = 0;
  #nextTurn = 0;

  /** Places, without those of waiters who have left. */
  get length(): number {
    return this.#length;
  }

  /** Places in the line for the stream's room. */
  get inLine(): number {
    return this.#length - this.#besideLine;
  }

  /** The first in the line for the stream's room, those who have left included. */
  get first(): Waiter | undefined {
    return this.#line.peek();
  }

  /** Lanes that have their share, and somebody who waits for more. */
  get lanes(): IterableIterator<Lane> {
    return this.#byLane.keys();
  }

  /** Their lines, by whose turn it is. */
  linesByTurn(): ShardLine[] {
    return [...this.#byLane.values()].sort((a, b) => a.turn - b.turn);
  }

  /** Whether somebody waits for the share of this lane. */
  hasLine(lane: Lane): boolean {
    return this.#byLane.has(lane);
  }

  /** The first in the line of a shard. */
  firstOf({ lane, waiters }: ShardLine): Waiter | undefined {
    for (let first = waiters.peek(); first !== undefined; first = waiters.peek()) {
      if (!first.isGone) return first;
      waiters.shift();
      this.#gone--;
    }
    this.#byLane.delete(lane);
    return undefined;
  }

  /** Takes a place at the end. */
  push(waiter: Waiter): void {
    waiter.order = this.#nextOrder++;
    this.#length++;
    this.#line.push(waiter);
  }

  /** Takes a place at the end of a lane's line. */
  pushTo(lane: Lane, waiter: Waiter): void {
    waiter.order = this.#nextOrder++;
    this.#length++;
    this.#stand(lane, waiter);
  }

  /** The first in line waits for the share of this lane: it gives way to the others. */
  setAside(lane: Lane): void {
    const first = this.#line.shift();
    if (first !== undefined) this.#stand(lane, first);
  }

  /** Takes the first in line out. */
  shift(): Waiter | undefined {
    const first = this.#line.shift();
    if (first === undefined) return undefined;
    if (first.isGone) this.#gone--;
    else this.#length--;
    return first;
  }

  /** Takes out what {@link firstOf} showed; the turn of its line comes after those of all others. */
  shiftOf(line: ShardLine): void {
    line.waiters.shift();
    this.#length--;
    this.#besideLine--;
    line.turn = this.#nextTurn++;
    if (line.waiters.length === 0) this.#byLane.delete(line.lane);
  }

  /** A waiter has left. */
  leave(waiter: Waiter): void {
    waiter.isGone = true;
    this.#gone++;
    this.#length--;
    if (waiter.lane !== undefined) this.#besideLine--;
    // Behind a first one that finds no room for long, those who left would pile up.
    if (this.#gone > MAX_GONE && this.#gone > this.#length) this.#compact();
  }

  /** Lanes have come and gone: all stand in one line again, in the order in which they came. */
  merge(): void {
    if (this.#byLane.size === 0) return;
    const all = this.#line.takeAll();
    for (const { waiters } of this.#byLane.values()) for (const waiter of waiters.takeAll()) all.push(waiter);
    this.#byLane.clear();
    this.#besideLine = 0;
    // It consists of a few parts that are in order already.
    all.sort((a, b) => a.order - b.order);
    for (const waiter of all) {
      waiter.lane = undefined;
      this.#line.push(waiter);
    }
  }

  /** Takes everybody out, in the order in which they came. */
  takeAll(): Ring<Waiter> {
    this.merge();
    const all = this.#line;
    this.#line = new Ring();
    this.#length = 0;
    this.#gone = 0;
    return all;
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
