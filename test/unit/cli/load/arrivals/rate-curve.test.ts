import fc from "fast-check";
import { expect, it } from "vitest";
import { RateCurve } from "../../../../../src/cli/load/arrivals/rate-curve.js";

it("counts the records of a constant rate, a ramp and steps", () => {
  const constant = new RateCurve([{ fromMs: 0, toMs: 2_000, from: 500, to: 500 }]);
  const ramp = new RateCurve([{ fromMs: 0, toMs: 10_000, from: 100, to: 300 }]);
  const steps = new RateCurve([
    { fromMs: 0, toMs: 1_000, from: 10, to: 10 },
    { fromMs: 1_000, toMs: 2_000, from: 0, to: 0 },
    { fromMs: 2_000, toMs: 3_000, from: 30, to: 30 },
  ]);

  expect([constant.total, constant.countAt(500), constant.countAt(9_999)]).toEqual([1_000, 250, 1_000]);
  expect([ramp.total, ramp.countAt(5_000)]).toEqual([2_000, 750]);
  expect([steps.total, steps.countAt(1_500), steps.countAt(2_500)]).toEqual([40, 10, 25]);
});

it("has a rate also in the first second", () => {
  const curve = new RateCurve([
    { fromMs: 0, toMs: 1_000, from: 1_000, to: 1_000 },
    { fromMs: 1_000, toMs: 3_000, from: 200, to: 200 },
  ]);

  expect([0, 500, 1_000, 1_500, 3_000].map((ms) => curve.rateBefore(ms))).toEqual([0, 1_000, 1_000, 600, 200]);
});

it("knows when a record is due, and skips a time without records", () => {
  const curve = new RateCurve([
    { fromMs: 0, toMs: 1_000, from: 10, to: 10 },
    { fromMs: 1_000, toMs: 2_000, from: 0, to: 0 },
    { fromMs: 2_000, toMs: 3_000, from: 0, to: 20 },
  ]);

  expect([0, 5, 9].map((count) => curve.timeOf(count))).toEqual([0, 500, 900]);
  expect(curve.timeOf(10)).toBe(2_000);
  expect(curve.timeOf(12.5)).toBe(2_500);
  expect(curve.timeOf(20)).toBe(Number.POSITIVE_INFINITY);
});

it("is its own inverse, for every plan", () => {
  const rate = fc.integer({ min: 0, max: 100_000 });
  const part = fc.record({ from: rate, to: rate });
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 1, maxLength: 6 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (parts, place) => {
        const curve = new RateCurve(
          parts.map(({ from, to }, index) => ({ fromMs: index * 700, toMs: (index + 1) * 700, from, to })),
        );
        fc.pre(curve.total > 0);

        const count = curve.total * place;
        const ms = curve.timeOf(count);

        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(parts.length * 700 + 1e-6);
        expect(Math.abs(curve.countAt(ms) - count)).toBeLessThan(1e-6 * Math.max(1, curve.total));
      },
    ),
  );
});
