import type { SpoolStats } from "../../../spool/index.js";
import { counted } from "../../counted.js";
import { describePacking, describeTrouble } from "../put-summary.js";
import type { SendingUsage } from "../sending-usage.js";
import type { Tally } from "../tally.js";

/** The result of a `put --spool` run. */
export interface SpoolSummary {
  /** Records of earlier runs that were on disk at the beginning. */
  readonly backlog: number;
  /** Records that this run has put on disk. */
  readonly appended: number;
  /** Records of this run and earlier ones that were delivered. */
  readonly delivered: number;
  /** Records that were refused for good. They are dead letters. */
  readonly failed: number;
  /** By the service's code, or by the producer's code when no request was sent. */
  readonly failedByCode: Readonly<Record<string, number>>;
  /** Lines that are not records. They are kept beside the dead letters. */
  readonly unusable: number;
  /** Records that are still on disk; the next run delivers them. */
  readonly left: number;
  readonly leftBytes: number;
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
  /** Lines of the input that need not be read again, for `--skip`. Not with `--follow`. */
  readonly linesRead?: number;
  /** The place where Ctrl-C, or an error of the input, ended the run early. */
  readonly interrupted?: string;
  /** Failed records and unusable lines that are kept, and those that could not be kept. */
  readonly deadLetters: { readonly kept: number; readonly lost: number };
}

/** The parts of a summary that are not in the tally. */
export interface SpoolRunFacts {
  readonly stats: SpoolStats;
  /** Records on disk at the beginning. */
  readonly backlog: number;
  readonly usage: SendingUsage;
  readonly elapsedMs: number;
  readonly interrupted: string | undefined;
  readonly isFollowing: boolean;
  /** Of the lines that never were in the spool. */
  readonly letters: { readonly kept: number; readonly lost: number };
}

export function spoolSummary(tally: Tally, facts: SpoolRunFacts): SpoolSummary {
  const { stats, usage, elapsedMs, interrupted } = facts;
  const { oldestAgeMs: _, ...sending } = usage;
  return {
    backlog: facts.backlog,
    appended: stats.appendedRecords,
    delivered: stats.deliveredRecords,
    failed: tally.failed,
    failedByCode: Object.fromEntries([...tally.failedByCode].sort(([a], [b]) => (a < b ? -1 : 1))),
    unusable: tally.unusable,
    left: stats.records,
    leftBytes: stats.bytes,
    ...sending,
    seconds: Math.round(elapsedMs) / 1_000,
    recordsPerSecond: elapsedMs > 0 ? Math.round(stats.deliveredRecords / (elapsedMs / 1_000)) : 0,
    ...(facts.isFollowing ? {} : { linesRead: tally.linesRead }),
    ...(interrupted === undefined ? {} : { interrupted }),
    deadLetters: { kept: stats.refusedRecords + facts.letters.kept, lost: facts.letters.lost },
  };
}

/** The summary as lines of text. */
export function describeSpoolSummary(summary: SpoolSummary): string {
  const { backlog, appended, delivered, failed, failedByCode, unusable, left, leftBytes, bytes } = summary;
  const { seconds, recordsPerSecond, interrupted, linesRead, deadLetters } = summary;
  const codes = Object.entries(failedByCode).map(([code, count]) => `${code} ${count.toLocaleString("en")}`);
  const rate = `${recordsPerSecond.toLocaleString("en")} records/s`;
  return [
    interrupted === undefined ? "" : `interrupted ${interrupted}`,
    interrupted === undefined || linesRead === undefined ? "" : `to go on behind it: --skip ${linesRead}`,
    `${counted(appended, "record")} put on disk${backlog === 0 ? "" : `, ${backlog.toLocaleString("en")} of earlier runs were there`}`,
    `${counted(delivered, "record")} delivered in ${seconds} s: ${counted(bytes, "byte")}, ${rate}`,
    describePacking(summary),
    describeTrouble(summary),
    failed === 0 ? "" : `${counted(failed, "record")} failed for good: ${codes.join(", ")}`,
    unusable === 0 ? "" : `${counted(unusable, "line")} could not be used`,
    deadLetters.kept === 0 ? "" : `${counted(deadLetters.kept, "dead letter")} kept`,
    deadLetters.lost === 0 ? "" : `${counted(deadLetters.lost, "dead letter")} could not be kept`,
    left === 0
      ? "nothing is left on disk"
      : `${counted(left, "record")} left on disk (${counted(leftBytes, "byte")}): the next run delivers them`,
  ]
    .filter((line) => line !== "")
    .join("\n");
}

/**
 * Why a run failed; undefined when it succeeded.
 *
 * @param mayLeave - whether records may stay on disk
 */
export function spoolShortfall(
  { failed, unusable, interrupted, left }: SpoolSummary,
  mayLeave: boolean,
): string | undefined {
  const reasons = [
    failed === 0 ? "" : `${counted(failed, "record")} failed for good`,
    unusable === 0 ? "" : `${counted(unusable, "line")} not used`,
    left === 0 || mayLeave ? "" : `${counted(left, "record")} not delivered yet`,
    interrupted === undefined ? "" : "interrupted before the end",
  ].filter((reason) => reason !== "");
  return reasons.length === 0 ? undefined : reasons.join(", ");
}

/** Progress in one line. */
export function describeSpoolProgress(
  { records, bytes, oldestAgeMs, deliveredRecords }: SpoolStats,
  { failed, unusable }: Pick<Tally, "failed" | "unusable">,
  { throttled }: Pick<SendingUsage, "throttled">,
  recordsPerSecond: number,
): string {
  return [
    `${deliveredRecords.toLocaleString("en")} delivered`,
    `${records.toLocaleString("en")} on disk (${counted(bytes, "byte")})`,
    failed === 0 ? "" : `${failed.toLocaleString("en")} failed`,
    unusable === 0 ? "" : `${counted(unusable, "line")} not used`,
    `${Math.round(recordsPerSecond).toLocaleString("en")} records/s`,
    throttled === 0 ? "" : `${counted(throttled, "Kinesis record")} throttled`,
    records === 0 ? "" : `the oldest record waits for ${(oldestAgeMs / 1_000).toFixed(1)} s`,
  ]
    .filter((part) => part !== "")
    .join(", ");
}
