import { decodeCbor } from "../cbor/decode-cbor.js";
import { encodeCbor } from "../cbor/encode-cbor.js";
import { ServiceError } from "../kinesis-model/service-error.js";
import type { JsonObject } from "../operations/operation.js";
import type { ServiceReply } from "../service/service-call.js";
import type { LocalAnswer } from "./local-answer.js";

/** How inputs and outputs are written: AWS's JSON 1.1, or its CBOR 1.1, which the SDKs for Java speak. */
export type Protocol = "json" | "cbor";

/** The content type of each protocol. */
export const CONTENT_TYPES: Readonly<Record<Protocol, string>> = {
  json: "application/x-amz-json-1.1",
  cbor: "application/x-amz-cbor-1.1",
};

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
 * An output, an error or the event of a stream as bytes. It has the form of the JSON protocol, with times in seconds and
 * base64 text: in CBOR they become times in milliseconds and byte strings.
 */
export function encodeBody(body: object, protocol: Protocol): Uint8Array {
  return protocol === "json" ? Buffer.from(JSON.stringify(body)) : encodeCbor(body, asCborMember);
}

/**
 * The reply for a call of the protocol: an object becomes bytes, and the content type says of which kind. A reply with a
 * content type of its own goes out as that says, which for an object is JSON.
 */
export function inProtocol(reply: ServiceReply, protocol: Protocol): ServiceReply {
  if (protocol === "json" || reply.headers?.["content-type"] !== undefined) return reply;
  const { body } = reply;
  return {
    ...reply,
    headers: { ...reply.headers, "content-type": CONTENT_TYPES.cbor },
    ...(typeof body === "object" && !(body instanceof Uint8Array) ? { body: encodeBody(body, protocol) } : {}),
  };
}

/** Members of the API's outputs that are times. No output has members that a client names. */
const TIMES: ReadonlySet<string> = new Set([
  "ApproximateArrivalTimestamp",
  "ConsumerCreationTimestamp",
  "StreamCreationTimestamp",
]);

function asCborMember(name: string, value: unknown): unknown {
  if (name === "Data" && typeof value === "string") return Buffer.from(value, "base64");
  if (typeof value === "number" && TIMES.has(name)) return new Date(Math.round(value * 1000));
  return value;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
