const NONE: number[] = [];

/**
 * The moments of a list's members. They ascend, and most are equal to the one before: two numbers are stored for each
 * different moment. Reading in order costs one comparison per member.
 */
export class TimeRuns {
  /** The latest moment; -Infinity when there is none. */
  last: number = Number.NEGATIVE_INFINITY;
  #times: number[] = NONE;
  /** The first index of each of {@link #times}. */
  #starts: number[] = NONE;
  /** The run that was read last. */
  #run = 0;

  /** From this index on, the moment is a later one than {@link last}. */
  start(index: number, at: number): void {
    this.last = at;
    if (this.#starts.length === 0) {
      // The first push to an empty array makes room for 17, of which most lists need one.
      this.#starts = [index];
      this.#times = [at];
      return;
    }
    this.#starts.push(index);
    this.#times.push(at);
  }

  /** The moment at an index, from 0. */
  at(index: number): number {
    const starts = this.#starts;
    if (index < (starts[this.#run] as number)) this.#run = 0;
    while (this.#run + 1 < starts.length && index >= (starts[this.#run + 1] as number)) this.#run++;
    return this.#times[this.#run] as number;
  }

  /** The next index with another moment; Infinity when there is no such index. */
  endOf(index: number): number {
    this.at(index);
    return this.#starts[this.#run + 1] ?? Number.POSITIVE_INFINITY;
  }
}
