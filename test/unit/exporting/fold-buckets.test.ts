import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldBuckets } from "../../../src/exporting/fold-buckets.js";
import { distributionOf } from "../../support/sample-stats.js";

describe("the buckets of a distribution in fixed bounds", () => {
  it("hold the values up to each bound, and at last those above all", () => {
    expect(foldBuckets(distributionOf([0, 1, 2, 2, 5, 6, 70]), [1, 2, 5])).toEqual([2, 2, 1, 2]);
  });

  it("are empty without values", () => {
    expect(foldBuckets(distributionOf([]), [1])).toEqual([0, 0]);
  });

  it("hold each value once, and only grow with more values", () => {
    const bounds = [1, 2, 5, 10, 100];
    fc.assert(
      fc.property(fc.array(fc.nat(200)), fc.array(fc.nat(200)), (values, more) => {
        const before = foldBuckets(distributionOf(values), bounds);
        const after = foldBuckets(distributionOf([...values, ...more]), bounds);

        expect(after.reduce((a, b) => a + b)).toBe(values.length + more.length);
        expect(after.every((count, index) => count >= (before[index] ?? 0))).toBe(true);
      }),
    );
  });
});
