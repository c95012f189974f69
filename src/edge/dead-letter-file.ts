import { mkdirSync } from "node:fs";

import { checkOptionsObject, InvalidOptionError, type RecordFailedError } from "../errors.js";
import { wholeNumberProblem } from "../wording/whole-number.js";
import { closeBeforeEnd } from "./closing-signals.js";
import { DeadLetterRoom } from "./dead-letter-room.js";
import { checkDirectory, deadLetterLine, inputLine } from "./dead-letters.js";
import { SegmentWriter } from "./segment-writer.js";
import { emitWarning } from "./warning-logger.js";

/** Where failed records are kept, and how many. */
export interface DeadLetterOptions {
  /** Created if it does not exist. Several processes of one machine may share it. */
  readonly directory: string;
  /**
   * Most bytes in the directory. Beyond this, failures are counted and warned of, but not kept. A replay makes room.
   * @defaultValue 1073741824
   */
  readonly maxBytes?: number;
  /**
   * Size at which a segment is finished and another begun.
   * @defaultValue 67108864
   */
  readonly segmentBytes?: number;
}

/** Counts of the failures so far. */
export interface DeadLetterStats {
  /** Records that are on disk. */
  readonly kept: number;
  /** Records that are not on disk yet: they are being written, or cannot be written now. */
  readonly waiting: number;
  /** Records that are lost: there was no room, or they were still not written at the close. */
  readonly lost: number;
  /** Bytes in the directory; those of other writers at the time of the last measurement. */
  readonly bytes: number;
}

/** Most bytes of one write, unless a line has more. */
const PIECE_BYTES = 4_194_304;
/** Most bytes of lines that wait while the directory cannot be written. */
const MAX_HELD_BYTES = 67_108_864;
/** Pause before a write that failed is tried again: the first one, and the longest, in milliseconds. */
const RETRY_MS = { first: 250, longest: 10_000 };

/**
 * Keeps records that failed for good in files of lines, to be sent again with `kinesis-producer put --replay`. Give its
 * `onFailed` to the producer, and close it after the producer.
 *
 * Lines are written together, in the order of the failures, and are on disk (fdatasync) when `flush()` resolves. When they
 * cannot be written (the disk is full), a warning says so, up to 64 MiB of them wait in memory, and writing is tried again
 * with pauses of up to 10 s, and by each `flush()`. Those that are still not written at the close are lost, and counted.
 *
 * @example
 * ```ts
 * const deadLetters = new DeadLetterFile({ directory: "/var/spool/clicks" });
 * const producer = new KinesisProducer({ streamName: "clicks", onFailed: deadLetters.onFailed });
 * // …
 * await producer.close();
 * await deadLetters.close();
 * ```
 */
export class DeadLetterFile {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #room: DeadLetterRoom;
  readonly #writer: SegmentWriter;
  /** Lines that are not on disk yet, the oldest first. */
  #lines: Buffer[] = [];
  #lineBytes = 0;
  #kept = 0;
  #lost = 0;
  #writing: Promise<void> | undefined;
  /** Why the last write failed, if it did. */
  #failure: Error | undefined;
  /** Most bytes of the next piece. */
  #pieceBytes = PIECE_BYTES;
  #retryMs = RETRY_MS.first;
  #retry: NodeJS.Timeout | undefined;
  /** Since the last time that no line waited. */
  #hasWarnedOfFailure = false;
  #hasWarnedOfLoss = false;
  #isClosed = false;
  #forgetEnd: (() => void) | undefined;

  /**
   * @throws {@link InvalidOptionError} for a directory that is not a text, or a size that is not a positive whole number; an error of the file system when
   * the directory cannot be created or read
   */
  constructor(options: DeadLetterOptions) {
    checkOptionsObject(options, "DeadLetterFile");
    const { directory, maxBytes = 1_073_741_824, segmentBytes = 67_108_864 } = options;
    checkDirectory(directory);
    checkSize("maxBytes", maxBytes);
    checkSize("segmentBytes", segmentBytes);
    this.#directory = directory;
    this.#maxBytes = maxBytes;
    mkdirSync(directory, { recursive: true });
    this.#writer = new SegmentWriter(directory, segmentBytes);
    this.#room = new DeadLetterRoom(directory);
  }

  /** For the producer's option of this name. Takes any failure, and never throws. */
  readonly onFailed = (error: RecordFailedError): void => {
    try {
      this.#add(deadLetterLine(error, Date.now()));
    } catch (cause) {
      this.#lose(1, String(cause));
    }
  };

  /**
   * Keeps input that could not become a record, with the reason: a line that is not JSON, for example. It is counted as
   * the records are. A replay cannot send it; {@link readDeadLetters} gives it to `onUnreadable`. Never throws.
   *
   * @param input - its bytes; they are copied. Undefined keeps only the reason, as does input of more than 47 MiB
   */
  keepInput(input: Uint8Array | undefined, reason: string): void {
    try {
      this.#add(inputLine(input, reason, Date.now()));
    } catch (cause) {
      this.#lose(1, String(cause));
    }
  }

  /** The counts so far. */
  stats(): DeadLetterStats {
    return { kept: this.#kept, waiting: this.#lines.length, lost: this.#lost, bytes: this.#bytes() };
  }

  /**
   * Resolves when every failure reported so far is on disk. Lines that could not be written before are tried at once.
   *
   * @returns rejects with the file system's error when some lines cannot be written; those lines go on waiting
   */
  async flush(): Promise<void> {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    const told = this.#kept + this.#lines.length;
    if (this.#lines.length > 0) this.#writing ??= this.#write();
    while (this.#kept < told && this.#writing !== undefined) await this.#writing;
    if (this.#kept < told && this.#failure !== undefined) throw this.#failure;
  }

  /**
   * Does a {@link flush}, then finishes the segment. Records that cannot be written now, or that fail later, are not
   * kept.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#forgetEnd?.();
    try {
      await this.flush();
    } finally {
      clearTimeout(this.#retry);
      if (this.#lines.length > 0) this.#lose(this.#lines.length, String(this.#failure));
      this.#lines = [];
      this.#lineBytes = 0;
      await this.#writer.close();
      this.#room.measure();
    }
  }

  #add(line: Buffer): void {
    if (this.#isClosed) {
      this.#lose(1, "it is closed");
      return;
    }
    if (this.#failure !== undefined && this.#lineBytes + line.length > MAX_HELD_BYTES) {
      this.#lose(1, `${MAX_HELD_BYTES} bytes wait already to be written: ${this.#failure.message}`);
      return;
    }
    if (this.#bytes() + line.length > this.#maxBytes) {
      this.#room.measureIfChanged(this.#writer.open?.path);
      if (this.#bytes() + line.length > this.#maxBytes) {
        this.#lose(1, `${this.#directory} holds maxBytes (${this.#maxBytes})`);
        return;
      }
    }
    this.#lines.push(line);
    this.#lineBytes += line.length;
    // A signal that closes the producers must not end the process before this line is written.
    this.#forgetEnd ??= closeBeforeEnd(() => this.close());
    if (this.#retry === undefined) this.#writing ??= this.#write();
  }

  /** Bytes in the directory, and of lines that wait to be written. */
  #bytes(): number {
    return this.#room.otherBytes + (this.#writer.open?.bytes ?? 0) + this.#lineBytes;
  }

  /** Writes one piece of the waiting lines, and begins the next piece unless it fails. Never rejects. */
  async #write(): Promise<void> {
    // Failures come by the thousand: those of one turn of the event loop are written together.
    await new Promise((resolve) => setImmediate(resolve));
    const count = pieceOf(this.#lines, this.#pieceBytes);
    const piece = Buffer.concat(this.#lines.slice(0, count));
    try {
      await this.#writer.append(piece);
      this.#lines = this.#lines.slice(count);
      this.#lineBytes -= piece.length;
      this.#kept += count;
      this.#failure = undefined;
      this.#retryMs = RETRY_MS.first;
      this.#pieceBytes = Math.min(4 * Math.max(this.#pieceBytes, piece.length), PIECE_BYTES);
    } catch (error) {
      this.#onFailure(error as Error);
    }
    if (this.#lines.length === 0) this.#hasWarnedOfFailure = false;
    // A finished segment counts as one of the others.
    if (this.#writer.open === undefined) this.#room.measure();
    this.#writing = this.#failure === undefined && this.#lines.length > 0 ? this.#write() : undefined;
  }

  #onFailure(error: Error): void {
    if (!this.#hasWarnedOfFailure) {
      this.#hasWarnedOfFailure = true;
      emitWarning(`failed records cannot be written, and wait in memory: ${error.message}`);
    }
    this.#failure = error;
    // A disk that has no room for a piece may have room for a line.
    this.#pieceBytes = 1;
    if (this.#isClosed) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#writing ??= this.#write();
    }, this.#retryMs).unref();
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS.longest);
  }

  #lose(records: number, why: string): void {
    this.#lost += records;
    if (this.#hasWarnedOfLoss) return;
    this.#hasWarnedOfLoss = true;
    emitWarning(`a failed record could not be kept, and others may follow: ${why}`);
  }
}

/** How many of the lines make one piece: at least one line. */
function pieceOf(lines: readonly Buffer[], maxBytes: number): number {
  let bytes = 0;
  let count = 0;
  for (const line of lines) {
    bytes += line.length;
    if (count > 0 && bytes > maxBytes) break;
    count++;
  }
  return count;
}

function checkSize(name: string, value: unknown): void {
  const problem = wholeNumberProblem(name, value, 1);
  if (problem !== undefined) throw new InvalidOptionError(name, problem);
}
