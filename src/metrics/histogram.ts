import type { BucketGrid } from "./bucket-grid.js";

/** The content of a histogram: plain data, for another process. */
export interface HistogramCounts {
  /** The buckets that are not empty, with their numbers in the grid. */
  readonly buckets: readonly (readonly [bucket: number, count: number])[];
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Counts values in the buckets of a grid, with their exact sum, minimum and maximum. A histogram without values holds
 * no buckets, because there may be thousands of idle streams.
 */
export class Histogram {
  readonly #grid: BucketGrid;
  /** By bucket, up to the highest one that is not empty. */
  readonly #counts: number[] = [];
  #count = 0;
  #sum = 0;
  #min: number = Number.POSITIVE_INFINITY;
  #max = 0;

  constructor(grid: BucketGrid) {
    this.#grid = grid;
  }

  /** Number of recorded values. */
  get count(): number {
    return this.#count;
  }

  get sum(): number {
    return this.#sum;
  }

  /** The smallest value; 0 when there is none. */
  get min(): number {
    return this.#count === 0 ? 0 : this.#min;
  }

  /** The largest value; 0 when there is none. */
  get max(): number {
    return this.#max;
  }

  /** Adds a value, `times` times; a value below 0 counts as 0. */
  record(value: number, times = 1): void {
    if (times === 0) return;
    const counted = Math.max(0, value);
    this.#addTo(this.#grid.bucketOf(counted), times);
    this.#count += times;
    this.#sum += counted * times;
    if (counted < this.#min) this.#min = counted;
    if (counted > this.#max) this.#max = counted;
  }

  /** Adds the content of another histogram of the same grid. */
  add({ buckets, sum, min, max }: HistogramCounts): void {
    if (buckets.length === 0) return;
    for (const [bucket, count] of buckets) {
      this.#addTo(bucket, count);
      this.#count += count;
    }
    this.#sum += sum;
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
  }

  /** The content so far. */
  counts(): HistogramCounts {
    return {
      buckets: [...this.#counts.entries()].filter(([, count]) => count > 0),
      sum: this.sum,
      min: this.min,
      max: this.max,
    };
  }

  /** The buckets that are not empty, ascending, by their upper bounds. */
  buckets(): (readonly [upTo: number, count: number])[] {
    return this.counts().buckets.map(([bucket, count]) => [this.#grid.upTo(bucket), count]);
  }

  /** The value below which this share (0 to 1) of the values lies, as exact as the grid; 0 when there are none. */
  quantile(share: number): number {
    if (share >= 1) return this.#max;
    const target = share * this.#count;
    const last = this.#grid.buckets - 1;
    let seen = 0;
    for (let i = 0; i < this.#counts.length && i < last; i++) {
      seen += this.#counts[i] as number;
      if (seen >= target && seen > 0) return Math.min(this.#max, Math.max(this.#min, this.#grid.middleOf(i)));
    }
    return this.#max;
  }

  #addTo(bucket: number, times: number): void {
    const counts = this.#counts;
    while (counts.length <= bucket) counts.push(0);
    counts[bucket] = (counts[bucket] as number) + times;
  }
}
