/**
 * Everything that can be thrown, rejected or reported at the public edge.
 *
 * @module
 */
import type { Attempt, Delivery, UserRecord } from "./record.js";

/** Every code an error of this library carries, with its meaning. */
export const ERROR_CODES = {
  KP_INVALID_OPTION: "an option is unknown, out of range, or contradicts another one",
  KP_INVALID_RECORD: "the record breaks a rule of the service: key, explicit hash key, data",
  KP_RECORD_TOO_LARGE: "the record is larger than the stream, or the whole buffer, can take",
  KP_BUFFER_FULL: "too many puts are waiting for room already",
  KP_ABORTED: "the caller's AbortSignal ended it",
  KP_CLOSED: "the producer was closed before the record was delivered, or is closed already",
  KP_RECORD_EXPIRED: "the record was not delivered within recordTtlMs",
  KP_RECORD_FAILED: "the service refused the record for good, or maxAttempts was reached",
} as const;

/** One of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** The base of every error of this library. Branch on `code`, never on the message. */
export class ProducerError extends Error {
  /** What happened, one of {@link ERROR_CODES}. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "ProducerError";
    this.code = code;
  }
}

/** An option that cannot be used; thrown by the constructor, before anything is opened. */
export class InvalidOptionError extends ProducerError {
  /** The option's path, for example `aggregation.maxBytes`. */
  readonly option: string;

  constructor(option: string, message: string, options?: { cause?: unknown }) {
    super("KP_INVALID_OPTION", message, options);
    this.name = "InvalidOptionError";
    this.option = option;
  }
}

/** What {@link RecordFailedError} is made from. */
export interface RecordFailure {
  readonly code: Exclude<ErrorCode, "KP_INVALID_OPTION">;
  readonly message: string;
  readonly record: UserRecord;
  readonly streamArn?: string | undefined;
  readonly attempts?: readonly Attempt[];
  readonly delivery?: Delivery;
  readonly serviceCode?: string;
  readonly cause?: unknown;
}

/**
 * A record that was not delivered, whether it was accepted before or not. About one that was accepted it has no stack: it was made in no
 * call of yours.
 */
export class RecordFailedError extends ProducerError {
  /** The record. When it had been accepted, or waited for room, `data` is a copy of its bytes, never the caller's object. */
  readonly record: UserRecord;
  /** The ARN of the record's stream, where it is known: an option gave it, or the service did. */
  readonly streamArn?: string;
  /** Every attempt, oldest first; empty when it was never sent. Of more than fifty, the first and the last 25. */
  readonly attempts: readonly Attempt[];
  /** `"none"`: no reader will ever see it. `"unknown"`: a copy may have been stored. */
  readonly delivery: Delivery;
  /** The service's own error code, when it was the service that refused it; `Http<status>` for an answer without one. */
  readonly serviceCode?: string;

  constructor(failure: RecordFailure) {
    super(failure.code, failure.message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.name = "RecordFailedError";
    this.record = failure.record;
    this.attempts = failure.attempts ?? [];
    this.delivery = failure.delivery ?? "none";
    if (failure.streamArn !== undefined) this.streamArn = failure.streamArn;
    if (failure.serviceCode !== undefined) this.serviceCode = failure.serviceCode;
  }
}

/**
 * The error of a record that fails long after the call that handed it over. Without a stack, which would only show the producer's own
 * stages, and cost several times as much as everything else about the error: records fail by the hundred thousand.
 */
export function newStacklessFailure(failure: RecordFailure): RecordFailedError {
  const { stackTraceLimit } = Error;
  if (!trySetStackTraceLimit(0)) return new RecordFailedError(failure);
  try {
    return new RecordFailedError(failure);
  } finally {
    trySetStackTraceLimit(stackTraceLimit);
  }
}

/** Where a program has frozen what is built in, it stays as it is. */
function trySetStackTraceLimit(limit: number): boolean {
  try {
    Error.stackTraceLimit = limit;
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether a value is an error of this library. Reads the code, not the prototype, so that it also works across two
 * installed copies.
 */
export function isProducerError(value: unknown): value is ProducerError {
  return (
    value instanceof Error &&
    "code" in value &&
    typeof value.code === "string" &&
    Object.hasOwn(ERROR_CODES, value.code)
  );
}
