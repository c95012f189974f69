import { grownBuckets } from "../exporting/merge-stats.js";
import type { Distribution, Summary } from "../stats.js";

/** Some values, counted since the stream was opened. */
export interface Measure extends Summary {
  /** Absent for values of which only the sum is known. */
  readonly buckets?: Distribution["buckets"];
}

/**
 * How the smallest and the largest value of a minute are found. `ones`: every value is 1. `shares`: every value is 0 or
 * 1. `sizes`: those since the stream was opened. `buckets`: the outermost buckets that grew. `sample`: one value, read
 * now. `total`: one value, the growth of the sum.
 */
export type Values = "ones" | "shares" | "sizes" | "buckets" | "sample" | "total";

/** A count of things. */
export function ones(count: number): Measure {
  return { count, sum: count, min: 1, max: 1 };
}

/** Successes among attempts. */
export function shares(successes: number, attempts: number): Measure {
  return { count: attempts, sum: successes, min: 0, max: 1 };
}

/** One value. */
export function single(value: number): Measure {
  return { count: 1, sum: value, min: value, max: value };
}

/**
 * The values that came since a measure was sent; undefined when there is none. A measure below the one that was sent
 * started again from 0, for example because a shard left and came back.
 */
export function growthOf(now: Measure, sent: Measure | undefined, values: Values): Measure | undefined {
  if (values === "sample") return now;
  const before = sent === undefined || now.count < sent.count ? undefined : sent;
  const count = now.count - (before?.count ?? 0);
  const sum = now.sum - (before?.sum ?? 0);
  if (values === "total") return sum > 0 ? single(sum) : undefined;
  if (count === 0) return undefined;
  if (values === "ones") return ones(count);
  if (values === "shares") return { count, sum, min: sum < count ? 0 : 1, max: sum > 0 ? 1 : 0 };
  const buckets = now.buckets && grownBuckets(now.buckets, before?.buckets ?? []);
  return { count, sum, ...extremes(now, sum / count, buckets), ...(buckets === undefined ? {} : { buckets }) };
}

/** Within the bounds since the stream was opened, and never past the mean. */
function extremes({ min, max }: Measure, mean: number, buckets: Measure["buckets"]): Pick<Measure, "min" | "max"> {
  const low = buckets?.[0]?.[0] ?? min;
  const high = buckets?.at(-1)?.[0] ?? max;
  return { min: Math.min(mean, Math.max(min, low)), max: Math.max(mean, Math.min(max, high)) };
}

/** Values and how often each occurred. */
export interface CountedValues {
  readonly values: readonly number[];
  readonly counts: readonly number[];
}

/**
 * The buckets of a measure as values, at most `most` of them: neighbours are joined until they fit. The values are
 * corrected by the same factor, so that their sum is the exact sum.
 */
export function countedValues({ sum, buckets = [] }: Measure, most: number): CountedValues {
  let pairs = buckets;
  while (pairs.length > most) pairs = joined(pairs);
  const approximate = pairs.reduce((total, [value, count]) => total + value * count, 0);
  const factor = approximate > 0 ? sum / approximate : 1;
  return {
    values: pairs.map(([value]) => Number((value * factor).toPrecision(9))),
    counts: pairs.map(([, count]) => count),
  };
}

/** Each two neighbours as one, at their mean. */
function joined(pairs: Distribution["buckets"]): Distribution["buckets"] {
  return pairs.flatMap(([value, count], index) => {
    if (index % 2 === 1) return [];
    const [next, more] = pairs[index + 1] ?? [0, 0];
    return [[(value * count + next * more) / (count + more), count + more] as const];
  });
}
