import { type Deadlined, DeadlineHeap } from "../core/lane/deadline-heap.js";

/** Something that sleeps until it is woken, or until its moment. */
export interface Sleeper extends Deadlined {
  /** Whether {@link Agenda.takeAwake} will give it. Only the agenda writes it. */
  isAwake: boolean;
}

/**
 * Who has something to do: of thousands of streams a drain looks at those that something happened to, or whose moment has come.
 * A drain that looked at all of them would cost as many times more as there are streams.
 */
export class Agenda<T extends Sleeper> {
  readonly #sleeping: DeadlineHeap<T> = new DeadlineHeap();
  #awake: T[] = [];

  /** Something happened to it. */
  wake(item: T): void {
    if (item.isAwake) return;
    item.isAwake = true;
    this.#awake.push(item);
  }

  /** It has something to do at this moment at the latest. */
  wakeAt(item: T, at: number): void {
    if (item.heapIndex < 0 || at < item.deadline) this.#sleeping.set(item, at);
  }

  /** Those who are awake, or whose moment has come; they sleep from now on, and have no moment. */
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

  /** Its next moment, in place of the one before; Infinity: none. */
  sleepUntil(item: T, at: number): void {
    if (at === Number.POSITIVE_INFINITY) this.#sleeping.remove(item);
    else this.#sleeping.set(item, at);
  }

  /** It has gone. */
  forget(item: T): void {
    this.#sleeping.remove(item);
    this.#awake = this.#awake.filter((other) => other !== item);
  }

  /** The earliest moment of those who sleep. */
  get nextAt(): number {
    return this.#sleeping.peek()?.deadline ?? Number.POSITIVE_INFINITY;
  }
}
