import { createReadStream, realpathSync } from "node:fs";
import { access, type FileHandle, open, readdir, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { checkOptionsObject } from "../errors.js";
import { isAlive } from "../locks/life-mark.js";
import {
  checkDirectory,
  type DeadLetter,
  finishedSegment,
  MAX_LINE_BYTES,
  markOf,
  parseDeadLetter,
  parseInputLine,
  readSegmentName,
  type SegmentName,
} from "./dead-letters.js";
import { removeDeadMarks } from "./segment-writer.js";

/** A file of failed records. */
export interface DeadLetterSegment {
  readonly path: string;
  /** In the order of their failures. Each iteration reads the file again, letter by letter. */
  readonly letters: AsyncIterable<DeadLetter>;
  /**
   * Lines read so far that cannot be sent again: torn by a crash, too long, of another version, without data, or
   * input that never was a record.
   */
  readonly unreadable: number;
  /**
   * Keeps only some letters in the file, and its unreadable lines. If no line is left, the file is removed. After a
   * crash the file has either its old or its new content.
   *
   * @param isKept - called for each letter with its index in the file, from 0
   */
  keep(isKept: (index: number) => boolean): Promise<void>;
}

/** Callbacks while segments are read. */
export interface ReadDeadLettersOptions {
  /** Called with the path of each segment that is skipped because its writer is still running. */
  readonly onLeftOut?: (path: string) => void;
  /** Called for each line that cannot be sent again; it stays in the file. */
  readonly onUnreadable?: (line: UnreadableLine) => void;
}

/** A line without a complete record. */
export interface UnreadableLine {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly reason: string;
  /** The bytes that {@link DeadLetterFile.keepInput} kept here: input that could not become a record. */
  readonly input?: Uint8Array;
}

/**
 * The segments of a directory, the oldest first, read one at a time. A segment is skipped while a writer on this
 * machine, in any container, still writes it. A segment of a writer that has died is read.
 *
 * @throws {@link InvalidOptionError} for a directory that is not a text; an error of the file system when it cannot be read
 *
 * @example
 * ```ts
 * for await (const { letters } of readDeadLetters("/var/spool/clicks")) {
 *   for await (const { record, code } of letters) console.log(code, record.partitionKey);
 * }
 * ```
 */
export async function* readDeadLetters(
  directory: string,
  options: ReadDeadLettersOptions = {},
): AsyncGenerator<DeadLetterSegment> {
  checkDirectory(directory);
  checkOptionsObject(options, "readDeadLetters");
  const names = (await readdir(directory)).sort();
  await removeDeadMarks(realpathSync(directory));
  for (const fileName of names) {
    const name = readSegmentName(fileName);
    if (name === undefined) continue;
    const path = join(directory, fileName);
    if (name.isOpen && (await isWritten(directory, name))) {
      options.onLeftOut?.(path);
      continue;
    }
    // Its writer may have finished it since, or another replay may have removed it.
    const present = (await exists(path)) ? path : finishedSegment(path);
    if (await exists(present)) yield new Segment(present, options);
  }
}

/** Names of segments from earlier versions have no writer id: there the process id decides. */
async function isWritten(directory: string, { writer, pid }: SegmentName): Promise<boolean> {
  return writer === undefined ? isRunning(pid) : await isAlive(realpathSync(directory), markOf(writer));
}

class Segment implements DeadLetterSegment {
  readonly path: string;
  readonly letters: AsyncIterable<DeadLetter>;
  readonly #options: ReadDeadLettersOptions;
  #unreadable = 0;

  constructor(path: string, options: ReadDeadLettersOptions) {
    this.path = path;
    this.letters = { [Symbol.asyncIterator]: () => this.#read() };
    this.#options = options;
  }

  get unreadable(): number {
    return this.#unreadable;
  }

  async *#read(): AsyncGenerator<DeadLetter> {
    this.#unreadable = 0;
    let line = 0;
    for await (const { letter, reason, input } of linesOf(this.path)) {
      line++;
      if (letter !== undefined) {
        yield letter;
        continue;
      }
      this.#unreadable++;
      this.#options.onUnreadable?.({ path: this.path, line, reason, ...(input === undefined ? {} : { input }) });
    }
  }

  async keep(isKept: (index: number) => boolean): Promise<void> {
    const temporary = `${this.path}.new`;
    const copy = new LineCopy(await open(this.path, "r"), await open(temporary, "w"));
    try {
      let index = 0;
      for await (const line of linesOf(this.path)) {
        if (line.letter === undefined || isKept(index++)) await copy.add(line);
      }
      await copy.end();
    } finally {
      await copy.close();
    }
    if (copy.bytes > 0) await rename(temporary, this.path);
    else await Promise.all([unlink(temporary), unlink(this.path)]);
  }
}

/** Lines of one file, written to another. */
class LineCopy {
  bytes = 0;
  readonly #source: FileHandle;
  readonly #target: FileHandle;
  #held: Buffer[] = [];
  #heldBytes = 0;

  constructor(source: FileHandle, target: FileHandle) {
    this.#source = source;
    this.#target = target;
  }

  async add({ bytes, start, end }: SegmentLine): Promise<void> {
    if (bytes !== undefined) await this.#write(bytes);
    else {
      for (let at = start; at < end; at += COPY_BYTES) {
        const piece = Buffer.allocUnsafe(Math.min(COPY_BYTES, end - at));
        const { bytesRead } = await this.#source.read(piece, 0, piece.length, at);
        if (bytesRead < piece.length) throw new Error(`the segment ends at ${at + bytesRead}, while it is read`);
        await this.#write(piece);
      }
    }
    await this.#write(END);
  }

  /** Resolves when every line is on disk. */
  async end(): Promise<void> {
    await this.#flush();
    await this.#target.datasync();
  }

  async close(): Promise<void> {
    await this.#source.close();
    await this.#target.close();
  }

  async #write(piece: Buffer): Promise<void> {
    this.#held.push(piece);
    this.#heldBytes += piece.length;
    if (this.#heldBytes >= COPY_BYTES) await this.#flush();
  }

  async #flush(): Promise<void> {
    await this.#target.writeFile(Buffer.concat(this.#held));
    this.bytes += this.#heldBytes;
    this.#held = [];
    this.#heldBytes = 0;
  }
}

/** A line of a segment, and its place in the file, without the line feed. */
interface SegmentLine {
  readonly start: number;
  readonly end: number;
  /** Undefined when it is too long. */
  readonly bytes: Buffer | undefined;
  readonly letter: DeadLetter | undefined;
  /** Why there is no letter. */
  readonly reason: string;
  /** Input that could not become a record, where the line holds it. */
  readonly input?: Uint8Array | undefined;
}

const LINE_FEED = 0x0a;
const END: Buffer = Buffer.from("\n");
const COPY_BYTES = 1_048_576;

/** The lines that are not empty. Of a line that is too long nothing is held. */
async function* linesOf(path: string): AsyncGenerator<SegmentLine> {
  let pieces: Buffer[] = [];
  let start = 0;
  let end = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: COPY_BYTES }) as AsyncIterable<Buffer>) {
    let from = 0;
    while (from < chunk.length) {
      const feed = chunk.indexOf(LINE_FEED, from);
      const piece = chunk.subarray(from, feed === -1 ? chunk.length : feed);
      end += piece.length;
      from += piece.length + 1;
      if (end - start > MAX_LINE_BYTES) pieces = [];
      else if (piece.length > 0) pieces.push(piece);
      if (feed === -1) continue;
      if (end > start) yield readLine(pieces, start, end);
      pieces = [];
      end++;
      start = end;
    }
  }
  if (end > start) yield readLine(pieces, start, end);
}

function readLine(pieces: readonly Buffer[], start: number, end: number): SegmentLine {
  if (end - start > MAX_LINE_BYTES) {
    const reason = `it has ${end - start} bytes, and a line may have ${MAX_LINE_BYTES}`;
    return { start, end, bytes: undefined, letter: undefined, reason };
  }
  const bytes = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
  const letter = parseDeadLetter(bytes);
  const unusable = letter === undefined ? parseInputLine(bytes) : undefined;
  const reason =
    unusable === undefined
      ? "it is torn, damaged, of another version, or without data"
      : `it keeps input that is not a record: ${unusable.reason}`;
  return { start, end, bytes, letter, reason, input: unusable?.input };
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process exists, and belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
