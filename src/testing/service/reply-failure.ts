import type { RequestFailure } from "../../core/ports.js";
import type { JsonObject } from "../operations/operation.js";
import type { ServiceReply } from "./service-call.js";

/** A network failure, with the text of Node's sockets. */
export function networkFailure(code: "ECONNRESET" | "ECONNREFUSED" | "TimeoutError"): RequestFailure {
  const messages = {
    ECONNRESET: "socket hang up",
    ECONNREFUSED: "connect ECONNREFUSED",
    TimeoutError: "the request timed out",
  };
  return { kind: "failed", code, message: messages[code], mayBeStored: code !== "ECONNREFUSED" };
}

/**
 * The producer's reading of a reply that is not a success; undefined for a success.
 *
 * A reply without a readable code is named by its status, `Http503`. A success with an unreadable body is an
 * `UnreadableAnswer`.
 */
export function failureOf(reply: ServiceReply): RequestFailure | undefined {
  const { cut, statusCode, body, truncated } = reply;
  if (cut !== undefined) return networkFailure(cut === "refused" ? "ECONNREFUSED" : "ECONNRESET");
  const isUnreadable = truncated === true || (typeof body === "string" && body !== "");
  if (isUnreadable) {
    const message = `HTTP ${statusCode} with a body that cannot be read`;
    const code = statusCode < 400 ? "UnreadableAnswer" : `Http${statusCode}`;
    return { kind: "failed", code, message, statusCode, mayBeStored: mayBeStored(statusCode) };
  }
  if (statusCode < 400) return undefined;
  const { __type: type, Message: capital, message = capital } = (body ?? {}) as JsonObject;
  return {
    kind: "failed",
    code: statusCode === 413 ? "RequestEntityTooLarge" : String(type ?? `Http${statusCode}`),
    message: String(message ?? `HTTP ${statusCode} without an error code`),
    statusCode,
    mayBeStored: mayBeStored(statusCode),
  };
}

function mayBeStored(statusCode: number): boolean {
  return statusCode < 400 || statusCode >= 500;
}
