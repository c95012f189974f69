import { TimeRuns } from "./time-runs.js";

/** The generations of the user records of a Kinesis record: they ascend, and nearly always there is one. */
export class Generations {
  /** The generation of the last user record. */
  last: number;
  readonly #first: number;
  /** By index, if there are several. */
  #runs: TimeRuns | undefined;

  constructor(first: number) {
    this.last = first;
    this.#first = first;
  }

  get areMany(): boolean {
    return this.#runs !== undefined;
  }

  /** From this index on, the generation is a later one than {@link last}. */
  start(index: number, generation: number): void {
    if (this.#runs === undefined) {
      this.#runs = new TimeRuns();
      this.#runs.start(0, this.#first);
    }
    this.#runs.start(index, generation);
    this.last = generation;
  }

  at(index: number): number {
    return this.#runs === undefined ? this.#first : this.#runs.at(index);
  }
}
