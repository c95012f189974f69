import type { TimeRuns } from "./time-runs.js";

/**
 * The settlers of the user records of a Kinesis record, and when each record was accepted. This remains when the
 * outcome of all of them is known. Holds none of their bytes.
 */
export class Members {
  /** User records, those settled before included. */
  readonly count: number;
  readonly #settlers: readonly unknown[];
  readonly #acceptedAt: TimeRuns;

  /** @param settlers - by index; may be shorter than `count`: the missing ones are undefined */
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

  /** When the user record at an index was accepted. */
  acceptedAtOf(index: number): number {
    return this.#acceptedAt.at(index);
  }

  /** The first place behind this one whose user record was accepted at another moment; Infinity when there is none. */
  endOfMoment(index: number): number {
    return this.#acceptedAt.endOf(index);
  }
}
