import type { RequestFailure } from "../core/ports.js";

/** Codes of the network for which no byte of the request can have reached the service. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  // The peer's certificate, which is judged before anything is sent.
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

/** Steps of the network that come before a connection. */
const CONNECTING: ReadonlySet<unknown> = new Set(["connect", "getaddrinfo"]);

/** The handler's connection timer and Node's TLS have no code of their own for a connection that was never made. */
const NO_CONNECTION = /did not establish a connection|before secure TLS connection was established/;

/** An error of the SDK, the network or the parser: what may be found on it. */
type SdkError = Error & {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly $fault?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
};

/**
 * What an error thrown by the SDK's client says, in the port's terms.
 *
 * The name is the service's code, except where there was no readable answer: there it is the network's or the parser's
 * error, and the outcome is unknown unless the connection was never made, or the status says that nothing was done.
 */
export function readSdkFailure(error: unknown): RequestFailure {
  if (!(error instanceof Error)) return { kind: "failed", code: "Error", message: String(error), mayBeStored: true };
  const details: SdkError = error;
  const statusCode = details.$metadata?.httpStatusCode;
  return {
    kind: "failed",
    code: statusCode === 413 ? "RequestEntityTooLarge" : codeOf(details, statusCode),
    message: firstMessage(error),
    ...(statusCode === undefined ? {} : { statusCode }),
    mayBeStored: statusCode === undefined ? !isNeverSent(details) : statusCode < 400 || statusCode >= 500,
    cause: error,
  };
}

function codeOf(error: SdkError, statusCode: number | undefined): string {
  const isAnswer = error.$fault !== undefined && statusCode !== undefined;
  if (isAnswer || typeof error.code !== "string") return error.name;
  // The handler's own timer takes the network's code for its name, and names no step of the network.
  if (error.name === "TimeoutError" && error.code === "ETIMEDOUT" && error.syscall === undefined) return error.name;
  // The SDK names the failures of the network by what it would do about them; the code says what happened.
  return error.code;
}

function isNeverSent(error: SdkError): boolean {
  if (typeof error.code === "string" && NEVER_SENT.has(error.code)) return true;
  if (CONNECTING.has(error.syscall) || NO_CONNECTION.test(error.message)) return true;
  // A name with several addresses, none of which could be connected to.
  if (error instanceof AggregateError) return error.errors.every((each) => CONNECTING.has(each?.syscall));
  // The SDK adds its metadata to whatever happens once there is a request: no credentials, no region, no input came before.
  const isOfNetwork = error.code !== undefined || error.name === "TimeoutError" || error.name === "AbortError";
  return error.$metadata === undefined && !isOfNetwork;
}

/** `connect ECONNREFUSED` comes as an AggregateError without a message when a name has several addresses. */
function firstMessage(error: Error): string {
  if (error.message !== "") return error.message;
  if (error instanceof AggregateError)
    return error.errors.map((each) => (each instanceof Error ? each.message : String(each))).join("; ");
  return error.name;
}
