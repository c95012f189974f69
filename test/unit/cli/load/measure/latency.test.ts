import { expect, it } from "vitest";
import { addedLatency, curveOf, newLatency, quantilesOf } from "../../../../../src/cli/load/measure/latency.js";

function latencies(...all: readonly number[]): ReturnType<typeof newLatency> {
  const histogram = newLatency();
  for (const ms of all) histogram.record(ms);
  return histogram;
}

it("adds histograms, and reads their percentiles", () => {
  const all = addedLatency([latencies(1, 1, 1).counts(), latencies(50).counts()]);

  const { p50, p99, max } = quantilesOf(all);
  expect(all.count).toBe(4);
  expect(p50).toBeCloseTo(1, 1);
  expect(p99).toBeCloseTo(50, 0);
  expect(max).toBe(50);
});

it("has a curve that ends with the slowest record, and never falls", () => {
  const curve = curveOf(latencies(...Array.from({ length: 1_000 }, (_, index) => index + 1)));

  expect(curve[0]?.[0]).toBe(0);
  expect(curve.at(-1)).toEqual([1 - 1 / 1_001, 1_000]);
  const median = curve.find(([share]) => share >= 0.5)?.[1] as number;
  expect(median).toBeGreaterThan(480);
  expect(median).toBeLessThan(620);
  for (const [index, [share, ms]] of curve.entries()) {
    const [shareBefore, msBefore] = curve[index - 1] ?? [-1, 0];
    expect(share).toBeGreaterThan(shareBefore);
    expect(ms).toBeGreaterThanOrEqual(msBefore);
  }
});

it("has no curve without records", () => {
  expect(curveOf(newLatency())).toEqual([]);
});
