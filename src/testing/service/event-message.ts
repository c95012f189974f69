import { crc32 } from "node:zlib";
import { CONTENT_TYPES, encodeBody, type Protocol } from "../http/wire-protocol.js";
import type { EventMessage } from "../operations/event-stream.js";

/** Lengths of the whole message and of its headers, and the checksum over both. */
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;

/** The only used type of header value: text. */
const TEXT_HEADER = 7;

/**
 * A message in `application/vnd.amazon.eventstream`. Source: "Event stream encoding", Smithy 2.0 specification.
 *
 * ```
 * total length, 4 bytes | length of the headers, 4 | CRC-32 of these eight, 4
 * headers: length of the name, 1 | name | 7 | length of the value, 2 | value
 * payload
 * CRC-32 of all before, 4
 * ```
 */
export function encodeEventMessage(message: EventMessage, protocol: Protocol): Buffer {
  const payload = encodeBody(message.payload, protocol);
  const headers = Buffer.concat(
    Object.entries({
      [message.kind === "event" ? ":event-type" : ":exception-type"]: message.type,
      ":content-type": protocol === "json" ? "application/json" : CONTENT_TYPES.cbor,
      ":message-type": message.kind,
    }).map(([name, value]) => encodeHeader(name, value)),
  );
  const length = PRELUDE_BYTES + headers.length + payload.length + CHECKSUM_BYTES;
  const bytes = Buffer.allocUnsafe(length);
  bytes.writeUInt32BE(length, 0);
  bytes.writeUInt32BE(headers.length, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  bytes.set(headers, PRELUDE_BYTES);
  bytes.set(payload, PRELUDE_BYTES + headers.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, length - CHECKSUM_BYTES)), length - CHECKSUM_BYTES);
  return bytes;
}

function encodeHeader(name: string, value: string): Buffer {
  const text = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  return Buffer.concat([Buffer.of(name.length), Buffer.from(name), Buffer.of(TEXT_HEADER), length, text]);
}
