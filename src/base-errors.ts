/**
 * The errors of every entry point. The errors of records are in errors.ts: a reader's bundle does not need them.
 *
 * @module
 */
import { causeShown, cut } from "./wording/shown-error.js";
import { show } from "./wording/shown-value.js";

/** Every error code of this library, with its meaning. */
export const ERROR_CODES = {
  KP_INVALID_OPTION:
    "an option is unknown, out of range, or contradicts another one; or the SDK's configuration cannot be used, for example because it has no region",
  KP_INVALID_RECORD: "the record breaks a rule of the service: key, explicit hash key, data",
  KP_RECORD_TOO_LARGE: "the record is larger than the stream, or the whole buffer, can take",
  KP_BUFFER_FULL: "too many puts already wait for room",
  KP_ABORTED: "the call or the record was aborted by its AbortSignal",
  KP_CLOSED: "the producer was already closed, or was closed before the record was delivered",
  KP_RECORD_EXPIRED: "the record was not delivered within recordTtlMs",
  KP_RECORD_FAILED: "the service refused the record for good, or maxAttempts was reached",
  KP_UNREADABLE_RECORD: "the data of a Kinesis record cannot be decompressed",
  KP_SPOOL_FAILED: "the files of a spool cannot be used",
  KP_STREAM_UNREACHABLE: "ready() could not reach the stream, or the stream does not exist",
} as const;

/** One of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** The base of every error of this library. Branch on `code`, never on the message. */
export class ProducerError extends Error {
  static {
    nameErrors(ProducerError.prototype, "ProducerError");
  }
  /** The kind of error, one of {@link ERROR_CODES}. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  /** Plain data for a log: name, code, message and cause; without the stack. */
  toJSON(): object {
    const { name, code, message, cause } = this;
    return { name, code, message: cut(message), ...(cause === undefined ? {} : { cause: causeShown(cause) }) };
  }
}

/** An option that cannot be used; thrown by the constructor, before anything is opened. */
export class InvalidOptionError extends ProducerError {
  static {
    nameErrors(InvalidOptionError.prototype, "InvalidOptionError");
  }
  /** The option's path, for example `aggregation.maxBytes`. */
  readonly option: string;

  constructor(option: string, message: string, options?: { cause?: unknown }) {
    super("KP_INVALID_OPTION", message, options);
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

/**
 * Refuses an argument that is not what a function takes.
 *
 * @param name - as the message calls it
 * @throws InvalidOptionError unless it is right
 */
export function checkArgument(
  isRight: boolean,
  name: string,
  wanted: string,
  value: unknown,
  option: string = name,
): void {
  if (!isRight) throw new InvalidOptionError(option, `${name} must be ${wanted}, got ${show(value)}`);
}

/** Refuses an argument that is not an object, or is a list. */
export function checkObject(value: unknown, name: string, option?: string): void {
  checkArgument(typeof value === "object" && value !== null && !Array.isArray(value), name, "an object", value, option);
}

/**
 * Refuses options that are not an object: a number or a text would have no effect.
 *
 * @param whose - the function or class, for the message
 */
export function checkOptionsObject(options: unknown, whose: string): void {
  checkObject(options, `the options of ${whose}`, "options");
}

/** Refuses an argument that is not a function. */
export function checkFunction(value: unknown, name: string): void {
  checkArgument(typeof value === "function", name, "a function", value);
}

/** Refuses an argument that cannot be iterated. */
export function checkIterable(value: unknown, name: string): void {
  checkArgument(typeof value === "object" && value !== null && Symbol.iterator in value, name, "iterable", value);
}

/** Sets the name of all errors of a class. An own property of each error would be shown by every logger. */
export function nameErrors(prototype: Error, name: string): void {
  Object.defineProperty(prototype, "name", { value: name, writable: true, configurable: true });
}
