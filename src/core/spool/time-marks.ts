/** Most marks of one segment. */
const MOST_MARKS = 256;

/**
 * When the records of a segment were appended: the time of some of them, by index. Memory is bounded: when there are too
 * many marks, every other one is dropped. So a time is wrong by 1/128 of the segment's time span at most.
 */
export class TimeMarks {
  #indexes: number[] = [];
  #times: number[] = [];
  #everyMs = 1;

  /** Indexes come in ascending order. */
  add(index: number, epochMs: number): void {
    const last = this.#times.at(-1);
    // The system's clock may have been set back.
    if (last !== undefined && epochMs - last < this.#everyMs) return;
    this.#indexes.push(index);
    this.#times.push(epochMs);
    if (this.#times.length <= MOST_MARKS) return;
    const isKept = (_: unknown, place: number): boolean => place % 2 === 0;
    this.#indexes = this.#indexes.filter(isKept);
    this.#times = this.#times.filter(isKept);
    this.#everyMs = ((this.#times.at(-1) as number) - (this.#times[0] as number)) / (MOST_MARKS / 2);
  }

  /** The time of the last mark at or before an index; undefined without one. */
  timeOf(index: number): number | undefined {
    let low = 0;
    let high = this.#indexes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#indexes[middle] as number) <= index) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? undefined : this.#times[low - 1];
  }
}
