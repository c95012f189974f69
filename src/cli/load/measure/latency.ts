import { FINE_MILLISECONDS } from "../../../metrics/bucket-grid.js";
import { Histogram, type HistogramCounts } from "../../../metrics/histogram.js";

export type LatencyCounts = HistogramCounts;

/** Points of a curve for each factor of ten of 1 / (1 - share). */
const POINTS_PER_DECADE = 8;

/** Milliseconds below which these shares of the records were delivered. */
export type LatencyQuantiles = Readonly<Record<"p50" | "p90" | "p99" | "p999" | "max", number>>;

/** A point of a latency distribution: this share of the records was delivered within this many milliseconds. */
export type LatencyPoint = readonly [share: number, ms: number];

/** An empty histogram, with fine steps: the latency is the figure that a load is run for. */
export function newLatency(): Histogram {
  return new Histogram(FINE_MILLISECONDS);
}

/** One histogram of several. */
export function addedLatency(parts: readonly LatencyCounts[]): Histogram {
  const all = newLatency();
  for (const part of parts) all.add(part);
  return all;
}

export function quantilesOf(histogram: Histogram): LatencyQuantiles {
  const at = (share: number): number => roundedMs(histogram.quantile(share));
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: at(1) };
}

/** The distribution, from half of the records to all but the last one; empty without records. */
export function curveOf(histogram: Histogram): LatencyPoint[] {
  const points: LatencyPoint[] = [];
  if (histogram.count === 0) return points;
  for (let step = 0; ; step++) {
    const beyond = 10 ** (-step / POINTS_PER_DECADE);
    if (beyond * histogram.count < 1) break;
    points.push([1 - beyond, roundedMs(histogram.quantile(1 - beyond))]);
  }
  points.push([1 - 1 / (histogram.count + 1), roundedMs(histogram.max)]);
  return points;
}

/** Three decimals are more than the precision of the measurement. */
export function roundedMs(number: number): number {
  return Math.round(number * 1_000) / 1_000;
}
