import { expect, it } from "vitest";
import type { LoadReport } from "../../../../../src/cli/load/load-plan.js";
import { newLatency } from "../../../../../src/cli/load/measure/latency.js";
import type { Sample } from "../../../../../src/cli/load/measure/sampler.js";
import { timelineOf } from "../../../../../src/cli/load/measure/timeline.js";

function sample(index: number, changes: Partial<Sample> & { readonly latencies?: readonly number[] } = {}): Sample {
  const { latencies = [], ...fields } = changes;
  const latency = newLatency();
  for (const ms of latencies) latency.record(ms);
  return {
    ...{
      index,
      ms: 250,
      sent: 0,
      delivered: 0,
      failed: 0,
      throttled: 0,
      bufferedRecords: 0,
      bufferShare: 0,
      shards: {},
    },
    latency: latency.counts(),
    ...fields,
  };
}

const report = (...samples: Sample[]): LoadReport => ({ samples }) as unknown as LoadReport;

const EVEN = { kind: "even" } as const;

it("has rates a second, with the rate that was wanted", () => {
  const samples = [
    sample(0, { sent: 100, delivered: 50 }),
    sample(1, { ms: 500, delivered: 150, throttled: 5, failed: 1 }),
  ];
  const arrivals = { segments: [{ fromMs: 0, toMs: 500, from: 400, to: 400 }], spacing: EVEN };

  const timeline = timelineOf([report(...samples)], { arrivals, durationMs: 500 });

  expect(timeline).toMatchObject({
    intervalMs: 250,
    wanted: [400, 400, 0],
    handedOver: [400, 0, 0],
    // The second sample stands for two intervals.
    delivered: [200, 300, 300],
    throttled: [0, 10, 10],
    failed: [0, 2, 2],
  });
});

it("adds up the processes", () => {
  const one = report(
    sample(0, {
      delivered: 25,
      latencies: [1, 1, 1],
      bufferedRecords: 2,
      bufferShare: 0.1,
      shards: { a: [125, 0, 0] },
    }),
  );
  const other = report(
    sample(0, {
      delivered: 50,
      latencies: [9],
      bufferedRecords: 3,
      bufferShare: 0.4,
      shards: { a: [0, 131_072, 0], b: [250, 0, 0] },
    }),
    sample(1),
  );

  const timeline = timelineOf([one, other], { durationMs: 500 });

  expect(timeline.wanted).toBeUndefined();
  expect(timeline).toMatchObject({ delivered: [300, 0], bufferedRecords: [5, 0], bufferShare: [0.4, 0] });
  expect(timeline.p50Ms[0]).toBeCloseTo(1, 1);
  expect(timeline.maxMs).toEqual([9, null]);
  expect(timeline.shards).toEqual([
    { shardId: "a", utilisation: [1, 0] },
    { shardId: "b", utilisation: [1, 0] },
  ]);
});

it("adds a last interval of a few milliseconds to the one before", () => {
  const samples = [
    sample(0, { delivered: 10, latencies: [1], shards: { a: [10, 0, 0] } }),
    sample(1, { ms: 10, delivered: 3, latencies: [7], bufferedRecords: 1, shards: { a: [3, 0, 0], b: [1, 0, 0] } }),
  ];

  const timeline = timelineOf([report(...samples)], { durationMs: 250 });

  expect(timeline).toMatchObject({ delivered: [50], maxMs: [7], bufferedRecords: [1] });
  expect(timeline.shards).toEqual([
    { shardId: "a", utilisation: [0.05] },
    { shardId: "b", utilisation: [0.004] },
  ]);
});

it("is empty without a sample", () => {
  expect(timelineOf([report()], { durationMs: 100 })).toMatchObject({ delivered: [], shards: [] });
});
