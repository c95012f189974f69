import type { Readable } from "node:stream";
import { BrokenGzipError, unpacked } from "./gzip-input.js";

/** The size of the largest record, 10 MiB. A longer line cannot be a record. */
export const MAX_LINE_BYTES: number = 10 * 1024 * 1024;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const NOTHING = Buffer.alloc(0);

/** A line of the input. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without the line end, LF or CRLF; undefined when the line is too long. May share memory with other lines. */
  readonly bytes: Buffer | undefined;
}

/** Cuts bytes into lines. A line that arrives in several chunks is joined, up to the largest size. */
export class LineSplitter {
  readonly #maxBytes: number;
  /** Pieces of the unfinished line; empty once the line is too long. */
  #pieces: Buffer[] = [];
  #heldBytes = 0;
  #number = 0;

  constructor(maxBytes: number = MAX_LINE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that end in this chunk. */
  push(chunk: Buffer): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      lines.push(this.#complete(chunk.subarray(start, end)));
      start = end + 1;
    }
    this.#hold(chunk.subarray(start));
    return lines;
  }

  /** The last line, when it has no line end. */
  end(): Line | undefined {
    return this.#heldBytes === 0 ? undefined : this.#complete(NOTHING);
  }

  #complete(tail: Buffer): Line {
    this.#hold(tail);
    const pieces = this.#pieces;
    const whole = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
    const bytes = whole.at(-1) === CARRIAGE_RETURN ? whole.subarray(0, -1) : whole;
    const isTooLong = this.#isTooLong || bytes.length > this.#maxBytes;
    this.#pieces = [];
    this.#heldBytes = 0;
    return { number: ++this.#number, bytes: isTooLong ? undefined : bytes };
  }

  #hold(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#heldBytes += piece.length;
    if (this.#isTooLong) this.#pieces = [];
    else this.#pieces.push(piece);
  }

  /** One byte more is allowed, because it may be the carriage return. */
  get #isTooLong(): boolean {
    return this.#heldBytes > this.#maxBytes + 1;
  }
}

/** How lines are read. */
export interface ReadLinesOptions {
  /** Ends the reading. The rest of the source is then not read. */
  readonly signal?: AbortSignal;
  /** Most bytes of a line; {@link MAX_LINE_BYTES} by default. */
  readonly maxBytes?: number;
  /** Whether data in gzip format stays as it is. */
  readonly keepsGzip?: boolean;
}

const NEVER: AbortSignal = new AbortController().signal;

/**
 * The lines of a source, one array per chunk, until its end or the signal. Data in gzip format is unpacked.
 *
 * @throws the source's error; BrokenGzipError
 */
export async function* readLines(
  source: Readable,
  { signal = NEVER, maxBytes = MAX_LINE_BYTES, keepsGzip = false }: ReadLinesOptions = {},
): AsyncGenerator<readonly Line[]> {
  const splitter = new LineSplitter(maxBytes);
  const stop = (): void => void source.destroy();
  signal.addEventListener("abort", stop, { once: true });
  try {
    if (signal.aborted) return;
    for await (const chunk of keepsGzip ? source : unpacked(source)) yield splitter.push(chunk);
    // Ctrl-C also ends the other programs of a pipe, and may cut the line that one of them was writing. Their end can
    // reach this process before the signal does.
    await new Promise((resolve) => setImmediate(resolve));
    const last = splitter.end();
    if (last !== undefined && !signal.aborted) yield [last];
  } catch (error) {
    // A destroyed source ends with an error.
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    source.destroy();
  }
}

/** Whether an error says that an input cannot be read. Any other error is a bug of this program. */
export function isReadError(error: unknown): boolean {
  return error instanceof BrokenGzipError || (error instanceof Error && "syscall" in error && "errno" in error);
}
