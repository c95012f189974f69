import { classifyFailure, codeOfAnswer, type FailureClass } from "../core/failure-class.js";

/**
 * How a reader continues after a failed call:
 *
 * - `throttled`: retried later: another consumer reads the shard too
 * - `transient`: retried a limited number of times; the next attempt has a new iterator, token, signature or connection
 * - `fatal`: the error is permanent
 */
export type ReadFailure = "throttled" | "transient" | "fatal";

/** A read call has no records that could be bad, and a deleted stream has no records left to read. */
const BY_CLASS: Readonly<Record<FailureClass, ReadFailure>> = {
  throttled: "throttled",
  transient: "transient",
  credentials: "transient",
  "clock-skew": "transient",
  "bad-record": "fatal",
  "no-stream": "fatal",
  fatal: "fatal",
};

type SdkError = Error & {
  readonly code?: unknown;
  readonly $fault?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
};

/** The kind of an error that the SDK's client threw. */
export function readFailureOf(error: unknown): ReadFailure {
  if (!(error instanceof Error)) return "fatal";
  const { name, code, message, $metadata }: SdkError = error;
  const status = $metadata?.httpStatusCode;
  // Without an answer the error comes from the network, which sets a code, or from the client itself: no region, no
  // credentials.
  if (status === undefined) return typeof code === "string" || name === "TimeoutError" ? "transient" : "fatal";
  const answered = codeOfAnswer(error, status);
  // A successful answer that cannot be read was cut off in flight.
  return answered === undefined ? "transient" : BY_CLASS[classifyFailure(answered, status, message)];
}

/** Whether the error says that the iterator has expired (after five minutes). */
export function isExpiredIterator(error: unknown): boolean {
  return error instanceof Error && error.name === "ExpiredIteratorException";
}
