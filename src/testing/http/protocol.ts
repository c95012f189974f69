import { decodeCbor } from "../cbor/decode-cbor.js";
import { ServiceError } from "../kinesis-model/service-error.js";
import type { JsonObject } from "../operations/operation.js";
import type { ServiceReply } from "../service/service-call.js";
import type { LocalAnswer } from "./local-answer.js";
import { CONTENT_TYPES, encodeBody, type Protocol } from "./wire-protocol.js";

/** Headers with names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The service's answer to a protocol that it does not speak. */
export const UNKNOWN_PROTOCOL: LocalAnswer = { statusCode: 404, body: { __type: "UnknownOperationException" } };

/** The protocol of a request; undefined when it is not supported. */
export function protocolOf(request: {
  readonly method: string;
  readonly headers: RequestHeaders;
}): Protocol | undefined {
  if (request.method !== "POST") return undefined;
  const contentType = String(request.headers["content-type"] ?? "");
  if (contentType.startsWith(CONTENT_TYPES.json)) return "json";
  return contentType.startsWith(CONTENT_TYPES.cbor) ? "cbor" : undefined;
}

/**
 * The input of an operation. It is the same for both protocols, except that CBOR has bytes in place of base64.
 *
 * @throws ServiceError, without a message as in the service, when the body is not an object of the protocol
 */
export function parseInput(body: Uint8Array, protocol: Protocol): JsonObject {
  let input: unknown;
  try {
    input = protocol === "json" ? JSON.parse(asBuffer(body).toString()) : decodeCbor(body);
  } catch {
    input = undefined;
  }
  const isObject = typeof input === "object" && input !== null;
  if (isObject && !Array.isArray(input) && !(input instanceof Uint8Array)) return input as JsonObject;
  throw new ServiceError("SerializationException", "");
}

/**
 * The reply in the protocol of the call: an object becomes bytes, with the protocol's content type. A reply that has
 * its own content type keeps it; an object becomes JSON then.
 */
export function inProtocol(reply: ServiceReply, protocol: Protocol): ServiceReply {
  if (protocol === "json" || reply.headers?.["content-type"] !== undefined) return reply;
  const { body, events } = reply;
  if (events !== undefined) return { ...reply, eventProtocol: protocol };
  return {
    ...reply,
    headers: { ...reply.headers, "content-type": CONTENT_TYPES.cbor },
    ...(typeof body === "object" && !(body instanceof Uint8Array) ? { body: encodeBody(body, protocol) } : {}),
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
