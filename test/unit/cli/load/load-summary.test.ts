import { expect, it } from "vitest";
import type { LoadReport } from "../../../../src/cli/load/load-plan.js";
import { describeLoad, loadShortfall, loadSummary } from "../../../../src/cli/load/load-summary.js";
import { FINE_MILLISECONDS } from "../../../../src/metrics/bucket-grid.js";
import { Histogram } from "../../../../src/metrics/histogram.js";

function report(changes: Partial<LoadReport> = {}): LoadReport {
  const latency = new Histogram(FINE_MILLISECONDS);
  latency.record(0.05);
  return {
    ...{ sent: 1_000, delivered: 1_000, failed: 0, failedByCode: {}, leftOver: 0, mayBeDuplicates: 0 },
    ...{ bytes: 100_000, kinesisRecords: 2, requests: 1, elapsedMs: 2_000, cpuMs: 3, latency: latency.counts() },
    ...changes,
  };
}

const WELL = { isInterrupted: false, local: undefined };

it("adds up what several processes did, over the time of the longest", () => {
  const failing = { delivered: 990, failed: 10, failedByCode: { KP_RECORD_EXPIRED: 8, AccessDenied: 2 } };
  const reports = [report({ ...failing, elapsedMs: 4_000 }), report({ failedByCode: { KP_RECORD_EXPIRED: 1 } })];

  const summary = loadSummary(reports, { isInterrupted: true, local: { kinesisRecords: 4, cpuMs: 1.99 } });

  expect(summary).toEqual({
    ...{ sent: 2_000, delivered: 1_990, failed: 10, leftOver: 0, mayBeDuplicates: 0, processes: 2 },
    failedByCode: { AccessDenied: 2, KP_RECORD_EXPIRED: 9 },
    ...{ seconds: 4, recordsPerSecond: 498, bytes: 200_000, kinesisRecords: 4, requests: 2 },
    latencyMs: { p50: 0.05, p90: 0.05, p99: 0.05, p999: 0.05, max: 0.05 },
    cpuUsPerRecord: 3.015,
    local: { kinesisRecords: 4, cpuUsPerRecord: 1 },
    interrupted: true,
  });
});

it("tells a run that went well in a few lines", () => {
  const summary = loadSummary([report()], WELL);

  expect(describeLoad(summary).split("\n")).toEqual([
    "delivered   1,000 records of 1,000 in 2 s",
    "rate        500 records/s, 0.05 MB/s",
    "packing     2 Kinesis records of 500 records, 1 request",
    "latency ms  p50 0.05  p90 0.05  p99 0.05  p999 0.05  max 0.05",
    "CPU         3 µs a record, 1 process",
  ]);
  expect(loadShortfall(summary)).toBeUndefined();
});

it("tells what did not go well, and why the run has failed", () => {
  const changes = { sent: 1_010, failed: 10, failedByCode: { AccessDenied: 10 }, leftOver: 5, mayBeDuplicates: 1 };
  const summary = loadSummary([report(changes)], { isInterrupted: true, local: undefined });

  const text = describeLoad(summary);

  expect(text).toContain("interrupted before its end");
  expect(text).toContain("failed      10 records: AccessDenied 10");
  expect(text).toContain("left over   5 records: there was no room for them");
  expect(text).toContain("duplicates  1 record may be in the stream twice");
  expect(loadShortfall(summary)).toBe(
    "10 records of 1,010 not delivered, 5 records never handed over: the rate is higher than the producer's throughput",
  );
});

it("divides by nothing when nothing was delivered", () => {
  const none = {
    ...report(),
    sent: 0,
    delivered: 0,
    bytes: 0,
    kinesisRecords: 0,
    elapsedMs: 0,
    latency: { buckets: [], sum: 0, min: 0, max: 0 },
  };

  const summary = loadSummary([none], WELL);

  expect(summary).toMatchObject({ recordsPerSecond: 0, cpuUsPerRecord: 0, latencyMs: { max: 0 } });
  expect(describeLoad(summary)).toContain("rate        0 records/s, 0 MB/s");
});
