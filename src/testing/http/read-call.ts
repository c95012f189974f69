import type { JsonObject } from "../operations/operation.js";
import type { OperationName } from "../operations/operations.js";
import { operationOf, TARGET_PREFIX } from "./local-answer.js";
import { parseInput, type RequestHeaders } from "./protocol.js";
import { type RequestSignature, readSignature } from "./request-signature.js";
import type { Protocol } from "./wire-protocol.js";

/** Whether the request calls PutRecords; its body is not read. */
export function isPutRecords(headers: RequestHeaders): boolean {
  return headers["x-amz-target"] === `${TARGET_PREFIX}PutRecords`;
}

/** A call that came over HTTP. */
export interface KinesisCall {
  readonly operation: OperationName;
  readonly input: JsonObject;
  readonly signature: RequestSignature;
}

/**
 * Like the service it asks for a readable body first, but not for an empty one.
 *
 * @throws ServiceError for an unknown operation, or a body that is not an object of the protocol
 */
export function readKinesisCall(headers: RequestHeaders, body: Uint8Array, protocol: Protocol): KinesisCall {
  const target = headers["x-amz-target"];
  const name = target === undefined ? undefined : String(target);
  if (body.length === 0) operationOf(name);
  const input = parseInput(body, protocol);
  return { operation: operationOf(name), input, signature: readSignature(headers) };
}
