import type { RequestFailure } from "../../core/ports.js";
import type { JsonObject } from "../operations/operation.js";
import type { ServiceReply } from "./service-call.js";

/** A failure of the network, in the words of Node's sockets. */
export function networkFailure(code: "ECONNRESET" | "ECONNREFUSED" | "TimeoutError"): RequestFailure {
  const messages = {
    ECONNRESET: "socket hang up",
    ECONNREFUSED: "connect ECONNREFUSED",
    TimeoutError: "the request timed out",
  };
  return { kind: "failed", code, message: messages[code], mayBeStored: code !== "ECONNREFUSED" };
}

/**
 * What a client of the SDK makes of a reply that is no success; undefined for a success.
 *
 * A body that is no JSON is a `SyntaxError`, whatever the status; an error without a name is `Unknown`.
 */
export function failureOf(reply: ServiceReply): RequestFailure | undefined {
  const { cut, statusCode, body, truncated } = reply;
  if (cut !== undefined) return networkFailure(cut === "refused" ? "ECONNREFUSED" : "ECONNRESET");
  const isUnreadable = truncated === true || (typeof body === "string" && body !== "");
  if (isUnreadable) {
    const message = "Unexpected end of JSON input";
    return { kind: "failed", code: "SyntaxError", message, statusCode, mayBeStored: true };
  }
  if (statusCode < 400) return undefined;
  const { __type: type, message } = (body ?? {}) as JsonObject;
  return {
    kind: "failed",
    code: statusCode === 413 ? "RequestEntityTooLarge" : String(type ?? "Unknown"),
    message: String(message ?? "UnknownError"),
    statusCode,
    mayBeStored: statusCode >= 500,
  };
}
