import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exactScale, linearScale, logScale, percentileScale } from "../../../../../src/cli/load/page/scale.js";

describe("linear", () => {
  it.each([
    [0, [0, 0.25, 0.5, 0.75, 1]],
    [3, [0, 1, 2, 3]],
    [3_999, [0, 1_000, 2_000, 3_000, 4_000]],
    [4_001, [0, 2_000, 4_000, 6_000]],
  ])("up to %d has round ticks", (max, ticks) => {
    expect(linearScale(max, 4).ticks).toEqual(ticks);
  });

  it("holds every value, with few ticks", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (max) => {
        const { place, ticks } = linearScale(max, 4);

        expect(ticks.length).toBeLessThanOrEqual(6);
        expect(place(0)).toBe(0);
        expect(place(max)).toBeLessThanOrEqual(1 + 1e-9);
        expect(place(max)).toBeGreaterThan(0.39);
      }),
    );
  });

  it("of a time ends with it", () => {
    const { place, ticks } = exactScale(17.25, 5);

    expect([place(17.25), ...ticks]).toEqual([1, 0, 5, 10, 15]);
  });
});

describe("logarithmic", () => {
  it("has whole decades, with 1, 2 and 5 of each when there are few", () => {
    expect(logScale(20, 80).ticks).toEqual([10, 20, 50, 100]);
    expect(logScale(0.5, 3_000).ticks).toEqual([0.1, 1, 10, 100, 1_000, 10_000]);
    expect(logScale(1, 1).ticks).toEqual([1, 2, 5, 10]);
    expect(logScale(0, 0).ticks).toEqual([1, 2, 5, 10]);
  });

  it("has equal room for each decade, and none below the first", () => {
    const { place } = logScale(1, 1_000);

    expect([0, 1, 10, 100, 1_000].map(place)).toEqual([0, 0, 1 / 3, 2 / 3, 1]);
  });
});

describe("percentiles", () => {
  it("has equal room for 90 %, 99 % and 99.9 %", () => {
    const { place, ticks } = percentileScale(0.999);

    expect(ticks).toEqual([0, 0.5, 0.9, 0.99, 0.999]);
    expect(place(0)).toBeCloseTo(0);
    expect(place(0.9)).toBeCloseTo(1 / 3);
    expect(place(0.999)).toBeCloseTo(1);
  });
});
