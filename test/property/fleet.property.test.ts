/**
 * The simulator of `npm run bench fleet`, short: bars that a slip of the limiter does not pass. The figures, and what could not
 * be reached, are in docs/fleet.md.
 */
import { describe, expect, test } from "vitest";
import { CANDIDATES } from "../../bench/fleet/candidates.js";
import { capacityBytes, measure } from "../../bench/fleet/measures.js";
import { runPassing, runReshard, runSteady, type SteadyOptions } from "../../bench/fleet/scenarios.js";
import { simulateFleet } from "../../bench/fleet/simulate.js";

const STEADY: Omit<SteadyOptions, "model" | "producers"> = {
  candidate: "this library",
  offered: 1.5,
  records: "aggregated",
  settleSeconds: 300,
  measuredSeconds: 600,
  seeds: 2,
};

describe("a fleet that is offered 1.5 times what its shard takes", () => {
  test.each([
    ["bucket", 1, 0.99, 0.001, 1],
    ["bucket", 10, 0.97, 0.015, 0.8],
    ["bucket", 100, 0.97, 0.015, 0.93],
    ["burst", 1, 0.99, 0.001, 1],
    ["burst", 10, 0.97, 0.015, 0.8],
    ["burst", 100, 0.97, 0.015, 0.93],
    // Twenty whole aggregates fit in a second: 97.7 % of it.
    ["window", 1, 0.95, 0.002, 1],
    ["window", 10, 0.9, 0.015, 0.8],
    ["window", 100, 0.94, 0.03, 0.95],
  ] as const)(
    "%s, %d producers: uses %f, is refused %f at most, fairness %f",
    (model, producers, used, refused, fair) => {
      const { utilisation, throttled, fairness } = runSteady({ ...STEADY, model, producers });

      expect(utilisation).toBeGreaterThanOrEqual(used);
      expect(throttled).toBeLessThanOrEqual(refused);
      expect(fairness).toBeGreaterThanOrEqual(fair - 1e-9);
    },
  );

  test.each([
    ["bucket", 10],
    ["window", 10],
    ["bucket", 100],
  ] as const)("%s, %d producers, raw records: nearly all is used, little refused", (model, producers) => {
    const options = { ...STEADY, records: "raw", settleSeconds: 60, measuredSeconds: 60, seeds: 1 } as const;
    const { utilisation, throttled } = runSteady({ ...options, model, producers });

    expect(utilisation).toBeGreaterThanOrEqual(0.9);
    expect(throttled).toBeLessThanOrEqual(0.03);
  });
});

test("what fits is neither held up nor refused", () => {
  const { utilisation, throttled } = runSteady({ ...STEADY, offered: 0.5, model: "bucket", producers: 10, seeds: 1 });

  expect(utilisation).toBeCloseTo(0.5, 2);
  expect(throttled).toBe(0);
});

test("after a split of every shard, what the new ones take is used within a minute or two", () => {
  const { after, settledAfter } = runReshard("bucket", 10, 1);

  expect(settledAfter).toBeLessThanOrEqual(180);
  expect(after.utilisation).toBeGreaterThanOrEqual(0.95);
  expect(after.throttled).toBeLessThanOrEqual(0.015);
});

test("when nine others come a producer makes room within seconds, and climbs back within four minutes when they leave", () => {
  const { fallsAfter, climbsAfter } = runPassing("this library", 10, 1, 1);

  expect(fallsAfter).toBeLessThanOrEqual(30);
  expect(climbsAfter).toBeLessThanOrEqual(240);
});

test("the simulator shows what was measured with the real KPL: one Kinesis record in three refused", () => {
  const options = { pacing: CANDIDATES.KPL, model: "bucket", producers: 1, shards: 1, offered: 1.5 } as const;
  const recording = simulateFleet({ ...options, records: "aggregated", durationMs: 180_000, seed: 1 });

  const { utilisation, throttled } = measure(recording, 60, 180, capacityBytes("aggregated", 1));

  expect(utilisation).toBeGreaterThan(0.99);
  expect(throttled).toBeGreaterThan(0.3);
  expect(throttled).toBeLessThan(0.37);
});
