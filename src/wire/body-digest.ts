import { hash } from "node:crypto";

import { DIGEST_BYTES } from "./aggregated-record.js";

/**
 * Writes the MD5 of `bytes[start, end)` at `end`. The one place of the producer's and the readers' hot paths that asks
 * node:crypto: its MD5 of a 50 KB body is at the floor of what one thread can do.
 */
export function writeDigest(bytes: Buffer, start: number, end: number): void {
  // 'binary' makes a 16-character string in place of a Buffer with its own backing store.
  bytes.write(hash("md5", bytes.subarray(start, end), "binary"), end, DIGEST_BYTES, "latin1");
}

/** Whether the 16 bytes at `end` are the MD5 of `bytes[start, end)`. */
export function digestMatches(bytes: Uint8Array, start: number, end: number): boolean {
  const digest = hash("md5", bytes.subarray(start, end), "binary");
  for (let i = 0; i < DIGEST_BYTES; i++) {
    if (digest.charCodeAt(i) !== bytes[end + i]) return false;
  }
  return true;
}
