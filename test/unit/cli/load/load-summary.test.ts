import { expect, it } from "vitest";
import { compareLoads, describeConditions, describeLoad } from "../../../../src/cli/load/describe-load.js";
import type { LoadSummary } from "../../../../src/cli/load/load-figures.js";
import type { LoadPlan, LoadReport } from "../../../../src/cli/load/load-plan.js";
import { isRateMissed, loadShortfall } from "../../../../src/cli/load/load-shortfall.js";
import { loadSummary, type RunFacts } from "../../../../src/cli/load/load-summary.js";
import { newLatency } from "../../../../src/cli/load/measure/latency.js";
import type { Totals } from "../../../../src/cli/load/measure/totals.js";

const TOTALS: Totals = {
  ...{ kinesisRecords: 2, bytes: 100_000, kinesisBytes: 100_000, requests: 1, retries: 0, bufferedRecords: 0 },
  bufferShare: 0,
  shards: { "shardId-000000000000": [2, 1_048_576, 0] },
};

function report(changes: Partial<LoadReport> = {}): LoadReport {
  const latency = newLatency();
  latency.record(0.05);
  return {
    ...{ sent: 1_000, delivered: 1_000, failed: 0, failedByCode: {}, leftOver: 0, mayBeDuplicates: 0, samples: [] },
    ...{ totals: TOTALS, elapsedMs: 2_000, cpuMs: 3, latency: latency.counts() },
    ...changes,
  };
}

function facts(changes: Partial<RunFacts> = {}, plan: Partial<LoadPlan> = {}): RunFacts {
  const whole: LoadPlan = {
    ...{ producer: { streamName: "load" }, sizes: { kind: "fixed", bytes: 100 }, keys: { kind: "uniform", count: 1 } },
    ...{ how: "enqueue", durationMs: 2_000, share: { index: 0, of: 1 }, seed: 1 },
    ...plan,
  };
  return { mode: "aggregated", plan: whole, isInterrupted: false, local: undefined, ...changes };
}

/** A plan of 500 records a second for 2 s. */
const RATE: Partial<LoadPlan> = {
  arrivals: { segments: [{ fromMs: 0, toMs: 2_000, from: 500, to: 500 }], spacing: { kind: "even" } },
};

it("adds up the figures of several processes, over the time of the longest", () => {
  const failing = { delivered: 990, failed: 10, failedByCode: { KP_RECORD_EXPIRED: 8, AccessDenied: 2 } };
  const totals: Totals = {
    ...TOTALS,
    shards: { "shardId-000000000000": [4, 0, 3], "shardId-000000000001": [0, 0, 1] },
  };
  const reports = [
    report({ ...failing, elapsedMs: 4_000 }),
    report({ failedByCode: { KP_RECORD_EXPIRED: 1 }, totals }),
  ];
  const local = { kinesisRecords: 4, cpuMs: 1.99, openShards: 3, failedEvents: [] };

  const summary = loadSummary(reports, facts({ isInterrupted: true, local }));

  expect(summary).toMatchObject({
    ...{ mode: "aggregated", sent: 2_000, delivered: 1_990, failed: 10, leftOver: 0, mayBeDuplicates: 0, processes: 2 },
    failedByCode: { AccessDenied: 2, KP_RECORD_EXPIRED: 9 },
    ...{
      seconds: 4,
      recordsPerSecond: 498,
      bytes: 200_000,
      kinesisRecords: 4,
      kinesisBytes: 200_000,
      requests: 2,
      throttled: 4,
      retries: 0,
    },
    latencyMs: { p50: 0.05, p90: 0.05, p99: 0.05, p999: 0.05, max: 0.05 },
    shards: {
      "shardId-000000000000": { kinesisRecords: 6, throttled: 3, utilisation: 0.25 },
      "shardId-000000000001": { kinesisRecords: 0, throttled: 1, utilisation: 0 },
    },
    cpuUsPerRecord: 3.015,
    local: { kinesisRecords: 4, cpuUsPerRecord: 1 },
    interrupted: true,
  });
  expect(summary.bill.provisioned.shards).toBe(3);
  expect(summary.wantedPerSecond).toBeUndefined();
});

it("describes a run that went well in a few lines", () => {
  const summary = loadSummary([report()], facts({}, RATE));

  expect(describeLoad(summary).split("\n")).toEqual([
    "delivered   1,000 records of 1,000 in 2 s",
    "rate        500 records/s, 0.05 MB/s; wanted 500",
    "packing     2 Kinesis records of 500 records, 1 request",
    "shards      0 50 % of their limits",
    "latency ms  p50 0.05  p90 0.05  p99 0.05  p999 0.05  max 0.05",
    "bill        $10.87 for 720 h with 1 shard, $38.49 on demand (writes, us-east-1)",
    "CPU         3 µs a record, 1 process",
  ]);
  expect(loadShortfall(summary)).toBeUndefined();
});

it("shows how many times compression makes the data smaller", () => {
  const compressed = { totals: { ...TOTALS, kinesisBytes: 20_000 } };
  const summary = loadSummary([report(compressed)], facts({ mode: "compressed" }, RATE));

  expect(describeLoad(summary)).toContain("1 request, 5 times fewer bytes than the data");
  expect(compareLoads([loadSummary([report()], facts()), summary])).toMatch(/^data \/ stored bytes +1 +5$/m);
});

it("describes the trouble of a run, and why it has failed", () => {
  const changes = { sent: 1_010, failed: 10, failedByCode: { AccessDenied: 10 }, leftOver: 5, mayBeDuplicates: 1 };
  const totals: Totals = { ...TOTALS, retries: 1, shards: { "shardId-000000000007": [2, 0, 3] } };
  const summary = loadSummary([report({ ...changes, totals })], facts({ isInterrupted: true }));

  const text = describeLoad(summary);

  expect(text).toContain("interrupted before its end");
  expect(text).toContain("failed      10 records: AccessDenied 10");
  expect(text).toContain("left over   5 records: there was no room for them");
  expect(text).toContain("duplicates  1 record may be in the stream twice");
  expect(text).toContain("throttled   3 Kinesis records, 1 retry");
  expect(loadShortfall(summary)).toBe(
    "10 records of 1,010 not delivered, 5 records never handed over: the rate is higher than the producer's throughput",
  );
});

it("divides by nothing when nothing was delivered", () => {
  const none: LoadReport = {
    ...report(),
    ...{ sent: 0, delivered: 0, elapsedMs: 0, latency: { buckets: [], sum: 0, min: 0, max: 0 } },
    totals: { ...TOTALS, bytes: 0, kinesisBytes: 0, kinesisRecords: 0, shards: {} },
  };

  const summary = loadSummary([none], facts());

  expect(summary).toMatchObject({ recordsPerSecond: 0, cpuUsPerRecord: 0, latencyMs: { max: 0 }, shards: {} });
  expect(describeLoad(summary)).toContain("rate        0 records/s, 0 MB/s");
});

/** A run of 1,000 due records whose last delivery came this many milliseconds after the start. */
function ended(elapsedMs: number, changes: Partial<LoadReport> = {}, lingerMs?: number): LoadSummary {
  const producer = lingerMs === undefined ? {} : { producer: { lingerMs } };
  return loadSummary([report({ elapsedMs, ...changes })], facts({}, { ...RATE, ...producer }));
}

it.each([
  // The plan's 2 s, the linger of 100 ms and 500 ms for the last request do not count.
  [2_100, 500, false],
  [2_600, 500, false],
  [2_620, 495, false],
  [2_640, 490, true],
  [4_600, 250, true],
])("with the last delivery after %d ms has reached %d records a second, missed: %s", (elapsedMs, reached, isMissed) => {
  const summary = ended(elapsedMs);

  expect([summary.wantedPerSecond, summary.recordsPerSecond, isRateMissed(summary)]).toEqual([500, reached, isMissed]);
});

it("gives the last records the time of their linger", () => {
  expect(ended(3_000, {}, 500).recordsPerSecond).toBe(500);
  expect(ended(3_000, {}, 0).recordsPerSecond).toBe(400);
});

it("fails a run whose rate pacing held back, although every record was delivered", () => {
  const totals: Totals = {
    ...TOTALS,
    shards: { "shardId-000000000003": [4_900, 0, 0], "shardId-000000000004": [9, 0, 0] },
  };
  const summary = ended(5_000, { totals });

  expect(loadShortfall(summary)).toBe(
    "the rate was missed, 227 of 500 records/s: pacing held it, shardId-000000000003 used 98 % of its limits on average",
  );
  expect(loadShortfall(ended(5_000))).toBe("the rate was missed, 227 of 500 records/s");
  expect(describeLoad(summary)).toContain("rate        227 records/s, 0.02 MB/s; wanted 500, missed");
});

it("does not fail twice for records that were not delivered", () => {
  const summary = ended(2_100, { delivered: 500, failed: 500 });

  expect(loadShortfall(summary)).toBe("500 records of 1,000 not delivered");
});

it("fails a run whose schedule could not happen", () => {
  const local = { kinesisRecords: 2, cpuMs: 1, openShards: 1, failedEvents: ["split x: no shard x"] };

  expect(loadShortfall(loadSummary([report()], facts({ local })))).toBe(
    "an event of --at could not happen: split x: no shard x",
  );
});

it("compares modes in columns", () => {
  const raw = loadSummary([report({ elapsedMs: 4_600 })], facts({ mode: "raw" }, RATE));

  const lines = compareLoads([loadSummary([report()], facts({}, RATE)), raw]).split("\n");

  expect(lines.slice(0, 3)).toEqual([
    "                     aggregated         raw",
    "wanted records/s            500         500",
    "reached                     500  250 missed",
  ]);
  expect(lines).toHaveLength(15);
});

it("names the machine and the versions", () => {
  const text = describeConditions({
    ...{ command: "", startedAt: "", version: "1.2.3", node: "22.1.0", platform: "linux", cpu: "Some CPU", cpus: 2 },
    ...{ memoryGib: 24, target: "local Kinesis", durationSeconds: 1, events: [] },
  });

  expect(text).toBe("Some CPU, 2 CPUs, 24 GiB, Node.js 22.1.0, kinesis-producer 1.2.3; local Kinesis");
});
