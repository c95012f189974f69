/** Several values. */
export interface Values {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** The number, sum, minimum and maximum of some values. */
export class RunningSummary implements Values {
  count = 0;
  sum = 0;
  #min: number = Number.POSITIVE_INFINITY;
  #max = 0;

  /** The smallest value; 0 when there is none. */
  get min(): number {
    return this.count === 0 ? 0 : this.#min;
  }

  /** The largest value; 0 when there is none. */
  get max(): number {
    return this.#max;
  }

  /** Adds a value, `times` times; a value below 0 counts as 0. */
  record(value: number, times = 1): void {
    if (times === 0) return;
    const counted = Math.max(0, value);
    this.count += times;
    this.sum += counted * times;
    if (counted < this.#min) this.#min = counted;
    if (counted > this.#max) this.#max = counted;
  }

  /** Adds several values at once. */
  add({ count, sum, min, max }: Values): void {
    if (count === 0) return;
    this.count += count;
    this.sum += sum;
    if (min < this.#min) this.#min = min;
    if (max > this.#max) this.#max = max;
  }
}
