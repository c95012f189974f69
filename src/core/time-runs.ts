/**
 * The moments of a list's members, which ascend, and most of which are the same as the one before: two numbers for each that
 * differs. Reading them in order costs a comparison each.
 */
export class TimeRuns {
  /** The latest moment; -Infinity when there is none. */
  last: number = Number.NEGATIVE_INFINITY;
  readonly #times: number[] = [];
  /** The first place of each of {@link #times}. */
  readonly #starts: number[] = [];
  /** The run that was read last. */
  #run = 0;

  /** From this place on the moment is another one, later than {@link last}. */
  start(index: number, at: number): void {
    this.last = at;
    this.#starts.push(index);
    this.#times.push(at);
  }

  /** The moment at a place, from 0. */
  at(index: number): number {
    const starts = this.#starts;
    if (index < (starts[this.#run] as number)) this.#run = 0;
    while (this.#run + 1 < starts.length && index >= (starts[this.#run + 1] as number)) this.#run++;
    return this.#times[this.#run] as number;
  }

  /** The first place behind this one whose moment is another; Infinity when there is none. */
  endOf(index: number): number {
    this.at(index);
    return this.#starts[this.#run + 1] ?? Number.POSITIVE_INFINITY;
  }
}
