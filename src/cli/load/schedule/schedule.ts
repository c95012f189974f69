import { type KinesisControls, parseFault } from "../../../testing/index.js";
import { type OptionValues, wrongValue } from "../../option-table.js";
import { timeWithUnit } from "../../time-option.js";
import { UsageError } from "../../usage-error.js";

/** A change of the local Kinesis at a time of the load: plain data. */
export interface ScheduledEvent {
  readonly atMs: number;
  /** The end of a fault; absent: it lasts. */
  readonly untilMs?: number;
  readonly action: ScheduledAction;
  /** The action as it was given. */
  readonly text: string;
}

export type ScheduledAction =
  | { readonly kind: "split"; readonly shardId?: string }
  | { readonly kind: "merge"; readonly shardId: string; readonly adjacentShardId: string }
  | { readonly kind: "reshard"; readonly count: number }
  | { readonly kind: "fault"; readonly line: string };

const FORM =
  'TIME EVENT: "10s split", "10s split SHARD", "10s merge SHARD SHARD", "10s reshard COUNT", "10s FAULT", or "10s..20s FAULT"';

/**
 * Reads the values of `--at` and `--fault`, in the order of time.
 *
 * @throws UsageError for a wrong value
 */
export function readSchedule(values: OptionValues): ScheduledEvent[] {
  const always = values.texts("fault").map((line): ScheduledEvent => {
    checkFault("fault", line);
    return { atMs: 0, action: { kind: "fault", line }, text: line };
  });
  return [...always, ...values.texts("at").map(readEvent)].sort((a, b) => a.atMs - b.atMs);
}

function readEvent(value: string): ScheduledEvent {
  const [, from = "", to, text = ""] = /^\s*([\d.]+[a-z]+)(?:\.\.(\S+))?\s+(.*\S)\s*$/.exec(value) ?? [];
  const atMs = timeWithUnit(from);
  const untilMs = to === undefined ? undefined : timeWithUnit(to);
  if (atMs === undefined || (to !== undefined && (untilMs === undefined || untilMs <= atMs))) {
    throw wrongValue("at", FORM, value);
  }
  const action = readAction(text, value);
  if (untilMs === undefined) return { atMs, action, text };
  if (action.kind !== "fault") throw new UsageError(`--at: ${action.kind} has no end, got ${JSON.stringify(value)}`);
  return { atMs, untilMs, action, text };
}

function readAction(text: string, value: string): ScheduledAction {
  const [kind = "", first, second, ...more] = text.split(/\s+/);
  const isWrong = (): never => {
    throw wrongValue("at", FORM, value);
  };
  if (kind === "split") {
    if (second !== undefined) return isWrong();
    return first === undefined ? { kind } : { kind, shardId: first };
  }
  if (kind === "merge") {
    if (first === undefined || second === undefined || more.length > 0) return isWrong();
    return { kind, shardId: first, adjacentShardId: second };
  }
  if (kind === "reshard") {
    const count = /^\d+$/.test(first ?? "") ? Number(first) : 0;
    if (count < 1 || count > 10_000 || second !== undefined) return isWrong();
    return { kind, count };
  }
  checkFault("at", text);
  return { kind: "fault", line: text };
}

function checkFault(option: string, line: string): void {
  try {
    parseFault(line);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`--${option} ${error.message}`);
  }
}

/** Runs an action. @returns ends a fault. @throws the error of the stand-in, for an unknown shard for example */
export function act(kinesis: KinesisControls, stream: string, action: ScheduledAction): () => void {
  switch (action.kind) {
    case "split":
      kinesis.splitShard(stream, action.shardId ?? busiestShard(kinesis, stream));
      return () => {};
    case "merge":
      kinesis.mergeShards(stream, action.shardId, action.adjacentShardId);
      return () => {};
    case "reshard":
      kinesis.updateShardCount(stream, action.count);
      return () => {};
    case "fault":
      return kinesis.faults.add(action.line);
  }
}

/** The open shard that took the most bytes. */
function busiestShard(kinesis: KinesisControls, stream: string): string {
  const open = new Set(openShards(kinesis, stream));
  const counts = kinesis.oracle.shardCounts(stream).filter(({ shardId }) => open.has(shardId));
  return counts.reduce((most, each) => (each.bytes > most.bytes ? each : most)).shardId;
}

/** Ids of the open shards. */
export function openShards(kinesis: KinesisControls, stream: string): string[] {
  return kinesis
    .shards(stream)
    .filter(({ endingSequenceNumber }) => endingSequenceNumber === undefined)
    .map(({ shardId }) => shardId);
}
