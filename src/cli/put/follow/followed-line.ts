const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Lines that are taken out of a file at once. Short lines would make many objects of few bytes. */
const MAX_LINES = 10_000;

/** A line of a file. */
export interface FollowedLine {
  /** The place of its first byte in the file. */
  readonly start: number;
  /** Without the line end, LF or CRLF; undefined when the line is too long for a record. */
  readonly bytes: Buffer | undefined;
}

/** Whole lines at the beginning of bytes. */
export interface CutLines {
  readonly lines: readonly FollowedLine[];
  /** The bytes that they take, with their line ends. */
  readonly bytes: number;
}

/**
 * Cuts bytes into lines. Bytes behind the last line end are left.
 *
 * @param start - the place of the first byte in the file
 */
export function cutLines(data: Buffer, start: number, maxLineBytes: number): CutLines {
  const lines: FollowedLine[] = [];
  let from = 0;
  for (let end = data.indexOf(LINE_FEED); end !== -1 && lines.length < MAX_LINES; end = data.indexOf(LINE_FEED, from)) {
    lines.push({ start: start + from, bytes: lineOf(data.subarray(from, end), maxLineBytes) });
    from = end + 1;
  }
  return { lines, bytes: from };
}

/** A line without its line feed. */
export function lineOf(bytes: Buffer, maxLineBytes: number): Buffer | undefined {
  const line = bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes;
  return line.length > maxLineBytes ? undefined : line;
}
