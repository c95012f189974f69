import type { FailureFacts } from "../../core/pacing/retry-policy.js";
import type { RequestFailure } from "../../core/ports.js";
import { newCause } from "../../errors.js";
import { cut } from "../../wording/shown-error.js";
import type { FailureReason } from "../settlement/settlement-parts.js";

/** The words for a failure: its code, and its message unless that says no more. */
export function failureWords({ code, message }: FailureFacts): string {
  return message === "" || message === code ? code : `${code}: ${cut(message)}`;
}

/** The error behind a failure, for the `cause` of the records that fail by it. */
export function causeOf({ code, message }: FailureFacts): Error {
  return newCause(code, cut(message === "" ? code : message));
}

/**
 * Why records fail by a final failure: the service refused them, or the SDK's configuration cannot be used.
 *
 * @param prefix - stands before the message of the service
 */
export function finalReason(failure: FailureFacts, prefix = "", isConfiguration = false): FailureReason {
  const { code, message } = failure;
  const cause = causeOf(failure);
  if (isConfiguration) return { code: "KP_INVALID_OPTION", message: configurationWords(failure), cause };
  return { code: "KP_RECORD_FAILED", message: `${code}: ${prefix}${message}`, serviceCode: code, cause };
}

/** {@link finalReason} for a request or a call about the stream that failed whole. */
export function reasonOfFailure(failure: RequestFailure): FailureReason {
  return finalReason(failure, "", failure.isConfiguration === true);
}

function configurationWords({ message }: FailureFacts): string {
  return `no request can be made with the SDK's configuration: ${cut(message)}`;
}
