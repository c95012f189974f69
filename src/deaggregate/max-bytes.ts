import { checkArgument } from "../base-errors.js";

/** Most bytes of an opened payload, unless the caller says otherwise. */
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/** @throws InvalidOptionError when the option cannot be used */
export function readMaxBytes(bytes: number = DEFAULT_MAX_BYTES): number {
  checkArgument(Number.isSafeInteger(bytes) && bytes >= 0, "maxDecompressedBytes", "a whole number from 0", bytes);
  return bytes;
}
