/**
 * Sums and differences of snapshots of a stream.
 *
 * @module
 */
import type { Distribution, StreamStats, Summary } from "../stats.js";

/** Numbers that are not added. The oldest record is the oldest of all; the slowest lane is the slowest of all. */
const COMBINED: Readonly<Record<string, (a: number, b: number) => number>> = {
  oldestAgeMs: Math.max,
  rateFactor: Math.min,
  seconds: Math.max,
};

/** Adds streams up; undefined when there is none. */
export function mergeStreams(streams: readonly StreamStats[]): StreamStats | undefined {
  const [first, ...others] = streams;
  return others.reduce<StreamStats | undefined>((sum, each) => (sum === undefined ? each : merged(sum, each)), first);
}

/** Adds two objects of the same shape up, number by number. */
export function merged<T extends object>(a: T, b: T): T {
  if (isDistribution(a) && isDistribution(b)) return mergedDistribution(a, b) as object as T;
  if (isSummary(a) && isSummary(b)) return mergedSummary(a, b) as object as T;
  const result = { ...a } as Record<string, unknown>;
  for (const [key, right] of Object.entries(b)) {
    const left = result[key];
    if (left === undefined) result[key] = right;
    else if (typeof left === "number") result[key] = COMBINED[key]?.(left, right) ?? left + right;
    else if (typeof left === "object" && left !== null) result[key] = merged(left, right);
  }
  return result as T;
}

/** The growth from one snapshot to a later one, number by number. Extremes of distributions are those of the later one. */
export function grown<T extends object>(now: T, before: T): T {
  const result = { ...now } as Record<string, unknown>;
  for (const [key, earlier] of Object.entries(before)) {
    const later = result[key];
    if (typeof later === "number") result[key] = later - earlier;
    else if (typeof later === "object" && later !== null)
      result[key] = isSummary(later) ? grownSummary(later, earlier) : grown(later, earlier);
  }
  return result as T;
}

function isSummary(value: object): value is Summary {
  return "count" in value && "sum" in value && "min" in value;
}

function isDistribution(value: object): value is Distribution {
  return isSummary(value) && "buckets" in value;
}

function mergedSummary(a: Summary, b: Summary): Summary {
  if (a.count === 0 || b.count === 0) return a.count === 0 ? b : a;
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
  };
}

function mergedDistribution(a: Distribution, b: Distribution): Distribution {
  if (a.count === 0 || b.count === 0) return a.count === 0 ? b : a;
  const counts = new Map(a.buckets);
  for (const [upTo, count] of b.buckets) counts.set(upTo, (counts.get(upTo) ?? 0) + count);
  const buckets = [...counts].sort(([left], [right]) => left - right);
  const summary = mergedSummary(a, b);
  const quantile = (share: number): number => quantileOf(buckets, summary, share);
  return { ...summary, p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99), buckets };
}

function grownSummary(now: Summary, before: Summary): Summary {
  const growth = { ...now, count: now.count - before.count, sum: now.sum - before.sum };
  if (!isDistribution(now) || !isDistribution(before)) return growth;
  return { ...growth, buckets: grownBuckets(now.buckets, before.buckets) } as Distribution;
}

/** The buckets that have grown, by their growth. */
export function grownBuckets(now: Distribution["buckets"], before: Distribution["buckets"]): Distribution["buckets"] {
  const earlier = new Map(before);
  return now
    .map(([upTo, count]): readonly [number, number] => [upTo, count - (earlier.get(upTo) ?? 0)])
    .filter(([, count]) => count > 0);
}

/** The upper bound of the bucket in which this share of the values ends. */
function quantileOf(buckets: Distribution["buckets"], { count, max }: Summary, share: number): number {
  let seen = 0;
  for (const [upTo, values] of buckets) {
    seen += values;
    if (seen >= share * count) return Math.min(max, upTo);
  }
  return max;
}
