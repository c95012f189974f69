import { expect, it } from "vitest";
import { newLatency } from "../../../../../src/cli/load/measure/latency.js";
import { intervalOf, Sampler } from "../../../../../src/cli/load/measure/sampler.js";
import type { ShardTotals, Totals } from "../../../../../src/cli/load/measure/totals.js";

function totals(shards: Record<string, ShardTotals>, bufferedRecords = 0): Totals {
  return {
    ...{ kinesisRecords: 0, bytes: 0, kinesisBytes: 0, requests: 0, retries: 0, bufferedRecords, bufferShare: 0.5 },
    shards,
  };
}

const outcomes = (sent: number, delivered: number, failed = 0) => ({ sent, delivered, failed });

it.each([
  [100, 250],
  [20_000, 250],
  [20_001, 500],
  [3_600_000, 60_000],
  [7 * 86_400_000, 3_600_000],
])("divides %d ms into intervals of %d ms", (durationMs, intervalMs) => {
  expect(intervalOf(durationMs)).toBe(intervalMs);
});

it("counts the events of each interval, not those before it", () => {
  const sampler = new Sampler(250, newLatency);
  sampler.record(3);
  sampler.take(251, outcomes(10, 5), totals({ a: [2, 200, 1] }, 5));
  sampler.record(40);
  sampler.record(40);
  sampler.take(500, outcomes(30, 28, 1), totals({ a: [5, 500, 1], b: [1, 10, 0] }, 1));

  const [first, second] = sampler.samples;
  expect(first).toMatchObject({
    index: 0,
    ms: 251,
    sent: 10,
    delivered: 5,
    failed: 0,
    throttled: 1,
    bufferedRecords: 5,
  });
  expect(second).toMatchObject({ index: 1, ms: 249, sent: 20, delivered: 23, failed: 1, throttled: 0 });
  expect(second?.shards).toEqual({ a: [3, 300, 0], b: [1, 10, 0] });
  expect([first?.latency.max, second?.latency.max]).toEqual([3, 40]);
  expect([sampler.latency.count, sampler.latency.max]).toEqual([3, 40]);
});

it("goes on with the interval of now after a standstill", () => {
  const sampler = new Sampler(250, newLatency);
  expect(sampler.endsAt).toBe(250);

  sampler.take(252, outcomes(1, 1), totals({}));
  expect(sampler.endsAt).toBe(500);
  sampler.take(1_260, outcomes(2, 2), totals({}));
  expect(sampler.endsAt).toBe(1_500);
  sampler.take(1_499, outcomes(3, 3), totals({}));

  expect(sampler.samples.map(({ index }) => index)).toEqual([0, 1, 5]);
  expect(sampler.endsAt).toBe(1_750);
});
