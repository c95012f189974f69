import { expect, test } from "vitest";

import { StreamRecorder } from "../../../src/metrics/recorder.js";

test("runs count their wait for the first request, and their latency, in buckets and in sums", () => {
  const recorder = new StreamRecorder();
  const times = recorder.timesOf("shard-1", 150, 100);

  times.add(10, 3);
  times.add(20, 0);
  times.add(60, 1);
  times.end();

  expect(recorder.bufferingMs.counts()).toMatchObject({ sum: 310, min: 40, max: 90 });
  expect(recorder.bufferingMs.buckets()).toEqual([
    [40, 1],
    [96, 3],
  ]);
  expect(recorder.shard("shard-1").bufferingMs).toMatchObject({ count: 4, sum: 310, min: 40, max: 90 });
  expect(recorder.outcomes.latencyMs()).toMatchObject({ count: 4, sum: 510, min: 90, max: 140 });
});

test("without a run nothing is counted", () => {
  const recorder = new StreamRecorder();

  recorder.timesOf("shard-1", 150, 100).end();

  expect([recorder.bufferingMs.count, recorder.shard("shard-1").bufferingMs.count]).toEqual([0, 0]);
});
