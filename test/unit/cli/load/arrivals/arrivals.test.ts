import { describe, expect, it } from "vitest";
import type { ArrivalPlan, Spacing } from "../../../../../src/cli/load/arrivals/arrival-plan.js";
import { Arrivals, type Share } from "../../../../../src/cli/load/arrivals/arrivals.js";

const WHOLE: Share = { index: 0, of: 1 };

function plan(spacing: Spacing, from: number, to = from, toMs = 1_000): ArrivalPlan {
  return { segments: [{ fromMs: 0, toMs, from, to }], spacing };
}

/** Every due time. */
function times(arrivals: Arrivals): number[] {
  const all: number[] = [];
  for (; arrivals.nextAt !== Number.POSITIVE_INFINITY; arrivals.advance()) all.push(arrivals.nextAt);
  return all;
}

describe("even", () => {
  it("are one interval apart, from the start on", () => {
    expect(times(new Arrivals(plan({ kind: "even" }, 4), WHOLE, 1))).toEqual([0, 250, 500, 750]);
  });

  it.each([1, 3, 7, 999, 1_000, 1_001, 3_333])("are as many as a rate of %d asks for", (rate) => {
    expect(times(new Arrivals(plan({ kind: "even" }, rate), WHOLE, 1))).toHaveLength(rate);
  });

  it("become closer on a ramp", () => {
    const all = times(new Arrivals(plan({ kind: "even" }, 0, 200), WHOLE, 1));

    expect(all).toHaveLength(100);
    expect(all[25]).toBeCloseTo(500);
  });

  it.each([2, 3, 8])("of %d processes together are those of one", (of) => {
    const shared = Array.from({ length: of }, (_, index) =>
      times(new Arrivals(plan({ kind: "even" }, 100), { index, of }, 1)),
    );

    expect(shared.flat().sort((a, b) => a - b)).toEqual(times(new Arrivals(plan({ kind: "even" }, 100), WHOLE, 1)));
  });
});

describe("bursts", () => {
  it("are all due at the start of their span, and as many", () => {
    const all = times(new Arrivals(plan({ kind: "bursts", everyMs: 250 }, 400), WHOLE, 1));

    expect(countsOf(all)).toEqual(
      new Map([
        [0, 100],
        [250, 100],
        [500, 100],
        [750, 100],
      ]),
    );
  });
});

function countsOf(all: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const each of all) counts.set(each, (counts.get(each) ?? 0) + 1);
  return counts;
}

describe("poisson", () => {
  it("has gaps that are exponential: as spread as they are long", () => {
    const all = times(new Arrivals(plan({ kind: "poisson" }, 20_000), WHOLE, 7));
    const gaps = all.slice(1).map((at, index) => at - (all[index] as number));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);

    // Five standard deviations of a Poisson distribution.
    expect(Math.abs(all.length - 20_000)).toBeLessThan(5 * Math.sqrt(20_000));
    expect(deviation / mean).toBeGreaterThan(0.95);
    expect(deviation / mean).toBeLessThan(1.05);
    expect(gaps.filter((gap) => gap > mean).length / gaps.length).toBeCloseTo(Math.exp(-1), 1);
  });

  it("follows a ramp", () => {
    const all = times(new Arrivals(plan({ kind: "poisson" }, 0, 20_000), WHOLE, 7));

    const early = all.filter((at) => at < 500).length;
    expect(early / all.length).toBeCloseTo(0.25, 1);
  });

  it("of several processes together has the rate of one", () => {
    const counts = [0, 1, 2].map(
      (index) => times(new Arrivals(plan({ kind: "poisson" }, 9_000), { index, of: 3 }, index)).length,
    );

    for (const count of counts) expect(Math.abs(count - 3_000)).toBeLessThan(5 * Math.sqrt(3_000));
  });

  it("is the same for the same seed, and otherwise for another", () => {
    const first = (seed: number): number[] => times(new Arrivals(plan({ kind: "poisson" }, 50), WHOLE, seed));

    expect(first(1)).toEqual(first(1));
    expect(first(2)).not.toEqual(first(1));
  });
});

describe("records left over", () => {
  it.each([{ kind: "even" }, { kind: "poisson" }, { kind: "bursts", everyMs: 100 }] as const)(
    "are those due by then that did not come: %o",
    (spacing) => {
      const all = times(new Arrivals(plan(spacing, 1_000), WHOLE, 3));
      const arrivals = new Arrivals(plan(spacing, 1_000), WHOLE, 3);
      for (let taken = 0; taken < 120; taken++) arrivals.advance();

      expect(arrivals.leftBy(450)).toBe(all.filter((at) => at <= 450).length - 120);
    },
  );

  it("are none when all due records came", () => {
    const arrivals = new Arrivals(plan({ kind: "even" }, 10), WHOLE, 1);
    arrivals.advance();

    expect(arrivals.leftBy(50)).toBe(0);
  });

  it("are counted at once, however many", () => {
    expect(new Arrivals(plan({ kind: "even" }, 1e9, 1e9, 3_600_000), WHOLE, 1).leftBy(3_600_000)).toBe(3.6e12);

    const poisson = new Arrivals(plan({ kind: "poisson" }, 1e9, 1e9, 3_600_000), WHOLE, 1).leftBy(3_600_000);
    expect(poisson / 3.6e12).toBeCloseTo(1, 3);
  });
});
