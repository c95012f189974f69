/**
 * Everything that can be thrown, rejected or reported at the public edge.
 *
 * @module
 */
import type { Attempt, Delivery, UserRecord } from "./record.js";

/** Every error code of this library, with its meaning. */
export const ERROR_CODES = {
  KP_INVALID_OPTION: "an option is unknown, out of range, or contradicts another one",
  KP_INVALID_RECORD: "the record breaks a rule of the service: key, explicit hash key, data",
  KP_RECORD_TOO_LARGE: "the record is larger than the stream, or the whole buffer, can take",
  KP_BUFFER_FULL: "too many puts already wait for room",
  KP_ABORTED: "the call or the record was aborted by its AbortSignal",
  KP_CLOSED: "the producer was already closed, or was closed before the record was delivered",
  KP_RECORD_EXPIRED: "the record was not delivered within recordTtlMs",
  KP_RECORD_FAILED: "the service refused the record for good, or maxAttempts was reached",
  KP_UNREADABLE_RECORD: "the data of a Kinesis record cannot be decompressed",
} as const;

/** One of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** The base of every error of this library. Branch on `code`, never on the message. */
export class ProducerError extends Error {
  /** The kind of error, one of {@link ERROR_CODES}. */
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

/** A compressed Kinesis record that a reader cannot open: damaged, too large, or by a codec that the reader lacks. */
export class UnreadableRecordError extends ProducerError {
  /** The sequence number of the Kinesis record, if the reader knows it. */
  readonly sequenceNumber: string | undefined;

  constructor(message: string, sequenceNumber: string | undefined, options?: { cause?: unknown }) {
    super(
      "KP_UNREADABLE_RECORD",
      `the Kinesis record ${sequenceNumber ?? "without a sequence number"} ${message}`,
      options,
    );
    this.name = "UnreadableRecordError";
    this.sequenceNumber = sequenceNumber;
  }
}

/** The parts of a {@link RecordFailedError}. */
export interface RecordFailure {
  readonly code: Exclude<ErrorCode, "KP_INVALID_OPTION" | "KP_UNREADABLE_RECORD">;
  readonly message: string;
  readonly record: UserRecord;
  readonly streamArn?: string | undefined;
  readonly attempts?: readonly Attempt[];
  readonly delivery?: Delivery;
  readonly serviceCode?: string;
  readonly cause?: unknown;
}

/**
 * A record that was not delivered, whether or not the producer had accepted it. The error of an accepted record has no
 * stack, because it is made after the caller's call has returned.
 */
export class RecordFailedError extends ProducerError {
  /** The record. If it was accepted or waited for room, `data` is a copy of its bytes, never the caller's object. */
  readonly record: UserRecord;
  /** The ARN of the record's stream, if an option or the service has given it. */
  readonly streamArn?: string;
  /**
   * Every attempt, oldest first; empty if the record was never sent. Of more than 50 attempts, the first 25 and the
   * last 25.
   */
  readonly attempts: readonly Attempt[];
  /** `"none"`: no reader will ever see it. `"unknown"`: a copy may have been stored. */
  readonly delivery: Delivery;
  /** The service's error code, if the service refused the record; `Http<status>` for an answer without a code. */
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
 * The error of a record that fails long after the call that handed it over. It has no stack: a stack would only show
 * the producer's stages, and would cost several times as much as the rest of the error. Records can fail by the hundred
 * thousand.
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

/** False where the program has frozen the built-in objects: then the limit cannot be changed. */
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
