import { isUtf8 } from "node:buffer";

const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** The bytes behind a byte-order mark, which editors put at the beginning of a text; all of them where there is none. */
export function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, MARK.length).equals(MARK) ? bytes.subarray(MARK.length) : bytes;
}

/** The text of bytes; undefined when they are no UTF-8: as a text, some would be replaced, and others sent in their place. */
export function utf8Text(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString() : undefined;
}
