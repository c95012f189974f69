import { counted } from "../counted.js";
import type { Replay } from "./replay.js";
import type { SendingUsage } from "./sending-usage.js";
import type { Tally } from "./tally.js";

/** The result of a `put` run. */
export interface PutSummary {
  /** Records handed over. */
  readonly sent: number;
  readonly delivered: number;
  readonly failed: number;
  /** By the service's code, or by the producer's code when no request was sent. */
  readonly failedByCode: Readonly<Record<string, number>>;
  /** Lines that are not records. */
  readonly unusable: number;
  /** Delivered records that a reader may see twice. */
  readonly mayBeDuplicates: number;
  /** Data of the delivered records. */
  readonly bytes: number;
  /** Kinesis records that the service accepted. */
  readonly kinesisRecords: number;
  /** PutRecords requests. */
  readonly requests: number;
  /** Kinesis records that the service refused because their shard was over its limit. */
  readonly throttled: number;
  /** Kinesis records that were sent again, for any reason. */
  readonly retries: number;
  readonly seconds: number;
  readonly recordsPerSecond: number;
  /** Lines of the input that need not be read again, for `--skip`. Not in a replay. */
  readonly linesRead?: number;
  /** The place where Ctrl-C, or an error of the input, ended the run early. */
  readonly interrupted?: string;
  /** Failed records kept in the directory of `--dead-letters`, and those that could not be kept. */
  readonly deadLetters?: { readonly kept: number; readonly lost: number };
  readonly replay?: Pick<Replay, "left" | "unreadable" | "leftOut">;
}

/** The parts of a summary that are not in the tally. */
export type RunFacts = Pick<PutSummary, "deadLetters" | "replay"> & {
  readonly usage: SendingUsage;
  readonly elapsedMs: number;
  readonly interrupted: string | undefined;
};

export function putSummary(
  { sent, delivered, failed, failedByCode, unusable, mayBeDuplicates, linesRead }: Tally,
  { usage, elapsedMs, interrupted, deadLetters, replay }: RunFacts,
): PutSummary {
  const { oldestAgeMs: _, ...sending } = usage;
  return {
    sent,
    delivered,
    failed,
    failedByCode: Object.fromEntries([...failedByCode].sort(([a], [b]) => (a < b ? -1 : 1))),
    unusable,
    mayBeDuplicates,
    ...sending,
    seconds: Math.round(elapsedMs) / 1_000,
    recordsPerSecond: elapsedMs > 0 ? Math.round(delivered / (elapsedMs / 1_000)) : 0,
    ...(replay === undefined ? { linesRead } : {}),
    ...(interrupted === undefined ? {} : { interrupted }),
    ...(deadLetters === undefined ? {} : { deadLetters }),
    ...(replay === undefined ? {} : { replay }),
  };
}

/** The summary as lines of text. */
export function describeSummary(summary: PutSummary): string {
  const { sent, delivered, failed, failedByCode, unusable, mayBeDuplicates, bytes, seconds, recordsPerSecond } =
    summary;
  const { linesRead, interrupted, deadLetters, replay } = summary;
  const codes = Object.entries(failedByCode).map(([code, count]) => `${code} ${count.toLocaleString("en")}`);
  const rate = `${recordsPerSecond.toLocaleString("en")} records/s`;
  return [
    interrupted === undefined ? "" : `interrupted ${interrupted}`,
    interrupted === undefined || linesRead === undefined ? "" : `to go on behind it: --skip ${linesRead}`,
    `${counted(delivered, "record")} of ${sent.toLocaleString("en")} delivered in ${seconds} s: ${counted(bytes, "byte")}, ${rate}`,
    describePacking(summary),
    describeTrouble(summary),
    mayBeDuplicates === 0 ? "" : `${counted(mayBeDuplicates, "record")} may be duplicated`,
    failed === 0 ? "" : `${counted(failed, "record")} failed: ${codes.join(", ")}`,
    unusable === 0 ? "" : `${counted(unusable, "line")} could not be used`,
    deadLetters === undefined ? "" : describeDeadLetters(deadLetters),
    replay === undefined ? "" : describeReplay(replay),
  ]
    .filter((line) => line !== "")
    .join("\n");
}

/** How full the Kinesis records and the requests were. */
export function describePacking({
  delivered,
  kinesisRecords,
  requests,
}: Pick<PutSummary, "delivered" | "kinesisRecords" | "requests">): string {
  if (kinesisRecords === 0) return "";
  const perKinesisRecord = average(delivered, kinesisRecords);
  const perRequest = average(kinesisRecords, requests);
  return [
    `${counted(kinesisRecords, "Kinesis record")} of ${perKinesisRecord} ${perKinesisRecord === "1" ? "record" : "records"} each`,
    `${counted(requests, "request")} of ${perRequest} ${perRequest === "1" ? "Kinesis record" : "Kinesis records"} each`,
  ].join(", in ");
}

function average(count: number, parts: number): string {
  return (count / Math.max(parts, 1)).toLocaleString("en", { maximumFractionDigits: 1 });
}

/** Throttled and resent Kinesis records. */
export function describeTrouble({ throttled, retries }: Pick<PutSummary, "throttled" | "retries">): string {
  const parts = [
    throttled === 0 ? "" : `${counted(throttled, "Kinesis record")} throttled`,
    retries === 0 ? "" : `${counted(retries, "Kinesis record")} sent again`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function describeDeadLetters({ kept, lost }: { readonly kept: number; readonly lost: number }): string {
  if (kept === 0 && lost === 0) return "";
  return `${counted(kept, "dead letter")} kept${lost === 0 ? "" : `, ${lost.toLocaleString("en")} could not be kept`}`;
}

function describeReplay({ left, unreadable, leftOut }: Pick<Replay, "left" | "unreadable" | "leftOut">): string {
  return [
    left === 0 ? "" : `${counted(left, "record")} left in the directory`,
    unreadable === 0 ? "" : `${counted(unreadable, "unreadable line")} left in the directory`,
    ...leftOut.map((path) => `${path} is still being written, and was skipped`),
  ]
    .filter((line) => line !== "")
    .join("\n");
}

/** Why a run failed; undefined when it succeeded. */
export function shortfall({ sent, delivered, unusable, interrupted, replay }: PutSummary): string | undefined {
  const reasons = [
    sent === delivered ? "" : `${counted(sent - delivered, "record")} of ${sent.toLocaleString("en")} not delivered`,
    unusable === 0 ? "" : `${counted(unusable, "line")} not used`,
    replay === undefined || replay.unreadable === 0 ? "" : `${counted(replay.unreadable, "line")} not readable`,
    interrupted === undefined ? "" : "interrupted before the end",
  ].filter((reason) => reason !== "");
  return reasons.length === 0 ? undefined : reasons.join(", ");
}
