import { type Deadlined, DeadlineHeap } from "../../src/core/lane/deadline-heap.js";

/** An event at a moment of virtual time. */
export interface Happening extends Deadlined {
  happen(now: number): void;
}

/** Virtual time: runs the next event, until an end. */
export class Timeline {
  readonly #heap: DeadlineHeap<Happening> = new DeadlineHeap();

  /** Sets the moment of an event. It happens once, at the moment given last. */
  set(happening: Happening, at: number): void {
    this.#heap.set(happening, at);
  }

  /** Calls a function at this moment. */
  at(moment: number, happen: (now: number) => void): void {
    this.#heap.set({ heapIndex: -1, deadline: 0, happen }, moment);
  }

  remove(happening: Happening): void {
    this.#heap.remove(happening);
  }

  /** Runs all events that are due before `end`, in milliseconds. */
  runUntil(end: number): void {
    for (let first = this.#heap.peek(); first !== undefined && first.deadline < end; first = this.#heap.peek()) {
      this.#heap.remove(first);
      first.happen(first.deadline);
    }
  }
}
