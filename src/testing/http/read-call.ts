import type { JsonObject } from "../operations/operation.js";
import type { OperationName } from "../operations/operations.js";
import { type LocalAnswer, operationOf, parseInput } from "./local-answer.js";
import { type RequestSignature, readSignature } from "./request-signature.js";

/** Headers with names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** As the service answers a protocol that it does not speak. */
export const UNKNOWN_PROTOCOL: LocalAnswer = { statusCode: 404, body: { __type: "UnknownOperationException" } };

/** Whether the request is one of the JSON protocol. */
export function speaksKinesisJson(request: { readonly method: string; readonly headers: RequestHeaders }): boolean {
  const contentType = String(request.headers["content-type"] ?? "");
  return request.method === "POST" && contentType.startsWith("application/x-amz-json-1.1");
}

/** A call as it came over HTTP. */
export interface KinesisCall {
  readonly operation: OperationName;
  readonly input: JsonObject;
  readonly signature: RequestSignature;
}

/** @throws ServiceError for an unknown operation, or a body that is no JSON object */
export function readKinesisCall(headers: RequestHeaders, body: Uint8Array): KinesisCall {
  const target = headers["x-amz-target"];
  return {
    operation: operationOf(target === undefined ? undefined : String(target)),
    input: parseInput(body),
    signature: readSignature(headers),
  };
}
