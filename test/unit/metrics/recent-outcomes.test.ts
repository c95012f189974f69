import { expect, test } from "vitest";

import { RecentOutcomes } from "../../../src/metrics/recent-outcomes.js";

function deliver(outcomes: RecentOutcomes, now: number, latencyMs: number): void {
  const slice = outcomes.at(now);
  slice.delivered++;
  slice.latencyMs.record(latencyMs);
}

test("outcomes are recent for at least 55 seconds, and for less than 60", () => {
  const outcomes = new RecentOutcomes();
  deliver(outcomes, 4_999, 10);
  deliver(outcomes, 5_000, 20);

  expect(outcomes.read(59_999).delivered).toBe(2);
  expect(outcomes.read(60_000)).toMatchObject({ delivered: 1, latencyMs: { min: 20, max: 20 } });
  expect(outcomes.read(65_000)).toMatchObject({ delivered: 0, latencyMs: { count: 0 } });
});

test("the latency of all time keeps what is no longer recent", () => {
  const outcomes = new RecentOutcomes();
  deliver(outcomes, 0, 10);
  deliver(outcomes, 100_000, 30);
  deliver(outcomes, 1_000_000, 20);

  outcomes.read(2_000_000);

  expect(outcomes.latencyMs()).toMatchObject({ count: 3, sum: 60, min: 10, max: 30 });
});

test("an outcome with an earlier time counts in the slice of now", () => {
  const outcomes = new RecentOutcomes();
  outcomes.at(20_000).failed++;
  outcomes.at(14_000).expired++;

  expect(outcomes.read(20_000)).toMatchObject({ failed: 1, expired: 1 });
  expect(outcomes.read(79_999)).toMatchObject({ failed: 1, expired: 1 });
  expect(outcomes.read(80_000)).toMatchObject({ failed: 0, expired: 0 });
});
