import type { RequestFailure } from "../core/ports.js";

/** Codes of the network for which no byte of the request can have reached the service. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "CERT_HAS_EXPIRED",
]);

/**
 * What an error thrown by the SDK's client says, in the port's terms.
 *
 * The name is the service's code, except where there was no readable answer: there it is the network's or the parser's
 * error, and the outcome is unknown unless the connection was never made.
 */
export function readSdkFailure(error: unknown): RequestFailure {
  if (!(error instanceof Error)) return { kind: "failed", code: "Error", message: String(error), mayBeStored: true };
  const details = error as Error & {
    readonly code?: unknown;
    readonly $fault?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const networkCode = typeof details.code === "string" ? details.code : undefined;
  const statusCode = details.$metadata?.httpStatusCode;
  // The SDK names the failures of the network by what it would do about them; the code says what happened.
  const isAnswer = details.$fault !== undefined && statusCode !== undefined;
  const code = isAnswer || networkCode === undefined ? error.name : networkCode;
  return {
    kind: "failed",
    code: statusCode === 413 ? "RequestEntityTooLarge" : code,
    message: firstMessage(error),
    ...(statusCode === undefined ? {} : { statusCode }),
    mayBeStored: isAnswer ? statusCode >= 500 : !isNeverSent(error, networkCode),
    cause: error,
  };
}

function isNeverSent(error: Error, networkCode: string | undefined): boolean {
  if (networkCode !== undefined && NEVER_SENT.has(networkCode)) return true;
  // No credentials, no region: the request was never made.
  return error.name === "CredentialsProviderError" || /region is missing/i.test(error.message);
}

/** `connect ECONNREFUSED` comes as an AggregateError without a message when a name has several addresses. */
function firstMessage(error: Error): string {
  if (error.message !== "") return error.message;
  if (error instanceof AggregateError)
    return error.errors.map((each) => (each instanceof Error ? each.message : String(each))).join("; ");
  return error.name;
}
