import { describe, expect, it } from "vitest";
import { LatencyCounts } from "../../../../src/cli/load/latency-counts.js";

describe("LatencyCounts", () => {
  it("tells a quantile within 1.6 % above what was counted", () => {
    for (let us = 1; us < 2 ** 36; us = Math.ceil(us * 1.07)) {
      const counts = new LatencyCounts();
      counts.count(us / 1_000);

      const told = counts.quantile(0.5) * 1_000;

      expect(Math.round(told)).toBeGreaterThanOrEqual(us);
      expect(told).toBeLessThanOrEqual(us * 1.016);
    }
  });

  it("tells the share that was asked for, and the longest for 1", () => {
    const counts = new LatencyCounts();
    for (let i = 1; i <= 100; i++) counts.count(i / 1_000);

    expect([0.01, 0.5, 0.9, 1].map((share) => Math.round(counts.quantile(share) * 1_000))).toEqual([1, 50, 90, 100]);
  });

  it("takes what others counted as if it had counted it", () => {
    const [one, other, both] = [new LatencyCounts(), new LatencyCounts(), new LatencyCounts()];
    for (let i = 0; i < 1_000; i++) {
      (i % 3 === 0 ? one : other).count(i * 1.7);
      both.count(i * 1.7);
    }

    one.add(structuredClone(other.buckets()));

    expect(one.buckets()).toEqual(both.buckets());
    expect(one.quantile(0.99)).toBe(both.quantile(0.99));
  });

  it("keeps what is before its time or beyond its range at the ends", () => {
    const counts = new LatencyCounts();
    counts.count(-3);
    counts.count(1e12);

    expect(counts.quantile(0.5)).toBe(0);
    expect(counts.quantile(1)).toBe((2 ** 36 - 1) / 1_000);
  });

  it("tells 0 when nothing was counted", () => {
    expect(new LatencyCounts().quantile(0.99)).toBe(0);
  });
});
