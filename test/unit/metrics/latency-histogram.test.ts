import { describe, expect, test } from "vitest";

import { LatencyHistogram } from "../../../src/metrics/latency-histogram.js";

function histogramOf(values: Iterable<number>): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

test("without values everything is 0", () => {
  const histogram = new LatencyHistogram();

  expect([histogram.count, histogram.max, histogram.quantile(0.5), histogram.quantile(1)]).toEqual([0, 0, 0, 0]);
});

test("the largest value and their number are exact", () => {
  const histogram = histogramOf([3, 1_234.5, 7]);

  expect(histogram.count).toBe(3);
  expect(histogram.max).toBe(1_234.5);
});

describe("quantiles", () => {
  /** Checks the precision of a quantile: a tenth of the value, plus a tenth of a millisecond. */
  function expectNear(quantile: number, value: number): void {
    expect(Math.abs(quantile - value)).toBeLessThanOrEqual(value * 0.1 + 0.1);
  }

  test.each([0, 0.01, 0.5, 1, 2, 5, 9.9, 10, 99, 100, 1_000, 12_345, 3_600_000, 7 * 86_400_000])(
    "of %d ms, among smaller and larger values, are within 10 % and a tenth of a millisecond",
    (value) => {
      const histogram = histogramOf([
        ...Array(10).fill(value / 3),
        ...Array(80).fill(value),
        ...Array(10).fill(value * 3),
      ]);

      for (const share of [0.2, 0.5, 0.8]) expectNear(histogram.quantile(share), value);
    },
  );

  test.each([0.01, 0.1, 0.5, 0.9, 0.99, 0.999])("at %d of evenly spread values are within 10 %", (share) => {
    const values = Array.from({ length: 10_000 }, (_, i) => i + 1);

    expectNear(histogramOf(values).quantile(share), share * 10_000);
  });

  test("of values that grow by powers are within 10 %", () => {
    const values = Array.from({ length: 1_001 }, (_, i) => 10 ** (i / 200));
    const histogram = histogramOf(values);

    for (const i of [100, 500, 900, 990]) expectNear(histogram.quantile((i + 1) / 1_001), values[i] as number);
  });

  test("never pass the largest value, and reach it at the end", () => {
    const histogram = histogramOf([1, 2, 1_000]);

    expect(histogram.quantile(1)).toBe(1_000);
    expect(histogramOf([7, 7, 7]).quantile(0.5)).toBeLessThanOrEqual(7);
  });

  test("ascend with the share", () => {
    const histogram = histogramOf(Array.from({ length: 1_000 }, (_, i) => (i * 7919) % 1_009));

    const quantiles = Array.from({ length: 101 }, (_, i) => histogram.quantile(i / 100));

    expect(quantiles).toEqual(quantiles.toSorted((a, b) => a - b));
  });
});

describe("with 64 steps to a doubling", () => {
  test("quantiles are within 0.8 % of the value, from a microsecond to three months", () => {
    for (let us = 1; us < 2 ** 43; us = Math.ceil(us * 1.07)) {
      const histogram = new LatencyHistogram(64);
      histogram.record(us / 1_000);
      histogram.record(us);

      const told = histogram.quantile(0.5) * 1_000;

      expect(Math.abs(told - us)).toBeLessThanOrEqual(us * 0.008 + 1);
    }
  });

  test("short durations are counted to the microsecond", () => {
    const histogram = new LatencyHistogram(64);
    for (let us = 1; us <= 100; us++) histogram.record(us / 1_000);

    const told = [0.01, 0.5, 0.9, 1].map((share) => Math.round(histogram.quantile(share) * 1_000));

    expect(told).toEqual([1, 50, 90, 100]);
  });
});

test.each([8, 64] as const)("takes what another one counted as if it had counted it, with %d steps", (steps) => {
  const [one, other, both] = [new LatencyHistogram(steps), new LatencyHistogram(steps), new LatencyHistogram(steps)];
  for (let i = 0; i < 1_000; i++) {
    (i % 3 === 0 ? one : other).record(i * 1.7);
    both.record(i * 1.7);
  }

  one.add(structuredClone(other.counts()));

  expect(one.counts()).toEqual(both.counts());
  expect([one.count, one.max, one.quantile(0.99)]).toEqual([both.count, both.max, both.quantile(0.99)]);
});

test("a value below 0, of a clock that stepped back, counts as 0", () => {
  const histogram = histogramOf([-5]);

  expect(histogram.count).toBe(1);
  expect(histogram.quantile(0.5)).toBe(0);
});

test("a value beyond the last bucket is counted, and is the largest", () => {
  const histogram = histogramOf([1e15]);

  expect(histogram.max).toBe(1e15);
  expect(histogram.quantile(0.5)).toBeGreaterThan(2 ** 31);
});
