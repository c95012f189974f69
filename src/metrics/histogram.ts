import type { BucketGrid } from "./bucket-grid.js";
import type { Values } from "./running-summary.js";

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
  /** The bucket of the last value, and its bounds: most values are near the one before. */
  #bucket = 0;
  #above = 0;
  #upTo: number = Number.NEGATIVE_INFINITY;

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
    this.place(counted, times);
    this.addTotals({ count: times, sum: counted * times, min: counted, max: counted });
  }

  /** The part of {@link record} that depends on the single value; {@link addTotals} must follow. */
  place(value: number, times: number): void {
    if (value <= this.#above || value > this.#upTo) this.#find(value);
    this.#counts[this.#bucket] = (this.#counts[this.#bucket] as number) + times;
  }

  /** The rest of {@link record}, for several values at once. */
  addTotals({ count, sum, min, max }: Values): void {
    this.#count += count;
    this.#sum += sum;
    if (min < this.#min) this.#min = min;
    if (max > this.#max) this.#max = max;
  }

  /** Adds the content of another histogram of the same grid. */
  add({ buckets, sum, min, max }: HistogramCounts): void {
    if (buckets.length === 0) return;
    let count = 0;
    for (const [bucket, times] of buckets) {
      this.#addTo(bucket, times);
      count += times;
    }
    this.addTotals({ count, sum, min, max });
  }

  /** Adds the content of another histogram of the same grid, without a copy of it. */
  merge(other: Histogram): void {
    if (other.#count === 0) return;
    for (let bucket = 0; bucket < other.#counts.length; bucket++) {
      const count = other.#counts[bucket] as number;
      if (count > 0) this.#addTo(bucket, count);
    }
    this.addTotals({ count: other.#count, sum: other.#sum, min: other.#min, max: other.#max });
  }

  /** The content so far. */
  counts(): HistogramCounts {
    return { buckets: this.#list((bucket) => bucket), sum: this.sum, min: this.min, max: this.max };
  }

  /** The buckets that are not empty, ascending, by their upper bounds. */
  buckets(): (readonly [upTo: number, count: number])[] {
    return this.#list((bucket) => this.#grid.upTo(bucket));
  }

  #list(nameOf: (bucket: number) => number): [number, number][] {
    const list: [number, number][] = [];
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      const count = this.#counts[bucket] as number;
      if (count > 0) list.push([nameOf(bucket), count]);
    }
    return list;
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

  #find(value: number): void {
    const grid = this.#grid;
    const bucket = grid.bucketOf(value);
    this.#addTo(bucket, 0);
    this.#bucket = bucket;
    this.#above = bucket === 0 ? Number.NEGATIVE_INFINITY : grid.upTo(bucket - 1);
    this.#upTo = bucket === grid.buckets - 1 ? Number.POSITIVE_INFINITY : grid.upTo(bucket);
  }

  #addTo(bucket: number, times: number): void {
    const counts = this.#counts;
    while (counts.length <= bucket) counts.push(0);
    counts[bucket] = (counts[bucket] as number) + times;
  }
}
