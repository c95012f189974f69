import { amount, percent, span } from "../../wording/amounts.js";
import type { LogEntry } from "../ports.js";
import type { Cause, Moment } from "./stream-health.js";

/**
 * A line is written about refusals when they have lasted this long. A refusal alone is normal: it is how producers that share a shard
 * find their rates.
 */
const TOLD_AFTER_MS = 1_000;
/** A shard has recovered when it took a record and refused none for this time. */
const RECOVERED_AFTER_MS = 10_000;

/** Refusals of one shard without a recovery between them. */
interface Throttled {
  readonly since: Moment;
  lastAt: number;
  acceptedAt: number;
  refused: number;
  isTold: boolean;
}

/** The shards that throttle. Two lines for each: it is throttled, and it has recovered. */
export class ThrottledShards {
  readonly #tell: (entry: LogEntry, now: number) => void;
  /** By shard id; records without a predicted shard have the key "". */
  readonly #shards: Map<string, Throttled> = new Map();
  /** When the last throttling ended, in milliseconds since the Unix epoch. */
  #endedAt = 0;
  /** When {@link onTime} has something to do. */
  nextAt: number = Number.POSITIVE_INFINITY;

  constructor(tell: (entry: LogEntry, now: number) => void) {
    this.#tell = tell;
  }

  /**
   * A shard refused Kinesis records in one answer.
   *
   * @param shardId - absent for records without a predicted shard
   * @param rateFactor - the share of the ceilings at which the shard is sent to, 0 to 1
   */
  onThrottled(shardId: string | undefined, refused: number, rateFactor: number, { at, epochAt }: Moment): void {
    this.onTime(at);
    const key = shardId ?? "";
    let shard = this.#shards.get(key);
    if (shard === undefined) {
      shard = { since: { at, epochAt }, lastAt: at, acceptedAt: Number.NEGATIVE_INFINITY, refused: 0, isTold: false };
      this.#shards.set(key, shard);
    }
    shard.lastAt = at;
    shard.refused += refused;
    this.nextAt = Math.min(this.nextAt, at + RECOVERED_AFTER_MS);
    if (shard.isTold || at - shard.since.at < TOLD_AFTER_MS) return;
    shard.isTold = true;
    const fields = { ...fieldsOf("shard-throttled", key), kinesisRecordsRefused: shard.refused, rateFactor };
    const records = amount(shard.refused, "Kinesis record");
    // At first, and while records expire, pauses hold the shard back, and its rate stays.
    const how = rateFactor < 1 ? `at ${percent(rateFactor)} of its limit` : "paused after each refusal";
    const message = `${nameOf(key)} is throttled, ${how} (${records} refused)`;
    this.#tell({ level: "warn", fields, message }, at);
  }

  /** A shard took a Kinesis record. */
  onAccepted(shardId: string | undefined, now: number): void {
    if (this.#shards.size === 0) return;
    const shard = this.#shards.get(shardId ?? "");
    if (shard === undefined) return;
    shard.acceptedAt = now;
    this.nextAt = Math.min(this.nextAt, shard.lastAt + RECOVERED_AFTER_MS);
  }

  /** Ends the throttling of shards that have recovered. */
  onTime(now: number): void {
    if (now < this.nextAt) return;
    this.nextAt = Number.POSITIVE_INFINITY;
    for (const [key, shard] of this.#shards) {
      const dueAt = shard.lastAt + RECOVERED_AFTER_MS;
      if (now < dueAt) this.nextAt = Math.min(this.nextAt, dueAt);
      else if (shard.acceptedAt > shard.lastAt || !shard.isTold) this.#end(key, shard, now);
      // Otherwise nothing was sent to the shard since: the next record shows whether it has recovered.
    }
  }

  #end(key: string, { since, lastAt, refused, isTold }: Throttled, now: number): void {
    this.#shards.delete(key);
    if (!isTold) return;
    const durationMs = Math.round(lastAt - since.at);
    this.#endedAt = Math.max(this.#endedAt, since.epochAt + durationMs + RECOVERED_AFTER_MS);
    const fields = { ...fieldsOf("shard-recovered", key), durationMs, kinesisRecordsRefused: refused };
    const records = amount(refused, "Kinesis record");
    const message = `${nameOf(key)} has recovered after ${span(durationMs)} (${records} refused)`;
    this.#tell({ level: "info", fields, message }, now);
  }

  /** The lanes have changed: shards that are not open any more do not recover. Their throttling ends now. */
  keep(isOpen: (shardId: string) => boolean, { epochAt }: Moment): void {
    for (const [key, shard] of this.#shards) {
      if (key !== "" && isOpen(key)) continue;
      this.#shards.delete(key);
      if (shard.isTold) this.#endedAt = Math.max(this.#endedAt, Math.min(epochAt, endOf(shard)));
    }
  }

  /** When the last throttling ended, in milliseconds since the Unix epoch; 0 if there was none. */
  endedAt(now: number): number {
    let endedAt = this.#endedAt;
    for (const shard of this.#shards.values())
      if (shard.isTold && now - shard.lastAt >= RECOVERED_AFTER_MS) endedAt = Math.max(endedAt, endOf(shard));
    return endedAt;
  }

  /** Why the stream is not `ok`. */
  cause(now: number): Cause | undefined {
    let since = Number.POSITIVE_INFINITY;
    const names: string[] = [];
    for (const [key, shard] of this.#shards) {
      if (!shard.isTold || now - shard.lastAt >= RECOVERED_AFTER_MS) continue;
      since = Math.min(since, shard.since.epochAt);
      names.push(nameOf(key));
    }
    if (names.length === 0) return undefined;
    const reason = names.length === 1 ? `${names[0]} is throttled` : `${names.length} shards are throttled`;
    return { status: "degraded", since, reason };
  }
}

/** When the throttling ends if the shard refuses no more, in milliseconds since the Unix epoch. */
function endOf({ since, lastAt }: Throttled): number {
  return Math.round(since.epochAt + (lastAt - since.at)) + RECOVERED_AFTER_MS;
}

function nameOf(key: string): string {
  return key === "" ? "the stream" : key;
}

function fieldsOf<Event extends "shard-throttled" | "shard-recovered">(event: Event, key: string) {
  return key === "" ? { event } : { event, shardId: key };
}
