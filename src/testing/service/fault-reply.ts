import type { Milliseconds, RequestEffect } from "../faults/fault-rule.js";
import type { FaultScript } from "../faults/fault-script.js";
import { errorAnswer, type LocalAnswer } from "../http/local-answer.js";
import { CONTENT_TYPES } from "../http/wire-protocol.js";
import type { JsonObject } from "../operations/operation.js";
import { FailingEventStream } from "./failing-event-stream.js";
import type { ServiceReply } from "./service-call.js";

/** The service's text for a code, where it is known; otherwise the code itself. */
const MESSAGES: Readonly<Record<string, string>> = {
  ExpiredTokenException: "The security token included in the request is expired",
  InternalFailure: "Internal Service Failure",
  InternalFailureException: "Internal Service Failure",
  ProvisionedThroughputExceededException: "Rate exceeded.",
  ThrottlingException: "Rate exceeded",
  ServiceUnavailable: "The service is temporarily unavailable",
  UnrecognizedClientException: "The security token included in the request is invalid.",
};

const HTML_BODY = "<html><body><h1>Service Unavailable</h1></body></html>";

/** The reply of a fault to a whole request; `run` carries the request out. */
export function replyOf(effect: RequestEffect, run: () => LocalAnswer, now: number): ServiceReply {
  switch (effect.kind) {
    case "error":
      if (effect.stored === true) run();
      return errorReply(effect);
    case "throttle":
      return errorReply({ kind: "error", code: "ProvisionedThroughputExceededException" });
    case "expired-token":
      return errorReply({ kind: "error", code: "ExpiredTokenException" });
    case "clock-skew":
      return errorReply({
        kind: "error",
        code: "InvalidSignatureException",
        message: `Signature expired: the request is not within 5 min. of ${new Date(now + effect.offsetMs).toISOString()}`,
      });
    case "records":
      return alterRecords(run(), effect.answer);
    case "empty-answer":
      run();
      return { statusCode: 200, body: "" };
    case "truncate":
      return { ...run(), truncated: true };
    case "reset":
      return breakOff(effect.at, run);
    case "reset-stream":
      return {
        ...breakOff(effect.at ?? "before-headers", run),
        overHttp2: { resetStream: effect.code ?? "INTERNAL_ERROR" },
      };
    case "goaway": {
      const { code: goAway = "NO_ERROR" } = effect;
      return effect.inFlight === "refuse"
        ? { ...breakOff("before-headers", run), overHttp2: { goAway, resetStream: "REFUSED_STREAM" } }
        : { ...breakOff("after-storing", run), overHttp2: { goAway } };
    }
    case "event-error":
      return failWithin(run(), effect);
    case "hang":
      if (effect.stored === true) run();
      return { statusCode: 0, hang: true };
    case "refuse-connections":
      return { statusCode: 0, cut: "refused" };
  }
}

function breakOff(at: "before-headers" | "after-storing" | "mid-body", run: () => LocalAnswer): ServiceReply {
  if (at === "before-headers") return { statusCode: 0, cut: "before-headers" };
  return { ...run(), cut: at === "mid-body" ? "mid-body" : "before-headers" };
}

function failWithin(
  reply: LocalAnswer,
  { code, message = messageOf(code), after = 0 }: Extract<RequestEffect, { readonly kind: "event-error" }>,
): ServiceReply {
  const { events } = reply;
  return events === undefined ? reply : { ...reply, events: new FailingEventStream(events, after, { code, message }) };
}

function errorReply(effect: Extract<RequestEffect, { readonly kind: "error" }>): ServiceReply {
  const { code, body, retryAfterMs } = effect;
  const { message = messageOf(code), statusCode = statusOf(code) } = effect;
  const headers: Record<string, string> = {};
  if (retryAfterMs !== undefined) {
    headers["retry-after"] = String(Math.ceil(retryAfterMs / 1000));
    headers["x-amz-retry-after"] = String(retryAfterMs);
  }
  if (body === undefined) return { ...errorAnswer(code, message, statusCode), headers };
  if (body === "json") {
    return { ...errorAnswer(code, message, statusCode), headers: { ...headers, "content-type": CONTENT_TYPES.json } };
  }
  if (body === "empty") return { statusCode, headers };
  return { statusCode, headers: { ...headers, "content-type": "text/html" }, body: HTML_BODY };
}

function messageOf(code: string): string {
  return MESSAGES[code] ?? code;
}

function statusOf(code: string): number {
  if (code.startsWith("InternalFailure")) return 500;
  return code.startsWith("ServiceUnavailable") ? 503 : 400;
}

function alterRecords(answer: LocalAnswer, how: "missing" | "short" | "long"): ServiceReply {
  const { Records: records, ...rest } = (answer.body ?? {}) as JsonObject;
  if (!Array.isArray(records) || how === "missing") return { ...answer, body: rest };
  const altered = how === "short" ? records.slice(0, -1) : [...records, records.at(-1)];
  return { ...answer, body: { ...rest, Records: altered } };
}

/** The milliseconds; drawn for a span. */
export function drawMilliseconds(ms: Milliseconds, script: Pick<FaultScript, "draw">): number {
  return typeof ms === "number" ? ms : ms.from + script.draw() * (ms.to - ms.from);
}
