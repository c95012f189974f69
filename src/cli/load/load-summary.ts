import { FINE_MILLISECONDS } from "../../metrics/bucket-grid.js";
import { Histogram } from "../../metrics/histogram.js";
import { counted } from "../counted.js";
import type { LoadReport } from "./load-plan.js";

/** CPU use and counts of the local Kinesis that was started for the load. */
export interface LocalUse {
  readonly kinesisRecords: number;
  readonly cpuMs: number;
}

/** The result of a `load` run. */
export interface LoadSummary {
  /** Records handed over. */
  readonly sent: number;
  readonly delivered: number;
  readonly failed: number;
  /** By the service's code, or by the producer's code when no request was sent. */
  readonly failedByCode: Readonly<Record<string, number>>;
  /** Records that were due but never handed over. */
  readonly leftOver: number;
  /** Delivered records that a reader may see twice. */
  readonly mayBeDuplicates: number;
  readonly processes: number;
  readonly seconds: number;
  readonly recordsPerSecond: number;
  /** Data of the delivered records. */
  readonly bytes: number;
  readonly kinesisRecords: number;
  readonly requests: number;
  /** From the scheduled time of a record to its delivery. */
  readonly latencyMs: Readonly<Record<"p50" | "p90" | "p99" | "p999" | "max", number>>;
  /** CPU time of all producing processes, per delivered record. */
  readonly cpuUsPerRecord: number;
  /** The local Kinesis that was started for the run. */
  readonly local?: { readonly kinesisRecords: number; readonly cpuUsPerRecord: number };
  readonly interrupted?: true;
}

export function loadSummary(
  reports: readonly LoadReport[],
  { isInterrupted, local }: { readonly isInterrupted: boolean; readonly local: LocalUse | undefined },
): LoadSummary {
  const sum = (read: (report: LoadReport) => number): number => reports.reduce((all, each) => all + read(each), 0);
  const delivered = sum((report) => report.delivered);
  const elapsedMs = Math.max(0, ...reports.map((report) => report.elapsedMs));
  const perRecord = (cpuMs: number): number => (delivered === 0 ? 0 : rounded((cpuMs * 1_000) / delivered));
  return {
    sent: sum((report) => report.sent),
    delivered,
    failed: sum((report) => report.failed),
    failedByCode: failuresOf(reports),
    leftOver: sum((report) => report.leftOver),
    mayBeDuplicates: sum((report) => report.mayBeDuplicates),
    processes: reports.length,
    seconds: Math.round(elapsedMs) / 1_000,
    recordsPerSecond: elapsedMs > 0 ? Math.round(delivered / (elapsedMs / 1_000)) : 0,
    bytes: sum((report) => report.bytes),
    kinesisRecords: sum((report) => report.kinesisRecords),
    requests: sum((report) => report.requests),
    latencyMs: latencyOf(reports),
    cpuUsPerRecord: perRecord(sum((report) => report.cpuMs)),
    ...(local === undefined
      ? {}
      : { local: { kinesisRecords: local.kinesisRecords, cpuUsPerRecord: perRecord(local.cpuMs) } }),
    ...(isInterrupted ? { interrupted: true } : {}),
  };
}

function failuresOf(reports: readonly LoadReport[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { failedByCode } of reports) {
    for (const [code, count] of Object.entries(failedByCode)) counts.set(code, (counts.get(code) ?? 0) + count);
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function latencyOf(reports: readonly LoadReport[]): LoadSummary["latencyMs"] {
  const all = new Histogram(FINE_MILLISECONDS);
  for (const { latency } of reports) all.add(latency);
  const at = (share: number): number => rounded(all.quantile(share));
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: at(1) };
}

/** Three decimals are more than the precision of the measurement. */
function rounded(number: number): number {
  return Math.round(number * 1_000) / 1_000;
}

/** The summary as a table. */
export function describeLoad(summary: LoadSummary): string {
  const { sent, delivered, failed, failedByCode, leftOver, mayBeDuplicates, processes, seconds, local } = summary;
  const { recordsPerSecond, bytes, kinesisRecords, requests, latencyMs, cpuUsPerRecord, interrupted } = summary;
  const codes = Object.entries(failedByCode).map(([code, count]) => `${code} ${count.toLocaleString("en")}`);
  const share = kinesisRecords === 0 ? 0 : Math.round(delivered / kinesisRecords);
  const megabytes = (seconds === 0 ? 0 : bytes / seconds / 1e6).toLocaleString("en", { maximumSignificantDigits: 3 });
  const rows: [head: string, text: string][] = [
    ["delivered", `${counted(delivered, "record")} of ${sent.toLocaleString("en")} in ${seconds} s`],
    ["", interrupted === undefined ? "" : "interrupted before its end"],
    ["failed", failed === 0 ? "" : `${counted(failed, "record")}: ${codes.join(", ")}`],
    ["left over", leftOver === 0 ? "" : `${counted(leftOver, "record")}: there was no room for them`],
    ["duplicates", mayBeDuplicates === 0 ? "" : `${counted(mayBeDuplicates, "record")} may be in the stream twice`],
    ["rate", `${recordsPerSecond.toLocaleString("en")} records/s, ${megabytes} MB/s`],
    [
      "packing",
      `${counted(kinesisRecords, "Kinesis record")} of ${counted(share, "record")}, ${counted(requests, "request")}`,
    ],
    [
      "latency ms",
      Object.entries(latencyMs)
        .map(([name, ms]) => `${name} ${ms.toLocaleString("en")}`)
        .join("  "),
    ],
    ["CPU", `${cpuUsPerRecord.toLocaleString("en")} µs a record, ${processes} process${processes === 1 ? "" : "es"}`],
    [
      "local",
      local === undefined ? "" : `${local.cpuUsPerRecord.toLocaleString("en")} µs of CPU a record in the local Kinesis`,
    ],
  ];
  const width = Math.max(...rows.map(([head]) => head.length)) + 2;
  return rows
    .filter(([, text]) => text !== "")
    .map(([head, text]) => `${head.padEnd(width)}${text}`)
    .join("\n");
}

/** Why a run failed; undefined when it succeeded. */
export function loadShortfall({ sent, delivered, leftOver }: LoadSummary): string | undefined {
  const reasons = [
    sent === delivered ? "" : `${counted(sent - delivered, "record")} of ${sent.toLocaleString("en")} not delivered`,
    leftOver === 0
      ? ""
      : `${counted(leftOver, "record")} never handed over: the rate is higher than the producer's throughput`,
  ].filter((reason) => reason !== "");
  return reasons.length === 0 ? undefined : reasons.join(", ");
}
