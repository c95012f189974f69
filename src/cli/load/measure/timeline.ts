import type { ArrivalPlan } from "../arrivals/arrival-plan.js";
import { RateCurve } from "../arrivals/rate-curve.js";
import type { LoadReport } from "../load-plan.js";
import { addedLatency, roundedMs } from "./latency.js";
import { intervalOf, type Sample } from "./sampler.js";
import { utilisationOf } from "./shard-ceilings.js";
import type { ShardTimeline, Timeline } from "./timeline-data.js";

/** The samples of all processes, interval by interval. */
export function timelineOf(
  reports: readonly LoadReport[],
  { arrivals, durationMs }: { readonly arrivals?: ArrivalPlan; readonly durationMs: number },
): Timeline {
  const intervalMs = intervalOf(durationMs);
  const rows = rowsOf(
    reports.map(({ samples }) => samples),
    intervalMs,
  );
  const rate = (read: (sample: Sample) => number): number[] =>
    rows.map((row) => tenths(row.reduce((sum, sample) => sum + (read(sample) * 1_000) / sample.ms, 0)));
  const latency = rows.map((row) => addedLatency(row.map((sample) => sample.latency)));
  const at = (share: number): (number | null)[] =>
    latency.map((each) => (each.count === 0 ? null : roundedMs(each.quantile(share))));
  return {
    intervalMs,
    ...(arrivals === undefined ? {} : { wanted: wantedOf(new RateCurve(arrivals.segments), rows.length, intervalMs) }),
    handedOver: rate(({ sent }) => sent),
    delivered: rate(({ delivered }) => delivered),
    failed: rate(({ failed }) => failed),
    throttled: rate(({ throttled }) => throttled),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
    bufferedRecords: rows.map((row) => row.reduce((sum, { bufferedRecords }) => sum + bufferedRecords, 0)),
    bufferShare: rows.map((row) => thousandths(Math.max(0, ...row.map(({ bufferShare }) => bufferShare)))),
    shards: shardsOf(rows),
  };
}

/** The samples of each interval; one that stands for several intervals is in each of them. */
function rowsOf(processes: readonly (readonly Sample[])[], intervalMs: number): Sample[][] {
  const rows: Sample[][] = [];
  for (const sample of processes.flatMap((samples) => withoutStub(samples, intervalMs))) {
    const last = sample.index + Math.max(1, Math.round(sample.ms / intervalMs)) - 1;
    for (let index = sample.index; index <= last; index++) {
      while (rows.length <= index) rows.push([]);
      rows[index]?.push(sample);
    }
  }
  return rows;
}

/** A last interval of a few milliseconds has no meaningful rate: it is added to the one before. */
function withoutStub(samples: readonly Sample[], intervalMs: number): readonly Sample[] {
  const [before, last] = samples.slice(-2);
  if (before === undefined || last === undefined || last.ms >= intervalMs / 2) return samples;
  return [...samples.slice(0, -2), joined(before, last)];
}

function joined(before: Sample, last: Sample): Sample {
  const shards = new Map(Object.entries(before.shards));
  for (const [shardId, [records, bytes, throttled]] of Object.entries(last.shards)) {
    const [recordsBefore, bytesBefore, throttledBefore] = shards.get(shardId) ?? [0, 0, 0];
    shards.set(shardId, [records + recordsBefore, bytes + bytesBefore, throttled + throttledBefore]);
  }
  return {
    ...last,
    index: before.index,
    ms: before.ms + last.ms,
    sent: before.sent + last.sent,
    delivered: before.delivered + last.delivered,
    failed: before.failed + last.failed,
    throttled: before.throttled + last.throttled,
    latency: addedLatency([before.latency, last.latency]).counts(),
    shards: Object.fromEntries(shards),
  };
}

function wantedOf(curve: RateCurve, count: number, intervalMs: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const records = curve.countAt((index + 1) * intervalMs) - curve.countAt(index * intervalMs);
    return tenths((records * 1_000) / intervalMs);
  });
}

function shardsOf(rows: readonly (readonly Sample[])[]): ShardTimeline[] {
  const ids = new Set(rows.flatMap((row) => row.flatMap(({ shards }) => Object.keys(shards))));
  return [...ids].sort().map((shardId) => ({
    shardId,
    utilisation: rows.map((row) =>
      thousandths(
        row.reduce((sum, { shards, ms }) => {
          const [records, bytes] = shards[shardId] ?? [0, 0];
          return sum + utilisationOf(records, bytes, ms / 1_000);
        }, 0),
      ),
    ),
  }));
}

function tenths(number: number): number {
  return Math.round(number * 10) / 10;
}

function thousandths(number: number): number {
  return Math.round(number * 1_000) / 1_000;
}
