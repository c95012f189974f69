/**
 * What to do about a failed call:
 *
 * - `throttled`: again, later: somebody else reads the shard too
 * - `transient`: again, but not for ever
 * - `fatal`: it will not go away by itself
 */
export type ReadFailure = "throttled" | "transient" | "fatal";

const THROTTLED: ReadonlySet<string> = new Set([
  "ProvisionedThroughputExceededException",
  "LimitExceededException",
  "ThrottlingException",
  "Throttling",
  "TooManyRequestsException",
  "RequestLimitExceeded",
  "KMSThrottlingException",
]);

/** Refused as mistakes of the caller, and yet they pass: the next try has a new iterator, token or signature. */
const PASSING: ReadonlySet<string> = new Set([
  "ExpiredIteratorException",
  "ExpiredNextTokenException",
  "ExpiredTokenException",
  "InvalidSignatureException",
  "KMSInvalidStateException",
  "ResourceInUseException",
]);

type SdkError = Error & { readonly code?: unknown; readonly $metadata?: { readonly httpStatusCode?: number } };

/** The kind of an error that the SDK's client threw. */
export function readFailureOf(error: unknown): ReadFailure {
  if (!(error instanceof Error)) return "fatal";
  const { name, code, $metadata }: SdkError = error;
  const status = $metadata?.httpStatusCode;
  if (THROTTLED.has(name) || status === 429) return "throttled";
  if (PASSING.has(name)) return "transient";
  // An answer that says yes and cannot be read was torn on its way.
  if (status !== undefined) return status >= 500 || status < 300 ? "transient" : "fatal";
  // Without an answer it is the network, which names its codes, or the client itself: no region, no credentials.
  return typeof code === "string" || name === "TimeoutError" ? "transient" : "fatal";
}

/** Whether the iterator is too old: five minutes. */
export function isExpiredIterator(error: unknown): boolean {
  return error instanceof Error && error.name === "ExpiredIteratorException";
}
