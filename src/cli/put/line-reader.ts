import type { Readable } from "node:stream";

/** No record is larger: a line beyond it cannot be one. 10 MiB. */
export const MAX_LINE_BYTES: number = 10 * 1024 * 1024;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const NOTHING = Buffer.alloc(0);

/** A line of the input. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its end, LF or CRLF; undefined when it is too long. They may share memory with other lines. */
  readonly bytes: Buffer | undefined;
}

/** Cuts bytes into lines, and keeps a line whole that comes in pieces, up to its largest size. */
export class LineSplitter {
  readonly #maxBytes: number;
  /** What has come of the line whose end has not; empty once it is too long. */
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

  /** The last line, when it has no end. */
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

  /** One more may be the carriage return. */
  get #isTooLong(): boolean {
    return this.#heldBytes > this.#maxBytes + 1;
  }
}

/**
 * The lines of a source, those of a chunk together, until its end or the signal. What is left of the source then is
 * not read.
 *
 * @throws the source's error
 */
export async function* readLines(source: Readable, signal: AbortSignal): AsyncGenerator<readonly Line[]> {
  const splitter = new LineSplitter();
  const stop = (): void => void source.destroy();
  signal.addEventListener("abort", stop, { once: true });
  try {
    if (signal.aborted) return;
    for await (const chunk of source) yield splitter.push(chunk);
    // Ctrl-C ends the other programs of a pipe too: the line that one of them was writing is torn, and the signal for us
    // may be behind the end of the input.
    await new Promise((resolve) => setImmediate(resolve));
    const last = splitter.end();
    if (last !== undefined && !signal.aborted) yield [last];
  } catch (error) {
    // A source that was destroyed ends with an error.
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    source.destroy();
  }
}
