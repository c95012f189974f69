import { shortId } from "../describe-load.js";
import type { LoadState } from "../load-plan.js";
import { addedLatency } from "../measure/latency.js";
import { utilisationOf } from "../measure/shard-ceilings.js";

/** The state of a load for a person who watches it. */
export interface LiveState {
  readonly mode: string;
  readonly passedMs: number;
  readonly durationMs: number;
  readonly sent: number;
  readonly delivered: number;
  readonly failed: number;
  /** Delivered records a second, in the last interval. */
  readonly perSecond: number;
  /** The rate that the plan asks for now. */
  readonly wantedPerSecond?: number;
  /** Of the last interval; absent without a delivery. */
  readonly latencyMs?: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly bufferedRecords: number;
  readonly bufferShare: number;
  /** The part of the limits that each shard used in the last interval. */
  readonly shards: readonly (readonly [shardId: string, utilisation: number])[];
}

const BAR = 20;
const MOST_SHARDS = 12;

/** Adds the states of the producing processes. */
export function liveState(
  states: readonly LoadState[],
  facts: Pick<LiveState, "mode" | "passedMs" | "durationMs" | "wantedPerSecond">,
): LiveState {
  const samples = states.flatMap(({ sample }) => (sample === undefined ? [] : [sample]));
  const sum = (read: (state: LoadState) => number): number => states.reduce((all, state) => all + read(state), 0);
  const latency = addedLatency(samples.map((sample) => sample.latency));
  const shards = new Map<string, number>();
  for (const { shards: used, ms } of samples) {
    for (const [shardId, [records, bytes]] of Object.entries(used)) {
      shards.set(shardId, (shards.get(shardId) ?? 0) + utilisationOf(records, bytes, ms / 1_000));
    }
  }
  return {
    ...facts,
    sent: sum(({ counts }) => counts.sent),
    delivered: sum(({ counts }) => counts.delivered),
    failed: sum(({ counts }) => counts.failed),
    perSecond: samples.reduce((all, { delivered, ms }) => all + (delivered * 1_000) / ms, 0),
    ...(latency.count === 0
      ? {}
      : { latencyMs: { p50: latency.quantile(0.5), p99: latency.quantile(0.99), max: latency.max } }),
    bufferedRecords: samples.reduce((all, { bufferedRecords }) => all + bufferedRecords, 0),
    bufferShare: Math.max(0, ...samples.map(({ bufferShare }) => bufferShare)),
    shards: [...shards].sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}

/** One line, where nothing can be drawn over. */
export function liveLine({ sent, delivered, failed, perSecond, latencyMs, bufferShare }: LiveState): string {
  const trouble = failed === 0 ? "" : `, ${whole(failed)} failed`;
  const latency = latencyMs === undefined ? "" : `, ${describeLatency(latencyMs)} ms`;
  const counts = `${whole(delivered)} of ${whole(sent)} delivered${trouble}`;
  return `${counts}, ${whole(perSecond)} records/s${latency}, buffer ${percent(bufferShare)}`;
}

/** Lines for a terminal of this many columns; the next frame is drawn over them. */
export function liveFrame(state: LiveState, columns: number): string[] {
  const { mode, passedMs, durationMs, sent, delivered, failed, perSecond, wantedPerSecond, latencyMs } = state;
  const { bufferedRecords, bufferShare, shards } = state;
  const wanted = wantedPerSecond === undefined ? "" : ` of ${whole(wantedPerSecond)} wanted`;
  const shown = shards.toSorted(([, a], [, b]) => b - a).slice(0, MOST_SHARDS);
  const width = Math.max(0, ...shown.map(([shardId]) => shortId(shardId).length));
  const lines = [
    `${mode}  ${bar(passedMs / durationMs)} ${seconds(passedMs)} of ${seconds(durationMs)}`,
    `rate     ${whole(perSecond)}${wanted} records/s`,
    `records  ${whole(sent)} sent, ${whole(delivered)} delivered, ${whole(failed)} failed`,
    `latency  ${latencyMs === undefined ? "no delivery" : `${describeLatency(latencyMs)} ms`}`,
    `buffer   ${bar(bufferShare)} ${percent(bufferShare)}, ${whole(bufferedRecords)} records`,
    ...shown
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([shardId, use]) => `shard ${shortId(shardId).padStart(width)}  ${bar(use)} ${percent(use)}`),
    ...(shards.length > shown.length ? [`and ${shards.length - shown.length} shards with less`] : []),
  ];
  return lines.map((line) => line.slice(0, columns));
}

function describeLatency({ p50, p99, max }: NonNullable<LiveState["latencyMs"]>): string {
  return `p50 ${precise(p50)}  p99 ${precise(p99)}  max ${precise(max)}`;
}

function bar(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * BAR);
  return "█".repeat(filled) + "░".repeat(BAR - filled);
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000).toLocaleString("en")} s`;
}

function precise(number: number): string {
  return number.toLocaleString("en", { maximumSignificantDigits: 3 });
}

function whole(number: number): string {
  return Math.round(number).toLocaleString("en");
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
