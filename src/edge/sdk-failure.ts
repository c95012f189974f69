import { codeOfAnswer, isNamedByService } from "../core/failure-class.js";
import type { RequestFailure } from "../core/ports.js";
import { configurationMessage, isConfigurationProblem, UNUSABLE_CONFIGURATION } from "./configuration-failure.js";
import { failedExchange } from "./exchange-progress.js";

/** Codes of steps before anything is sent: looking up the address, verifying the peer's certificate. */
const BEFORE_SENDING: ReadonlySet<string> = new Set([
  "ENOTFOUND",
  "EAI_AGAIN",
  // "Pending streams will be destroyed using a specific ERR_HTTP2_STREAM_CANCEL error" (Node.js, lib/internal/http2/core.js).
  // A stream is pending until its connection is established; a stream that has begun gets the error of the session.
  "ERR_HTTP2_STREAM_CANCEL",
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

/** The handler's connection timer and Node's TLS have no separate code for a connection that was never established. */
const NO_CONNECTION = /did not establish a connection|before secure TLS connection was established/;

/** The SDK's words for an error answer without any. */
const WORDLESS = "UnknownError";
/** Names of errors that end a request from outside, also while its answer is read. */
const ENDINGS: ReadonlySet<string> = new Set(["TimeoutError", "AbortError"]);
/** Bytes of an unreadable body that are shown: enough to see which server sent the page. */
const SHOWN_BYTES = 200;

/** Properties that an error of the SDK, the network or the parser may have. */
type SdkError = Error & {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly $fault?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  /** The answer that could not be parsed. Its body is a stream if the caller passed the client. */
  readonly $response?: { readonly body?: unknown };
};

/**
 * Translates an error of the SDK's client into a failure of the port.
 *
 * The code is the service's, or the network's, or `Http<status>` for an error answer whose code cannot be read, or
 * `UnreadableAnswer`; never a parser's. The status decides whether records may be stored. Without a status, the
 * progress of the exchange decides, which is known for the producer's own requests. A client that the caller passed
 * hides it: there the outcome is unknown, unless the failed step of the network comes before anything is sent.
 */
export function readSdkFailure(error: unknown): RequestFailure {
  if (!(error instanceof Error)) return { kind: "failed", code: "Error", message: String(error), mayBeStored: true };
  const details: SdkError = error;
  const statusCode = details.$metadata?.httpStatusCode;
  if (statusCode === undefined && details.$fault === undefined && isConfigurationProblem(error)) {
    const message = configurationMessage(error);
    const isFinal = { isFinal: true, isConfiguration: true } as const;
    return { kind: "failed", code: UNUSABLE_CONFIGURATION, message, mayBeStored: false, ...isFinal, cause: error };
  }
  const exchange = failedExchange(error);
  const mayHaveLeft = exchange === undefined ? !isNeverSent(details) : exchange.hasLeft;
  return {
    kind: "failed",
    code: codeOf(details, statusCode),
    message: messageOf(details, statusCode),
    ...(statusCode === undefined ? {} : { statusCode }),
    mayBeStored: statusCode === undefined ? mayHaveLeft : statusCode < 400 || statusCode >= 500,
    ...(exchange?.isStale === true ? { isStaleConnection: true } : {}),
    ...(statusCode === undefined && !mayHaveLeft ? { isUnsent: true } : {}),
    cause: error,
  };
}

function codeOf(error: SdkError, statusCode: number | undefined): string {
  const answered = statusCode === undefined ? undefined : codeOfAnswer(error, statusCode);
  if (answered !== undefined) return answered;
  // The handler's own timer takes the network's code for its name, and names no step of the network.
  const isHandlersTimer = error.name === "TimeoutError" && error.code === "ETIMEDOUT" && error.syscall === undefined;
  // The SDK's name for a failure of the network says how the SDK treats it; the code says what happened.
  if (typeof error.code === "string" && !isHandlersTimer) return error.code;
  return statusCode === undefined || ENDINGS.has(error.name) ? error.name : "UnreadableAnswer";
}

function isNeverSent(error: SdkError): boolean {
  if (typeof error.code === "string" && BEFORE_SENDING.has(error.code)) return true;
  if (CONNECTING.has(error.syscall) || NO_CONNECTION.test(error.message)) return true;
  // A host name with several addresses, and no connection to any of them.
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

/** The beginning of the body; without a body, the parser's message about it. */
function shownBody({ $response, message }: SdkError): string {
  const body = $response?.body;
  if (!(body instanceof Uint8Array)) return message.split("\n")[0] ?? "";
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8", 0, SHOWN_BYTES);
  return `${text.replace(/\s+/g, " ").trim()}${body.length > SHOWN_BYTES ? "…" : ""}`;
}

/** `connect ECONNREFUSED` is an AggregateError without a message if the host name has several addresses. */
function firstMessage(error: Error): string {
  if (error.message !== "") return error.message;
  if (error instanceof AggregateError)
    return error.errors.map((each) => (each instanceof Error ? each.message : String(each))).join("; ");
  return error.name;
}
