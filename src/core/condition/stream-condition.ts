import { messageWithoutCode, oneLine, span } from "../../wording/amounts.js";
import type { FailureClass } from "../failure-class.js";
import type { Log, LogEntry, RequestFailure } from "../ports.js";
import { FailedRecords } from "./failed-records.js";
import { LineLimit } from "./line-limit.js";
import { Sending } from "./sending.js";
import { ShardLayout } from "./shard-layout.js";
import type { Cause, LastError, Moment, StreamHealth } from "./stream-health.js";
import { ThrottledShards } from "./throttled-shards.js";

/** A record that waits this much longer than its linger, or half its time to live, is late. */
const LATE_MS = 10_000;

export interface ConditionParts {
  readonly streamName: string;
  readonly lingerMs: number;
  readonly recordTtlMs: number;
  /** The caller has set `recordDistribution`. */
  readonly isDistributionSet: boolean;
  /** Receives the lines. */
  readonly log: Log;
  /** Milliseconds since the Unix epoch: for lines and health only. */
  readonly epochNow: () => number;
}

/** The part of an answer that concerns the whole stream. */
export interface AnswerNews {
  /** The shard took a Kinesis record of the request. */
  readonly hasAccepted: boolean;
  /** A refused entry of the request. */
  readonly refusal: { readonly errorCode: string; readonly errorMessage: string } | undefined;
}

/** A change of the shard map. */
export interface MapNews {
  /** Number of open shards. */
  readonly shards: number;
  readonly isOfNewStream: boolean;
  readonly isOpen: (shardId: string) => boolean;
}

/**
 * The condition of one stream: events come in with their time; lines for the log come out when the state changes, and
 * its health can be read. Nothing is counted for each user record that is delivered.
 */
export class StreamCondition {
  readonly #parts: ConditionParts;
  readonly #limit: LineLimit;
  readonly #sending: Sending;
  readonly #shards: ThrottledShards;
  readonly #failed: FailedRecords;
  readonly #layout: ShardLayout;
  readonly #openedAt: number;
  #lastSuccessAt: number | undefined;
  #lastError: LastError | undefined;
  /** When {@link health} last found a late record, in milliseconds since the Unix epoch. */
  #lateAt = 0;

  constructor(parts: ConditionParts) {
    this.#parts = parts;
    this.#openedAt = Math.round(parts.epochNow());
    this.#limit = new LineLimit(parts.log, parts.streamName);
    const tell = (entry: LogEntry, now: number): void => this.#limit.tell(entry, now);
    this.#sending = new Sending(tell);
    this.#shards = new ThrottledShards(tell);
    this.#failed = new FailedRecords(tell);
    this.#layout = new ShardLayout(tell, parts.isDistributionSet);
  }

  /** When {@link onTime} has something to do. */
  get nextAt(): number {
    return Math.min(this.#shards.nextAt, this.#failed.nextAt, this.#limit.nextAt);
  }

  /** A line of another stage about the stream. */
  tell(entry: LogEntry, now: number): void {
    this.#limit.tell(entry, now);
  }

  /** The service answered a request entry by entry. */
  onAnswered({ hasAccepted, refusal }: AnswerNews, now: number): void {
    const moment = this.#moment(now);
    if (hasAccepted) this.#lastSuccessAt = moment.epochAt;
    if (refusal !== undefined) this.#noteError(refusal.errorCode, refusal.errorMessage, moment);
    this.#sending.onAnswered(this.#failed.total, moment);
  }

  /** A request failed as a whole. */
  onRequestFailed(failure: RequestFailure, failureClass: FailureClass, startedAt: number, now: number): void {
    const { code, message } = failure;
    const moment = this.#moment(now);
    this.#noteError(code, message, moment);
    // The service can be reached: it refused one record, or the connection had died while it was idle.
    if (failureClass === "bad-record") this.#sending.onAnswered(this.#failed.total, moment);
    else if (failure.isStaleConnection !== true)
      this.#sending.onFailed({ code, message, failureClass, requests: 1, startedAt }, this.#failed.total, moment);
  }

  /** ListShards says that the stream does not exist. */
  onNoStream(code: string, message: string, now: number): void {
    const moment = this.#moment(now);
    this.#noteError(code, message, moment);
    const failure = { code, message, failureClass: "no-stream", requests: 0, startedAt: now } as const;
    this.#sending.onFailed(failure, this.#failed.total, moment);
  }

  /** A shard refused Kinesis records in one answer; see {@link ThrottledShards.onThrottled}. */
  onThrottled(shardId: string | undefined, refused: number, rateFactor: number, now: number): void {
    this.#shards.onThrottled(shardId, refused, rateFactor, this.#moment(now));
  }

  /** A Kinesis record of this shard was accepted. */
  onAccepted(shardId: string | undefined, now: number): void {
    this.#shards.onAccepted(shardId, now);
  }

  /** A user record failed for good. {@link onTime} follows in the same turn of the event loop. */
  onRecordFailed(code: string, message: string): void {
    this.#failed.onFailed(code, message);
  }

  /** Another shard map is in use. */
  onMap({ shards, isOfNewStream, isOpen }: MapNews, now: number): void {
    this.#shards.keep(isOpen, this.#moment(now));
    this.#layout.onMap(shards, isOfNewStream, now);
  }

  /** ListShards has shown the shards of the stream. */
  onFound(now: number): void {
    this.#sending.onFound(this.#failed.total, this.#moment(now));
  }

  /** It was decided how records find their lanes; possibly as before. */
  onMode(mode: "waiting" | "mapped" | "unmapped" | "auto", now: number): void {
    this.#layout.onMode(mode, this.#moment(now));
  }

  /** Writes the lines that are due. */
  onTime(now: number): void {
    if (now < this.nextAt && !this.#failed.hasNews) return;
    this.#failed.onTime(this.#moment(now));
    this.#shards.onTime(now);
    if (now >= this.#limit.nextAt) this.#summarize(now);
  }

  /** The stream is forgotten, or the producer closes: writes the lines that would be written later. */
  close(now: number): void {
    this.#failed.close(this.#moment(now));
    this.#shards.onTime(now);
    this.#summarize(now);
  }

  #summarize(now: number): void {
    this.#limit.summarize(this.#sending.isTold ? "cannot send" : "sends", now);
  }

  /** @param oldestAt - when the oldest record that is not settled was accepted; Infinity if there is none */
  health(oldestAt: number, now: number): StreamHealth {
    const { at, epochAt } = this.#moment(now);
    const oldestAgeMs = oldestAt === Number.POSITIVE_INFINITY ? 0 : Math.max(0, at - oldestAt);
    const late = this.#causeOfLate(oldestAgeMs, epochAt);
    if (late !== undefined) this.#lateAt = epochAt;
    const causes = [this.#sending.cause(at), this.#shards.cause(at), this.#layout.cause, late, this.#failed.cause(at)];
    const found = causes.filter((cause) => cause !== undefined);
    const status = found.some((cause) => cause.status === "down") ? "down" : found.length > 0 ? "degraded" : "ok";
    const ofStatus = found.filter((cause) => cause.status === status);
    return {
      status,
      since: status === "ok" ? this.#okSince(now) : Math.min(...ofStatus.map(({ since }) => since)),
      ...(status === "ok" ? {} : { reason: found.map(({ reason }) => reason).join("; ") }),
      ...(this.#lastSuccessAt === undefined ? {} : { lastSuccessAt: this.#lastSuccessAt }),
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
      oldestAgeMs,
    };
  }

  #causeOfLate(oldestAgeMs: number, epochAt: number): Cause | undefined {
    const { lingerMs, recordTtlMs } = this.#parts;
    const mostMs = Math.min(lingerMs + LATE_MS, Math.max(lingerMs, recordTtlMs / 2));
    if (oldestAgeMs <= mostMs) return undefined;
    const reason = `the oldest record waits for ${span(oldestAgeMs)}`;
    return { status: "degraded", since: Math.round(epochAt - (oldestAgeMs - mostMs)), reason };
  }

  #okSince(now: number): number {
    const { endedAt } = this.#failed;
    const ends = [this.#sending.endedAt, this.#shards.endedAt(now), this.#layout.endedAt, endedAt, this.#lateAt];
    return Math.max(this.#openedAt, ...ends);
  }

  #noteError(code: string, message: string, { epochAt }: Moment): void {
    const name = oneLine(code);
    this.#lastError = { code: name, message: messageWithoutCode(name, message), at: epochAt };
  }

  #moment(now: number): Moment {
    return { at: now, epochAt: Math.round(this.#parts.epochNow()) };
  }
}
