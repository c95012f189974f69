import type { TimeRuns } from "./time-runs.js";

/**
 * Who is to be told what became of the user records of a Kinesis record, and when each was accepted: what is left when the fate of all
 * of them is decided. Holds none of their bytes.
 */
export class Members {
  /** User records, those settled before included. */
  readonly count: number;
  readonly #settlers: readonly unknown[];
  readonly #acceptedAt: TimeRuns;

  /** @param settlers - by place; may be shorter than `count`, where those that follow are undefined */
  constructor(count: number, settlers: readonly unknown[], acceptedAt: TimeRuns) {
    this.count = count;
    this.#settlers = settlers;
    this.#acceptedAt = acceptedAt;
  }

  /** The first place from which on all settlers are undefined. */
  get settlersEnd(): number {
    return this.#settlers.length;
  }

  /** Who waits for the outcome of the user record at a place; `GONE` when it was settled before. */
  settlerAt(index: number): unknown {
    return this.#settlers[index];
  }

  /** When the user record at a place was accepted. */
  acceptedAtOf(index: number): number {
    return this.#acceptedAt.at(index);
  }

  /** The first place behind this one whose user record was accepted at another moment; Infinity when there is none. */
  endOfMoment(index: number): number {
    return this.#acceptedAt.endOf(index);
  }
}
