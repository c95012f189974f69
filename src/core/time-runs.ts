/**
 * A list of moments that ascend, most of which are the same as the one before: two numbers for each that differs. Reading it in
 * order costs a comparison each.
 */
export class TimeRuns {
  readonly #times: number[] = [];
  /** Where each of {@link #times} ends, exclusively. */
  readonly #ends: number[] = [];
  /** The run that was read last. */
  #run = 0;

  /** The latest moment; -Infinity when there is none. */
  get last(): number {
    return this.#times.length === 0 ? Number.NEGATIVE_INFINITY : (this.#times[this.#times.length - 1] as number);
  }

  /** Adds a moment, {@link last} at the earliest. */
  push(at: number): void {
    const runs = this.#times.length;
    if (runs > 0 && this.#times[runs - 1] === at) this.#ends[runs - 1] = (this.#ends[runs - 1] as number) + 1;
    else {
      this.#ends.push(runs === 0 ? 1 : (this.#ends[runs - 1] as number) + 1);
      this.#times.push(at);
    }
  }

  /** The moment at a place, from 0. */
  at(index: number): number {
    if (this.#run > 0 && index < (this.#ends[this.#run - 1] as number)) this.#run = 0;
    while (index >= (this.#ends[this.#run] as number)) this.#run++;
    return this.#times[this.#run] as number;
  }
}
