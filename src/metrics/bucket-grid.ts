/**
 * In units. A product such as 0.003 × 1000 is a little above the whole number that it stands for, and would count in
 * the next bucket.
 */
const ROUNDING = 1e-6;

/** The parts of a {@link BucketGrid}. */
export interface GridParts {
  /** Buckets for each doubling of the value: with 8 a bucket's middle is within 7 % of its values, with 64 within 0.8 %. */
  readonly stepsPerDoubling: 8 | 64;
  /** Units in a value of 1. The first buckets are one unit wide. */
  readonly unitsPerValue: number;
  /** Doublings above the first buckets that are divided into steps. */
  readonly fineDoublings: number;
  /** Doublings above these; each is one bucket. Larger values are in the last bucket too. At most 32 bits in all. */
  readonly coarseDoublings: number;
  /** Whether values are whole numbers of units. */
  readonly isWhole: boolean;
}

/**
 * Divides values from 0 into buckets. A bucket holds the values above the upper bound of the bucket before, up to its
 * own upper bound. Bucket 0 holds 0 alone.
 */
export class BucketGrid {
  readonly #stepBits: number;
  readonly #unitsPerValue: number;
  readonly #fineShift: number;
  /** Number of buckets with steps. */
  readonly #fineBuckets: number;
  /** Distance from a bound to the next larger value: values of {@link WHOLE_NUMBERS} are never between. */
  readonly #leastOfUnit: number;
  readonly #mostUnits: number;
  /** Upper bounds, in a table: powers of two are slow to compute. */
  readonly #bounds: readonly number[];
  /** Number of all buckets. */
  readonly buckets: number;

  constructor({ stepsPerDoubling, unitsPerValue, fineDoublings, coarseDoublings, isWhole }: GridParts) {
    this.#stepBits = Math.log2(stepsPerDoubling);
    this.#unitsPerValue = unitsPerValue;
    this.#fineShift = fineDoublings;
    this.#fineBuckets = 1 + (fineDoublings + 2) * stepsPerDoubling;
    this.#leastOfUnit = isWhole ? 1 / unitsPerValue : 0;
    this.#mostUnits = 2 ** (this.#stepBits + 1 + fineDoublings + coarseDoublings) - 1;
    this.buckets = this.#fineBuckets + coarseDoublings;
    this.#bounds = Array.from({ length: this.buckets }, (_, bucket) => this.#unitsUpTo(bucket) / unitsPerValue);
  }

  /**
   * The bucket of a value from 0. Its number is made of the highest bits of the units (one more than the bits of a
   * step) and their position.
   */
  bucketOf(value: number): number {
    const units = Math.ceil(value * this.#unitsPerValue - ROUNDING) - 1;
    if (units < 0) return 0;
    const whole = Math.min(units, this.#mostUnits);
    const shift = 31 - Math.clz32(whole) - this.#stepBits;
    if (shift <= 0) return 1 + whole;
    if (shift > this.#fineShift) return this.#fineBuckets + shift - this.#fineShift - 1;
    return 1 + (shift << this.#stepBits) + (whole >>> shift);
  }

  /** The upper bound of a bucket; of the last bucket too, although it holds all larger values. */
  upTo(bucket: number): number {
    return this.#bounds[bucket] as number;
  }

  /** The middle of a bucket's values. */
  middleOf(bucket: number): number {
    if (bucket === 0) return 0;
    return (this.upTo(bucket - 1) + this.#leastOfUnit + this.upTo(bucket)) / 2;
  }

  #unitsUpTo(bucket: number): number {
    if (bucket >= this.#fineBuckets) return 2 ** (this.#stepBits + this.#fineShift + 2 + bucket - this.#fineBuckets);
    const shift = Math.max(0, ((bucket - 1) >> this.#stepBits) - 1);
    return (bucket - (shift << this.#stepBits)) * 2 ** shift;
  }
}

/**
 * Milliseconds, within 7 % or 0.07 ms up to 131 s, and one bucket for each doubling above, up to 70 minutes. 150
 * buckets: as many different values as CloudWatch takes in one datum (PutMetricData, "Values").
 */
export const MILLISECONDS: BucketGrid = new BucketGrid({
  stepsPerDoubling: 8,
  unitsPerValue: 8,
  fineDoublings: 16,
  coarseDoublings: 5,
  isWhole: false,
});

/** Whole numbers: exact up to 16, then within 7 % up to a million. 150 buckets too. */
export const WHOLE_NUMBERS: BucketGrid = new BucketGrid({
  stepsPerDoubling: 8,
  unitsPerValue: 1,
  fineDoublings: 16,
  coarseDoublings: 5,
  isWhole: true,
});

/** Milliseconds, within 0.8 % or half a microsecond up to 71 minutes. */
export const FINE_MILLISECONDS: BucketGrid = new BucketGrid({
  stepsPerDoubling: 64,
  unitsPerValue: 1_000,
  fineDoublings: 25,
  coarseDoublings: 0,
  isWhole: false,
});
