import { billOf } from "../bill/bill.js";
import { evenTraffic } from "../bill/traffic.js";
import type { LoadSummary, ShardUse } from "./load-figures.js";
import type { LoadPlan, LoadReport } from "./load-plan.js";
import { addedLatency, curveOf, quantilesOf, roundedMs } from "./measure/latency.js";
import { utilisationOf } from "./measure/shard-ceilings.js";
import type { ShardTotals } from "./measure/totals.js";

/** CPU use and counts of the local Kinesis that was started for the load. */
export interface LocalUse {
  readonly kinesisRecords: number;
  readonly cpuMs: number;
  readonly openShards: number;
  /** Events of the schedule that could not happen, with the reason. */
  readonly failedEvents: readonly string[];
}

/** Facts that no report of a process has. */
export interface RunFacts {
  readonly mode: string;
  readonly plan: LoadPlan;
  readonly isInterrupted: boolean;
  readonly local: LocalUse | undefined;
}

const DEFAULT_LINGER_MS = 100;
/** How long the last records may take beyond the linger before the rate counts as missed. */
const LAST_RECORD_MS = 500;

export function loadSummary(reports: readonly LoadReport[], facts: RunFacts): LoadSummary {
  const { mode, plan, isInterrupted, local } = facts;
  const sum = (read: (report: LoadReport) => number): number => reports.reduce((all, each) => all + read(each), 0);
  const delivered = sum((report) => report.delivered);
  const elapsedMs = Math.max(0, ...reports.map((report) => report.elapsedMs));
  const perRecord = (cpuMs: number): number => (delivered === 0 ? 0 : roundedMs((cpuMs * 1_000) / delivered));
  const shards = shardsOf(reports, elapsedMs / 1_000);
  const latency = addedLatency(reports.map((report) => report.latency));
  const kinesisRecords = sum(({ totals }) => totals.kinesisRecords);
  const bytes = sum(({ totals }) => totals.bytes);
  const kinesisBytes = sum(({ totals }) => totals.kinesisBytes);
  return {
    mode,
    sent: sum((report) => report.sent),
    delivered,
    failed: sum((report) => report.failed),
    failedByCode: failuresOf(reports),
    leftOver: sum((report) => report.leftOver),
    mayBeDuplicates: sum((report) => report.mayBeDuplicates),
    processes: reports.length,
    seconds: Math.round(elapsedMs) / 1_000,
    ...ratesOf(
      sum((report) => report.sent + report.leftOver),
      delivered,
      elapsedMs,
      facts,
    ),
    bytes,
    kinesisRecords,
    kinesisBytes,
    requests: sum(({ totals }) => totals.requests),
    throttled: Object.values(shards).reduce((all, { throttled }) => all + throttled, 0),
    retries: sum(({ totals }) => totals.retries),
    latencyMs: quantilesOf(latency),
    latencyCurve: curveOf(latency),
    shards,
    bill: billOf(
      // PUT units and kilobytes round each Kinesis record up, and only the mean size is known here.
      evenTraffic(kinesisRecords, kinesisBytes),
      Math.max(elapsedMs, plan.arrivals === undefined || isInterrupted ? 0 : plan.durationMs) / 1_000,
      { shards: billedShards(shards, local) },
    ),
    cpuUsPerRecord: perRecord(sum((report) => report.cpuMs)),
    ...(local === undefined
      ? {}
      : { local: { kinesisRecords: local.kinesisRecords, cpuUsPerRecord: perRecord(local.cpuMs) } }),
    ...(local === undefined || local.failedEvents.length === 0 ? {} : { failedEvents: local.failedEvents }),
    ...(isInterrupted ? { interrupted: true } : {}),
  };
}

/** The open shards, or as many as the traffic needs if the stream has no limits. */
function billedShards(shards: Readonly<Record<string, ShardUse>>, local: LocalUse | undefined): number {
  const needed = Object.values(shards).reduce((all, { utilisation }) => all + utilisation, 0);
  return Math.max(1, local?.openShards ?? Object.keys(shards).length, Math.ceil(needed));
}

/**
 * Wanted and reached. The last records are due at the end of the load: their linger and one request are not held
 * against the rate.
 */
function ratesOf(
  due: number,
  delivered: number,
  elapsedMs: number,
  { plan, isInterrupted }: RunFacts,
): Pick<LoadSummary, "wantedPerSecond" | "recordsPerSecond"> {
  const perSecond = (records: number, ms: number): number => (ms > 0 ? Math.round((records * 1_000) / ms) : 0);
  if (plan.arrivals === undefined) return { recordsPerSecond: perSecond(delivered, elapsedMs) };
  const lastMs = (plan.producer.lingerMs ?? DEFAULT_LINGER_MS) + LAST_RECORD_MS;
  // An interrupted load has no planned end; its deliveries end within the same time.
  const loadMs = isInterrupted ? elapsedMs : Math.max(plan.durationMs, elapsedMs - lastMs);
  return {
    wantedPerSecond: perSecond(due, isInterrupted ? elapsedMs : plan.durationMs),
    recordsPerSecond: perSecond(delivered, loadMs),
  };
}

function failuresOf(reports: readonly LoadReport[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { failedByCode } of reports) {
    for (const [code, count] of Object.entries(failedByCode)) counts.set(code, (counts.get(code) ?? 0) + count);
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function shardsOf(reports: readonly LoadReport[], seconds: number): Record<string, ShardUse> {
  const counts = new Map<string, ShardTotals>();
  for (const { totals } of reports) {
    for (const [shardId, [records, bytes, throttled]] of Object.entries(totals.shards)) {
      const [recordsBefore, bytesBefore, throttledBefore] = counts.get(shardId) ?? [0, 0, 0];
      counts.set(shardId, [recordsBefore + records, bytesBefore + bytes, throttledBefore + throttled]);
    }
  }
  const sorted = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted.map(([shardId, [kinesisRecords, bytes, throttled]]) => [
      shardId,
      { kinesisRecords, throttled, utilisation: roundedMs(utilisationOf(kinesisRecords, bytes, seconds)) },
    ]),
  );
}
