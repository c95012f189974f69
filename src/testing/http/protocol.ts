import { decodeCbor } from "../cbor/decode-cbor.js";
import { ServiceError } from "../kinesis-model/service-error.js";
import type { JsonObject } from "../operations/operation.js";
import type { ServiceReply } from "../service/service-call.js";
import type { LocalAnswer } from "./local-answer.js";
import { CONTENT_TYPES, encodeBody, type Protocol } from "./wire-protocol.js";

/** Headers with names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** As the service answers a protocol that it does not speak. */
export const UNKNOWN_PROTOCOL: LocalAnswer = { statusCode: 404, body: { __type: "UnknownOperationException" } };

/** The protocol of a request; undefined for one that is not spoken here. */
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
 * The input of an operation, the same whatever the protocol, except that CBOR has bytes where JSON has base64.
 *
 * @throws ServiceError when the body is no object of the protocol
 */
export function parseInput(body: Uint8Array, protocol: Protocol): JsonObject {
  const name = protocol === "json" ? "JSON" : "CBOR";
  let input: unknown;
  try {
    input = protocol === "json" ? JSON.parse(asBuffer(body).toString()) : decodeCbor(body);
  } catch {
    throw new ServiceError("SerializationException", `The body is not ${name}.`);
  }
  const isObject = typeof input === "object" && input !== null;
  if (isObject && !Array.isArray(input) && !(input instanceof Uint8Array)) return input as JsonObject;
  throw new ServiceError(
    "SerializationException",
    `The body is not a ${name} ${protocol === "json" ? "object" : "map"}.`,
  );
}

/**
 * The reply for a call of the protocol: an object becomes bytes, and the content type says of which kind. A reply with a
 * content type of its own goes out as that says, which for an object is JSON.
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
