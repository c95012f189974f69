import { encodeCbor } from "../cbor/encode-cbor.js";

/** The protocol of inputs and outputs: AWS's JSON 1.1, or its CBOR 1.1, which the SDKs for Java use. */
export type Protocol = "json" | "cbor";

/** The content type of each protocol. */
export const CONTENT_TYPES: Readonly<Record<Protocol, string>> = {
  json: "application/x-amz-json-1.1",
  cbor: "application/x-amz-cbor-1.1",
};

/**
 * Encodes an output, an error or an event of a stream. `body` has the form of the JSON protocol, with times in seconds
 * and base64 text. In CBOR they become times in milliseconds and byte strings.
 */
export function encodeBody(body: object, protocol: Protocol): Uint8Array {
  return protocol === "json" ? Buffer.from(JSON.stringify(body)) : encodeCbor(body, asCborMember);
}

/** Members of the API's outputs that are times. No member of an output is named by a client. */
const TIMES: ReadonlySet<string> = new Set([
  "ApproximateArrivalTimestamp",
  "ChannelCreationTimestamp",
  "ConsumerCreationTimestamp",
  "EarliestAllowedEndAt",
  "EndedAt",
  "StartedAt",
  "StreamCreationTimestamp",
]);

function asCborMember(name: string, value: unknown): unknown {
  if (name === "Data" && typeof value === "string") return Buffer.from(value, "base64");
  if (typeof value === "number" && TIMES.has(name)) return new Date(Math.round(value * 1000));
  return value;
}
