import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { encodeEventMessage } from "../../../../src/testing/service/event-message.js";

/** Reads a message by the specification, without code of the encoder. */
function decode(bytes: Buffer): { headers: Record<string, string>; payload: string } {
  const headersEnd = 12 + bytes.readUInt32BE(4);
  const headers: Record<string, string> = {};
  for (let at = 12; at < headersEnd; ) {
    const nameEnd = at + 1 + bytes.readUInt8(at);
    const name = bytes.toString("utf8", at + 1, nameEnd);
    expect(bytes.readUInt8(nameEnd)).toBe(7);
    const valueEnd = nameEnd + 3 + bytes.readUInt16BE(nameEnd + 1);
    headers[name] = bytes.toString("utf8", nameEnd + 3, valueEnd);
    at = valueEnd;
  }
  return { headers, payload: bytes.toString("utf8", headersEnd, bytes.length - 4) };
}

describe("encodeEventMessage", () => {
  it("writes lengths and checksums around headers and payload", () => {
    const bytes = encodeEventMessage(
      { kind: "event", type: "SubscribeToShardEvent", payload: { Records: ["ü"] } },
      "json",
    );

    expect(bytes.readUInt32BE(0)).toBe(bytes.length);
    expect(bytes.readUInt32BE(8)).toBe(crc32(bytes.subarray(0, 8)));
    expect(bytes.readUInt32BE(bytes.length - 4)).toBe(crc32(bytes.subarray(0, -4)));
    expect(decode(bytes)).toEqual({
      headers: {
        ":event-type": "SubscribeToShardEvent",
        ":content-type": "application/json",
        ":message-type": "event",
      },
      payload: '{"Records":["ü"]}',
    });
  });

  it("names the error of an exception", () => {
    const message = { kind: "exception", type: "ResourceInUseException", payload: { message: "taken" } } as const;

    expect(decode(encodeEventMessage(message, "json"))).toEqual({
      headers: {
        ":exception-type": "ResourceInUseException",
        ":content-type": "application/json",
        ":message-type": "exception",
      },
      payload: '{"message":"taken"}',
    });
  });
});
