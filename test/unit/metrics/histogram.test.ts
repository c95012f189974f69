import { describe, expect, test } from "vitest";

import { FINE_MILLISECONDS, MILLISECONDS, WHOLE_NUMBERS } from "../../../src/metrics/bucket-grid.js";
import { Histogram } from "../../../src/metrics/histogram.js";

function histogramOf(values: Iterable<number>): Histogram {
  const histogram = new Histogram(MILLISECONDS);
  for (const value of values) histogram.record(value);
  return histogram;
}

test("without values everything is 0", () => {
  const histogram = new Histogram(MILLISECONDS);

  const { count, sum, min, max } = histogram;
  expect([count, sum, min, max, histogram.quantile(0.5), histogram.quantile(1)]).toEqual([0, 0, 0, 0, 0, 0]);
  expect(histogram.buckets()).toEqual([]);
});

test("number, sum, smallest and largest value are exact", () => {
  const histogram = histogramOf([3, 1_234.5, 7]);

  const { count, sum, min, max } = histogram;
  expect([count, sum, min, max]).toEqual([3, 1_244.5, 3, 1_234.5]);
});

test("a value that is recorded several times at once counts as often", () => {
  const histogram = new Histogram(WHOLE_NUMBERS);

  histogram.record(5, 3);
  histogram.record(7, 0);

  expect([histogram.count, histogram.sum, histogram.max]).toEqual([3, 15, 5]);
  expect(histogram.buckets()).toEqual([[5, 3]]);
});

test("buckets hold the values up to their bounds, and none that are above", () => {
  const values = Array.from({ length: 1_600 }, (_, i) => 1.013 ** i / 1_000);
  const histogram = histogramOf(values);

  let seen = 0;
  for (const [upTo, count] of histogram.buckets()) {
    seen += count;
    expect(values.filter((value) => value <= upTo)).toHaveLength(seen);
  }
  expect(seen).toBe(histogram.count);
});

test("there are never more buckets than CloudWatch takes in a datum", () => {
  for (const grid of [MILLISECONDS, WHOLE_NUMBERS]) {
    const histogram = new Histogram(grid);
    for (let value = 0; value < 1e12; value = value * 1.01 + 0.1) histogram.record(value);

    expect(histogram.buckets().length).toBeLessThanOrEqual(150);
  }
});

describe("quantiles", () => {
  /** Checks the precision of a quantile: a tenth of the value, plus a tenth of a millisecond. */
  function expectNear(quantile: number, value: number): void {
    expect(Math.abs(quantile - value)).toBeLessThanOrEqual(value * 0.1 + 0.1);
  }

  test.each([0, 0.01, 0.5, 1, 2, 5, 9.9, 10, 99, 100, 1_000, 12_345, 40_000])(
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

  test.each([150_000, 600_000, 2_000_000])("of %d ms, which is more than two minutes, are within 34 %", (value) => {
    const histogram = histogramOf([value / 3, value, value * 3]);

    expect(Math.abs(histogram.quantile(0.5) - value)).toBeLessThanOrEqual(value * 0.34);
  });

  test("ascend with the share", () => {
    const histogram = histogramOf(Array.from({ length: 1_000 }, (_, i) => (i * 7919) % 1_009));

    const quantiles = Array.from({ length: 101 }, (_, i) => histogram.quantile(i / 100));

    expect(quantiles).toEqual(quantiles.toSorted((a, b) => a - b));
  });
});

describe("with 64 steps to a doubling", () => {
  test("quantiles are within 0.8 % of the value, from a microsecond to an hour", () => {
    for (let us = 1; us < 2 ** 32; us = Math.ceil(us * 1.07)) {
      const histogram = new Histogram(FINE_MILLISECONDS);
      histogram.record(us / 1_000);
      histogram.record(us);

      const told = histogram.quantile(0.5) * 1_000;

      expect(Math.abs(told - us)).toBeLessThanOrEqual(us * 0.008 + 1);
    }
  });

  test("short durations are counted to the microsecond", () => {
    const histogram = new Histogram(FINE_MILLISECONDS);
    for (let us = 1; us <= 100; us++) histogram.record(us / 1_000);

    const told = [0.01, 0.5, 0.9, 1].map((share) => Math.round(histogram.quantile(share) * 1_000));

    expect(told).toEqual([1, 50, 90, 100]);
  });
});

test.each([
  ["milliseconds", MILLISECONDS],
  ["whole numbers", WHOLE_NUMBERS],
  ["fine milliseconds", FINE_MILLISECONDS],
] as const)("takes what another one counted as if it had counted it: %s", (_, grid) => {
  const [one, other, both] = [new Histogram(grid), new Histogram(grid), new Histogram(grid)];
  for (let i = 0; i < 1_000; i++) {
    (i % 3 === 0 ? one : other).record(i * 1.75);
    both.record(i * 1.75);
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
