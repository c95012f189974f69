/**
 * Everything that can be thrown, rejected or reported at the public edge.
 *
 * @module
 */
import { ERROR_CODES, type ErrorCode, nameErrors, ProducerError } from "./base-errors.js";
import type { Attempt, Delivery, UserRecord } from "./record.js";
import { attemptShown, recordShown } from "./wording/shown-error.js";

export {
  checkIterable,
  checkOptionsObject,
  ERROR_CODES,
  type ErrorCode,
  InvalidOptionError,
  ProducerError,
  UnreadableRecordError,
} from "./base-errors.js";

/** The parts of a {@link RecordFailedError}. */
export interface RecordFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly record: UserRecord;
  readonly streamArn?: string | undefined;
  readonly attempts?: readonly Attempt[];
  /** The default is the length of `attempts`. */
  readonly attemptCount?: number;
  readonly delivery?: Delivery;
  readonly serviceCode?: string | undefined;
  readonly cause?: unknown;
}

/**
 * A record that was not delivered, whether or not the producer had accepted it. The error of an accepted record has no
 * stack, because it is made after the caller's call has returned.
 *
 * A log of the error never contains the data of the record: `record` and `attempts` are not enumerable, and
 * `console.log`, `JSON.stringify` and loggers show {@link RecordFailedError.toJSON}.
 */
export class RecordFailedError extends ProducerError {
  static {
    nameErrors(RecordFailedError.prototype, "RecordFailedError");
    Object.defineProperty(RecordFailedError.prototype, Symbol.for("nodejs.util.inspect.custom"), { value: inspected });
  }
  // Accessors of the prototype are not enumerable, and cost nothing for each error.
  readonly #record: UserRecord;
  readonly #attempts: readonly Attempt[];
  readonly #attemptCount: number;
  /** The ARN of the record's stream, if an option or the service has given it. */
  readonly streamArn?: string;
  /** `"none"`: no reader will ever see it. `"unknown"`: a copy may have been stored. */
  readonly delivery: Delivery;
  /** The service's error code, if the service refused the record; `Http<status>` for an answer without a code. */
  readonly serviceCode?: string;

  constructor(failure: RecordFailure) {
    super(failure.code, failure.message, failure.cause === undefined ? undefined : { cause: failure.cause });
    const { attempts = [], streamArn, serviceCode } = failure;
    this.#record = failure.record;
    this.#attempts = attempts;
    this.#attemptCount = failure.attemptCount ?? attempts.length;
    this.delivery = failure.delivery ?? "none";
    if (streamArn !== undefined) this.streamArn = streamArn;
    if (serviceCode !== undefined) this.serviceCode = serviceCode;
  }

  /** The record. If it was accepted or waited for room, `data` is a copy of its bytes, never the caller's object. */
  get record(): UserRecord {
    return this.#record;
  }

  /**
   * Every attempt, oldest first; empty if the record was never sent. Of more than 50 attempts, the first 25 and the
   * last 25.
   */
  get attempts(): readonly Attempt[] {
    return this.#attempts;
  }

  /** The number of attempts; above 50 it is larger than the length of `attempts`. */
  get attemptCount(): number {
    return this.#attemptCount;
  }

  /**
   * Plain data for a log: code, message, stream, keys (long ones are cut), number of data bytes, number of attempts and
   * the last of them, delivery, service code and cause. Without the data, the tags and the stack.
   */
  override toJSON(): object {
    const { streamArn, delivery, serviceCode } = this;
    return {
      ...super.toJSON(),
      ...RecordFailedError.#shownOf(this),
      ...(streamArn === undefined ? {} : { streamArn }),
      delivery,
      ...(serviceCode === undefined ? {} : { serviceCode }),
    };
  }

  /** A Proxy of an error, and a copy that another library made of one, have no record: a log of it must not throw. */
  static #shownOf(error: RecordFailedError): object {
    if (!(#record in error)) return {};
    const lastAttempt = error.#attempts.at(-1);
    return {
      ...recordShown(error.#record),
      attempts: error.#attemptCount,
      ...(lastAttempt === undefined ? {} : { lastAttempt: attemptShown(lastAttempt) }),
    };
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

/** The `cause` of records that fail: a failure of the service or the network. Made once for many records. */
export function newCause(code: string, message: string): Error {
  const cause = Object.assign(new Error(message), { code });
  // The stack would show the producer's stages.
  cause.stack = `Error: ${message}`;
  return cause;
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
 *
 * @example
 * ```ts
 * await producer.ready().catch((error: unknown) => {
 *   if (!isProducerError(error) || error.code !== "KP_STREAM_UNREACHABLE") throw error;
 * });
 * ```
 */
export function isProducerError(value: unknown): value is ProducerError {
  return (
    value instanceof Error &&
    "code" in value &&
    typeof value.code === "string" &&
    Object.hasOwn(ERROR_CODES, value.code)
  );
}

/**
 * Whether a value is the error of a record that was not delivered. Reads the name and the code, not the prototype, so
 * that it also works across two installed copies.
 *
 * @example
 * ```ts
 * await producer.put({ partitionKey: "user-17", data: "{}" }).catch((error: unknown) => {
 *   if (!isRecordFailedError(error)) throw error;
 *   console.error(error.code, error.record.partitionKey, error.delivery);
 * });
 * ```
 */
export function isRecordFailedError(value: unknown): value is RecordFailedError {
  return isProducerError(value) && value.name === "RecordFailedError" && "record" in value;
}

/** The text that `console.log` and `util.inspect` show: the stack, then the other fields of `toJSON()`. */
function inspected(
  this: RecordFailedError,
  depth: number,
  options: object,
  inspect: (value: unknown, options: object) => string,
): string {
  const { name, message, ...fields } = this.toJSON() as { readonly name: string; readonly message: string };
  if (depth < 0) return `[${name}: ${message}]`;
  const head = this.stack?.includes("\n") === true ? this.stack : `${name}: ${message}`;
  return `${head} ${inspect(fields, { ...options, depth: 2 })}`;
}
