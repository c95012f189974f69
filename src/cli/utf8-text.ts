import { isUtf8 } from "node:buffer";

const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** The bytes without a byte-order mark, which some editors write at the start of a text. */
export function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, MARK.length).equals(MARK) ? bytes.subarray(MARK.length) : bytes;
}

/**
 * The text of bytes; undefined when they are not UTF-8. Decoding would replace invalid bytes, and other bytes would be
 * sent.
 */
export function utf8Text(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString() : undefined;
}
