import type { Distribution } from "../stats.js";

/**
 * The buckets of a distribution in a fixed set of bounds: for each bound the values above the bound before and up to it,
 * and at last the values above the largest bound. A bucket that lies across a bound counts above it, always: so no
 * count ever falls. Both in the distribution's unit.
 *
 * @param bounds - ascending
 */
export function foldBuckets({ buckets }: Pick<Distribution, "buckets">, bounds: readonly number[]): number[] {
  const counts = new Array<number>(bounds.length + 1).fill(0);
  let at = 0;
  for (const [upTo, count] of buckets) {
    while (at < bounds.length && upTo > (bounds[at] as number)) at++;
    counts[at] = (counts[at] as number) + count;
  }
  return counts;
}
