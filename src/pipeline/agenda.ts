import { type Deadlined, DeadlineHeap } from "../core/lane/deadline-heap.js";

/** An item that sleeps until it is woken, or until its next moment. */
export interface Sleeper extends Deadlined {
  /** Whether {@link Agenda.takeAwake} will return the item. Only the agenda writes it. */
  isAwake: boolean;
}

/**
 * The items that have work to do. A drain visits only streams that were woken or whose moment has come: with thousands
 * of streams, a visit to each would cost too much.
 */
export class Agenda<T extends Sleeper> {
  readonly #sleeping: DeadlineHeap<T> = new DeadlineHeap();
  #awake: T[] = [];

  /** Wakes the item. */
  wake(item: T): void {
    if (item.isAwake) return;
    item.isAwake = true;
    this.#awake.push(item);
  }

  /** The item has work to do at this moment at the latest. */
  wakeAt(item: T, at: number): void {
    if (item.heapIndex < 0 || at < item.deadline) this.#sleeping.set(item, at);
  }

  /** The items that are awake, or whose moment has come. They sleep from now on, without a next moment. */
  takeAwake(now: number): readonly T[] {
    for (
      let first = this.#sleeping.peek();
      first !== undefined && first.deadline <= now;
      first = this.#sleeping.peek()
    ) {
      this.#sleeping.remove(first);
      this.wake(first);
    }
    const awake = this.#awake;
    this.#awake = [];
    for (const item of awake) item.isAwake = false;
    return awake;
  }

  /** Replaces the next moment of the item; Infinity: no next moment. */
  sleepUntil(item: T, at: number): void {
    if (at === Number.POSITIVE_INFINITY) this.#sleeping.remove(item);
    else this.#sleeping.set(item, at);
  }

  /** Removes the item. */
  forget(item: T): void {
    this.#sleeping.remove(item);
    this.#awake = this.#awake.filter((other) => other !== item);
  }

  /** The earliest moment of all sleeping items. */
  get nextAt(): number {
    return this.#sleeping.peek()?.deadline ?? Number.POSITIVE_INFINITY;
  }
}
