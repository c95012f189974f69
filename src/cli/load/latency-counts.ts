/** Counts by bucket, as {@link LatencyCounts} numbers them: plain data. */
export type LatencyBuckets = readonly (readonly [bucket: number, count: number])[];

/** Buckets between a number of microseconds and its double: what is told is within 1.6 % of what was. */
const STEPS = 64;
/** From here on a bucket holds several; below, each number has its own. */
const FIRST_WIDE_BIT = 7;
/** Up to 2^36 microseconds, 19 hours. */
const BITS = 36;
const BUCKETS = STEPS * (BITS - FIRST_WIDE_BIT + 2);

/** How many records took how long, in memory that does not grow. */
export class LatencyCounts {
  readonly #counts = new Float64Array(BUCKETS);
  #total = 0;

  /** Adds what others counted. */
  add(buckets: LatencyBuckets): void {
    for (const [bucket, count] of buckets) {
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
      this.#total += count;
    }
  }

  count(milliseconds: number): void {
    const bucket = bucketOf(Math.max(0, milliseconds * 1_000));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total++;
  }

  /**
   * The milliseconds that this share of the records did not exceed; 0 when there are none.
   *
   * @param share - 1 for the longest
   */
  quantile(share: number): number {
    let left = Math.ceil(share * this.#total);
    if (left === 0) return 0;
    for (const [bucket, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return endOf(bucket) / 1_000;
    }
    return endOf(BUCKETS - 1) / 1_000;
  }

  /** The buckets that have any. */
  buckets(): LatencyBuckets {
    return [...this.#counts.entries()].filter(([, count]) => count > 0);
  }
}

function bucketOf(us: number): number {
  const whole = Math.min(2 ** BITS - 1, Math.floor(us));
  const shift = Math.max(0, Math.floor(Math.log2(whole)) - FIRST_WIDE_BIT + 1);
  return shift * STEPS + Math.floor(whole / 2 ** shift);
}

/** The largest number of microseconds in a bucket. */
function endOf(bucket: number): number {
  const shift = Math.max(0, Math.floor(bucket / STEPS) - 1);
  return (bucket - shift * STEPS + 1) * 2 ** shift - 1;
}
