import { expect, it } from "vitest";
import { KeyDraw } from "../../../../../src/cli/load/keys/key-draw.js";
import type { KeyPlan } from "../../../../../src/cli/load/keys/key-plan.js";

const DRAWS = 200_000;

/** Number of draws of each key. */
function drawn(plan: KeyPlan, seed = 1): Map<string, number> {
  const draw = new KeyDraw(plan, seed);
  const counts = new Map<string, number>();
  for (let i = 0; i < DRAWS; i++) {
    const key = draw.next();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

it("draws all keys alike", () => {
  const counts = drawn({ kind: "uniform", count: 50 });

  expect(counts.size).toBe(50);
  for (const count of counts.values()) {
    // Five standard deviations.
    expect(Math.abs(count - DRAWS / 50)).toBeLessThan(5 * Math.sqrt(DRAWS / 50));
  }
});

it.each([0.5, 1, 1.4])("draws the k-th key 1/k^%d times as often as the first", (exponent) => {
  const counts = drawn({ kind: "zipf", count: 100, exponent });
  const weights = Array.from({ length: 100 }, (_, index) => 1 / (index + 1) ** exponent);
  const total = weights.reduce((sum, weight) => sum + weight);

  for (const [index, weight] of weights.entries()) {
    const expected = (DRAWS * weight) / total;
    const count = counts.get(String(index).padStart(8, "0")) ?? 0;
    expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt(expected));
  }
});

it("has keys of 8 characters, and a single one when that is asked for", () => {
  expect(drawn({ kind: "uniform", count: 1 })).toEqual(new Map([["00000000", DRAWS]]));
  expect(drawn({ kind: "zipf", count: 1, exponent: 1.1 })).toEqual(new Map([["00000000", DRAWS]]));
});

it("draws the same for the same seed, and otherwise for another", () => {
  const first = (seed: number): string[] => {
    const draw = new KeyDraw({ kind: "zipf", count: 1_000, exponent: 1 }, seed);
    return Array.from({ length: 20 }, () => draw.next());
  };

  expect(first(1)).toEqual(first(1));
  expect(first(2)).not.toEqual(first(1));
});

it.each([0.1, 0.5, 1])(
  "gives one hot key the share %d of the records, and the others equal parts of the rest",
  (share) => {
    const counts = drawn({ kind: "hot", count: 11, share });
    const rest = (DRAWS * (1 - share)) / 10;

    expect(Math.abs((counts.get("00000000") ?? 0) - DRAWS * share)).toBeLessThan(5 * Math.sqrt(DRAWS));
    for (let index = 1; index <= 10; index++) {
      const count = counts.get(String(index).padStart(8, "0")) ?? 0;
      expect(Math.abs(count - rest)).toBeLessThanOrEqual(5 * Math.sqrt(rest));
    }
  },
);

it("has one key when the hot one has no others", () => {
  expect(drawn({ kind: "hot", count: 1, share: 0.3 })).toEqual(new Map([["00000000", DRAWS]]));
});
