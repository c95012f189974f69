import { readInput } from "../input/read-input.js";
import { ServiceError } from "../kinesis-model/service-error.js";
import { EventStream } from "../operations/event-stream.js";
import type { JsonObject, OperationScope } from "../operations/operation.js";
import { isOperationName, OPERATIONS, type OperationName } from "../operations/operations.js";

/** An HTTP answer of `LocalKinesis`. */
export interface LocalAnswer {
  readonly statusCode: number;
  /** Added to the usual headers, or replacing them. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * An object is sent in the protocol of the call, or as JSON when the headers have a content type. Text and bytes are
   * sent unchanged.
   */
  readonly body?: object | string | Uint8Array;
  /** Events in place of a body, sent as they happen. */
  readonly events?: EventStream;
}

/** The part of the target header before the name of the operation. */
export const TARGET_PREFIX = "Kinesis_20131202.";

/**
 * An answer in the service's error shape. The service writes the message of a `SerializationException` with a capital,
 * and leaves an empty message out.
 */
export function errorAnswer(code: string, message: string, statusCode: number): LocalAnswer {
  if (message === "") return { statusCode, body: { __type: code } };
  const name = code === "SerializationException" ? "Message" : "message";
  return { statusCode, body: { __type: code, [name]: message } };
}

/**
 * The operation that the target header names.
 *
 * @throws ServiceError for any other target
 */
export function operationOf(target: string | undefined): OperationName {
  const name = target?.startsWith(TARGET_PREFIX) ? target.slice(TARGET_PREFIX.length) : "";
  if (isOperationName(name)) return name;
  throw new ServiceError("UnknownOperationException", "");
}

/** Runs an operation: every outcome is an answer. */
export function runOperation(name: OperationName, input: JsonObject, scope: OperationScope): LocalAnswer {
  try {
    scope.model.advance(scope.now);
    // The input has the members that the operation reads: both tables go by its name.
    const output = OPERATIONS[name](readInput(name, input) as never, scope);
    if (output === undefined) return { statusCode: 200 };
    return output instanceof EventStream ? { statusCode: 200, events: output } : { statusCode: 200, body: output };
  } catch (error) {
    return answerOfError(error);
  }
}

/** The answer for an error: a `ServiceError` as itself, any other error, which is a bug here, as HTTP 500. */
export function answerOfError(error: unknown): LocalAnswer {
  if (error instanceof ServiceError) return errorAnswer(error.code, error.message, error.statusCode);
  return errorAnswer("InternalFailure", `LocalKinesis failed: ${String(error)}`, 500);
}
