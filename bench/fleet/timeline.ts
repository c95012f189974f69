import { type Deadlined, DeadlineHeap } from "../../src/core/deadline-heap.js";

/** Something that happens at a moment of virtual time. */
export interface Happening extends Deadlined {
  happen(now: number): void;
}

/** Virtual time: what happens next, until an end. */
export class Timeline {
  readonly #heap: DeadlineHeap<Happening> = new DeadlineHeap();

  /** Lets it happen at this moment; once, at the moment given last. */
  set(happening: Happening, at: number): void {
    this.#heap.set(happening, at);
  }

  /** Calls at this moment. */
  at(moment: number, happen: (now: number) => void): void {
    this.#heap.set({ heapIndex: -1, deadline: 0, happen }, moment);
  }

  remove(happening: Happening): void {
    this.#heap.remove(happening);
  }

  /** Lets everything happen that is due before `end`, in milliseconds. */
  runUntil(end: number): void {
    for (let first = this.#heap.peek(); first !== undefined && first.deadline < end; first = this.#heap.peek()) {
      this.#heap.remove(first);
      first.happen(first.deadline);
    }
  }
}
