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

  /** The index from which on all settlers are undefined. */
  get settlersEnd(): number {
    return this.#settlers.length;
  }

  /** The settler of the user record at an index; `GONE` when the record was settled before. */
  settlerAt(index: number): unknown {
    return this.#settlers[index];
  }

  /** When the user record at an index was accepted. */
  acceptedAtOf(index: number): number {
    return this.#acceptedAt.at(index);
  }

  /**
   * The next index with a user record that was accepted at another moment; Infinity when all later ones are of this
   * moment.
   */
  endOfMoment(index: number): number {
    return this.#acceptedAt.endOf(index);
  }
}
