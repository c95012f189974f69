import { codeOfAnswer, isNamedByService } from "../core/failure-class.js";
import type { RequestFailure } from "../core/ports.js";
import { failedExchange } from "./exchange-progress.js";

/** Codes that name a step before anything is sent: the search for an address, the judgement of the peer's certificate. */
const BEFORE_SENDING: ReadonlySet<string> = new Set([
  "ENOTFOUND",
  "EAI_AGAIN",
  // "X509 certificate error codes" (Node.js documentation, TLS), and Node's own.
  "CERT_CHAIN_TOO_LONG",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REJECTED",
  "CERT_REVOKED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "CRL_HAS_EXPIRED",
  "CRL_NOT_YET_VALID",
  "CRL_SIGNATURE_FAILURE",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "HOSTNAME_MISMATCH",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "PATH_LENGTH_EXCEEDED",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_CRL",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

/** Steps of the network that come before a connection. */
const CONNECTING: ReadonlySet<unknown> = new Set(["connect", "getaddrinfo"]);

/** The handler's connection timer and Node's TLS have no code of their own for a connection that was never made. */
const NO_CONNECTION = /did not establish a connection|before secure TLS connection was established/;

/** The SDK's words for an error answer without any. */
const WORDLESS = "UnknownError";
/** Names of what ends a request from outside, also while its answer is read. */
const ENDINGS: ReadonlySet<string> = new Set(["TimeoutError", "AbortError"]);
/** As much of an unreadable body is shown as tells whose page it is. */
const SHOWN_BYTES = 200;

/** An error of the SDK, the network or the parser: what may be found on it. */
type SdkError = Error & {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly $fault?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  /** The answer that could not be parsed; the body is a stream where a client was handed in. */
  readonly $response?: { readonly body?: unknown };
};

/**
 * What an error thrown by the SDK's client says, in the port's terms.
 *
 * The code is the service's, or the network's, or `Http<status>` for an error answer whose code cannot be read, or
 * `UnreadableAnswer`; never a parser's. Whether records may be stored is told by the status; without one by how far the
 * exchange had come, where it was one of ours. A client that was handed in hides that: there the outcome is unknown unless
 * the step of the network that failed comes before anything is sent. An error before there was a request looks like any other:
 * the transport knows the phase, and says so (`command-progress`).
 */
export function readSdkFailure(error: unknown): RequestFailure {
  if (!(error instanceof Error)) return { kind: "failed", code: "Error", message: String(error), mayBeStored: true };
  const details: SdkError = error;
  const statusCode = details.$metadata?.httpStatusCode;
  const exchange = failedExchange(error);
  const mayHaveLeft = exchange === undefined ? !isNeverSent(details) : exchange.hasLeft;
  return {
    kind: "failed",
    code: codeOf(details, statusCode),
    message: messageOf(details, statusCode),
    ...(statusCode === undefined ? {} : { statusCode }),
    mayBeStored: statusCode === undefined ? mayHaveLeft : statusCode < 400 || statusCode >= 500,
    ...(exchange?.isStale === true ? { isStaleConnection: true } : {}),
    cause: error,
  };
}

function codeOf(error: SdkError, statusCode: number | undefined): string {
  const answered = statusCode === undefined ? undefined : codeOfAnswer(error, statusCode);
  if (answered !== undefined) return answered;
  // The handler's own timer takes the network's code for its name, and names no step of the network.
  const isHandlersTimer = error.name === "TimeoutError" && error.code === "ETIMEDOUT" && error.syscall === undefined;
  // The SDK names the failures of the network by what it would do about them; the code says what happened.
  if (typeof error.code === "string" && !isHandlersTimer) return error.code;
  return statusCode === undefined || ENDINGS.has(error.name) ? error.name : "UnreadableAnswer";
}

function isNeverSent(error: SdkError): boolean {
  if (typeof error.code === "string" && BEFORE_SENDING.has(error.code)) return true;
  if (CONNECTING.has(error.syscall) || NO_CONNECTION.test(error.message)) return true;
  // A name with several addresses, none of which could be connected to.
  if (error instanceof AggregateError && error.errors.length > 0)
    return error.errors.every((each) => CONNECTING.has(each?.syscall));
  return false;
}

function messageOf(error: SdkError, statusCode: number | undefined): string {
  if (statusCode === undefined || isNamedByService(error)) return firstMessage(error);
  if (error.name === "SyntaxError") return `HTTP ${statusCode} with a body that cannot be read: ${shownBody(error)}`;
  if (error.$fault === undefined) return firstMessage(error);
  const isSilent = error.message === WORDLESS;
  return `HTTP ${statusCode} without an error code${isSilent ? "" : `: ${firstMessage(error)}`}`;
}

/** The beginning of the body; where that is gone, the parser's words about it. */
function shownBody({ $response, message }: SdkError): string {
  const body = $response?.body;
  if (!(body instanceof Uint8Array)) return message.split("\n")[0] ?? "";
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8", 0, SHOWN_BYTES);
  return `${text.replace(/\s+/g, " ").trim()}${body.length > SHOWN_BYTES ? "…" : ""}`;
}

/** `connect ECONNREFUSED` comes as an AggregateError without a message when a name has several addresses. */
function firstMessage(error: Error): string {
  if (error.message !== "") return error.message;
  if (error instanceof AggregateError)
    return error.errors.map((each) => (each instanceof Error ? each.message : String(each))).join("; ");
  return error.name;
}
