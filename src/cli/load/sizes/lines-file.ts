import { readFileSync, statSync } from "node:fs";
import { UsageError } from "../../usage-error.js";

const MAX_FILE_BYTES = 64 * 1024 * 1024;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * The lines of a file as bytes, without their line ends. An empty line is an empty record.
 *
 * @throws UsageError when the file cannot be read, is too large, or has no line
 */
export function readLines(file: string): Uint8Array[] {
  const bytes = readBytes(file);
  const lines: Uint8Array[] = [];
  let from = 0;
  while (from < bytes.length) {
    const end = bytes.indexOf(LINE_FEED, from);
    const to = end < 0 ? bytes.length : end;
    lines.push(bytes.subarray(from, to > from && bytes[to - 1] === CARRIAGE_RETURN ? to - 1 : to));
    from = to + 1;
  }
  if (lines.length === 0) throw new UsageError(`--lines ${file} has no line`);
  return lines;
}

function readBytes(file: string): Uint8Array {
  try {
    const { size } = statSync(file);
    if (size > MAX_FILE_BYTES) {
      throw new UsageError(`--lines takes a file of up to ${MAX_FILE_BYTES} bytes, ${file} has ${size}`);
    }
    return readFileSync(file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--lines cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
