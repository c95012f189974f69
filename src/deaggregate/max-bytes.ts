import { InvalidOptionError } from "../base-errors.js";
import { show } from "../wording/shown-value.js";

/** Most bytes of an opened payload, unless the caller says otherwise. */
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/** @throws InvalidOptionError when the option cannot be used */
export function readMaxBytes(bytes: number = DEFAULT_MAX_BYTES): number {
  if (Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
  const message = `maxDecompressedBytes must be a whole number from 0, got ${show(bytes)}`;
  throw new InvalidOptionError("maxDecompressedBytes", message);
}
