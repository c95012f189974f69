import { classifyFailure, codeOfAnswer, type FailureClass } from "../core/failure-class.js";

/**
 * How a reader goes on after a failed call:
 *
 * - `throttled`: again, later: somebody else reads the shard too
 * - `transient`: again, but not for ever; the next try has a new iterator, token, signature or connection
 * - `fatal`: it will not go away by itself
 */
export type ReadFailure = "throttled" | "transient" | "fatal";

/** A call has no records that could be at fault, and a stream that is gone has nothing left to read. */
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
  // Without an answer it is the network, which names its codes, or the client itself: no region, no credentials.
  if (status === undefined) return typeof code === "string" || name === "TimeoutError" ? "transient" : "fatal";
  const answered = codeOfAnswer(error, status);
  // An answer that says yes and cannot be read was torn in flight.
  return answered === undefined ? "transient" : BY_CLASS[classifyFailure(answered, status, message)];
}

/** Whether the iterator is too old: five minutes. */
export function isExpiredIterator(error: unknown): boolean {
  return error instanceof Error && error.name === "ExpiredIteratorException";
}
