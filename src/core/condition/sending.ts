import { amount, messageWithoutCode, oneLine, span, timeOfDay } from "../../wording/amounts.js";
import type { FailureClass } from "../failure-class.js";
import type { LogEntry } from "../ports.js";
import type { Cause, Moment } from "./stream-health.js";

/** A line is written about failures that pass when they have lasted this long, and when more than one request failed. */
const TOLD_AFTER_MS = 2_000;
/** A stream whose requests have failed for this long is down. */
const DOWN_AFTER_MS = 10_000;
/**
 * A stream is down no longer than this after its last failure. Only new records can show whether it works again, and a
 * readiness probe may keep them away while the stream is down.
 */
const DOWN_FOR_MS = 60_000;

/** A request that failed as a whole, or a ListShards that says that the stream does not exist. */
export interface SendingFailure {
  readonly code: string;
  readonly message: string;
  readonly failureClass: FailureClass;
  /** PutRecords requests that failed: 1, or 0 for ListShards. */
  readonly requests: 0 | 1;
  readonly startedAt: number;
}

/** Failures without an answer between them. */
interface Trouble {
  readonly since: Moment;
  /** Records that had failed for good before. */
  readonly failedBefore: number;
  requests: number;
  /** Failures of requests that started after the failure before: a measure of time, not of load. */
  rounds: number;
  last: Moment;
  /** The error of the last one: `CODE: message`. */
  error: string;
  code: string;
  failureClass: FailureClass;
  isTold: boolean;
}

/**
 * Whether the requests of a stream are answered. Two lines: the stream cannot send, and it sends again. Single failures
 * among answers have no line.
 */
export class Sending {
  readonly #tell: (entry: LogEntry, now: number) => void;
  #answeredAt: number = Number.NEGATIVE_INFINITY;
  #trouble: Trouble | undefined;
  /** When the last trouble ended, in milliseconds since the Unix epoch. */
  #endedAt = 0;

  constructor(tell: (entry: LogEntry, now: number) => void) {
    this.#tell = tell;
  }

  /** Whether the log says that the stream cannot send. */
  get isTold(): boolean {
    return this.#trouble?.isTold === true;
  }

  /** When the last trouble ended, in milliseconds since the Unix epoch; 0 if there was none. */
  get endedAt(): number {
    return this.#endedAt;
  }

  /** @param failedSoFar - records of the stream that have failed for good */
  onFailed(failure: SendingFailure, failedSoFar: number, moment: Moment): void {
    const { code, failureClass, requests, startedAt } = failure;
    const trouble = this.#trouble ?? this.#begin(startedAt, failedSoFar, moment);
    this.#trouble = trouble;
    if (trouble.rounds === 0 || startedAt >= trouble.last.at) trouble.rounds++;
    trouble.requests += requests;
    trouble.last = moment;
    trouble.code = oneLine(code);
    trouble.failureClass = failureClass;
    trouble.error = `${trouble.code}: ${messageWithoutCode(trouble.code, failure.message)}`;
    if (!trouble.isTold && isWorthALine(trouble)) this.#tellOf(trouble);
  }

  /** The trouble began when the first request that failed was sent, or at the last answer after that. */
  #begin(startedAt: number, failedBefore: number, { at, epochAt }: Moment): Trouble {
    const sinceAt = Math.max(startedAt, this.#answeredAt);
    const since = { at: sinceAt, epochAt: Math.round(epochAt - (at - sinceAt)) };
    const last = { at, epochAt };
    return {
      since,
      failedBefore,
      requests: 0,
      rounds: 0,
      last,
      error: "",
      code: "",
      failureClass: "transient",
      isTold: false,
    };
  }

  #tellOf(trouble: Trouble): void {
    trouble.isTold = true;
    const { code, requests, since, error, last } = trouble;
    const fields = { event: "cannot-send", code, since: since.epochAt, requestsFailed: requests } as const;
    const failed = requests === 0 ? "" : ` (${amount(requests, "request")} failed)`;
    const message = `cannot send since ${timeOfDay(since.epochAt)}: ${error}${failed}`;
    this.#tell({ level: "error", fields, message }, last.at);
  }

  /** The service answered a request. */
  onAnswered(failedSoFar: number, moment: Moment): void {
    this.#answeredAt = moment.at;
    if (this.#trouble !== undefined) this.#end(this.#trouble, failedSoFar, moment);
  }

  /** ListShards has answered: the stream exists. */
  onFound(failedSoFar: number, moment: Moment): void {
    if (this.#trouble?.failureClass === "no-stream") this.#end(this.#trouble, failedSoFar, moment);
  }

  #end({ since, requests, failedBefore, isTold }: Trouble, failedSoFar: number, { at, epochAt }: Moment): void {
    this.#trouble = undefined;
    this.#endedAt = epochAt;
    if (!isTold) return;
    const recordsFailed = failedSoFar - failedBefore;
    const parts: string[] = [];
    if (requests > 0) parts.push(`${amount(requests, "request")} failed`);
    if (recordsFailed > 0) parts.push(`${amount(recordsFailed, "record")} failed for good meanwhile`);
    const durationMs = Math.round(at - since.at);
    const fields = { event: "sends-again", durationMs, requestsFailed: requests, recordsFailed } as const;
    const details = parts.length === 0 ? "" : ` (${parts.join(", ")})`;
    this.#tell({ level: "info", fields, message: `sends again after ${span(durationMs)}${details}` }, at);
  }

  /** Why the stream is not `ok`. */
  cause(now: number): Cause | undefined {
    const trouble = this.#trouble;
    if (trouble === undefined) return undefined;
    const { last, error } = trouble;
    const since = trouble.since.epochAt;
    if (now - last.at >= DOWN_FOR_MS) {
      const reason = `nothing was sent since a request failed at ${timeOfDay(last.epochAt)}: ${error}`;
      return { status: "degraded", since, reason };
    }
    if (isLasting(trouble) || isFinal(trouble)) return { status: "down", since, reason: `cannot send: ${error}` };
    return { status: "degraded", since, reason: `requests fail: ${error}` };
  }
}

/** A retry does not help: the stream does not exist, permission is missing, or new credentials were refused too. */
function isFinal({ failureClass, rounds }: Trouble): boolean {
  if (failureClass === "credentials") return rounds >= 2;
  return failureClass === "fatal" || failureClass === "no-stream";
}

function isLasting({ since, last }: Trouble): boolean {
  return last.at - since.at >= DOWN_AFTER_MS;
}

function isWorthALine(trouble: Trouble): boolean {
  const { requests, since, last } = trouble;
  return isFinal(trouble) || (requests >= 2 && last.at - since.at >= TOLD_AFTER_MS);
}
