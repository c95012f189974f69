import { createHash } from "node:crypto";
import { type CutLines, cutLines, type FollowedLine, lineOf } from "./followed-line.js";
import type { FileState, OpenLogFile } from "./log-files.js";

/** Bytes of one read, unless a line has more. */
const CHUNK_BYTES: number = 256 * 1024;
/** Bytes at the beginning, and before the position, that tell a file from another one of its name or number. */
const MARK_BYTES = 256;
const LINE_FEED = 0x0a;

/** The knowledge about a file from one run to the next. */
export interface SavedLogFile {
  /** Begins the ids of its lines. */
  readonly id: string;
  readonly dev: bigint;
  readonly ino: bigint;
  /** The first byte whose line is not on disk in the spool. */
  readonly position: number;
  /** First bytes that are known; 0 while the file is empty. */
  readonly headBytes: number;
  /** A digest of the first bytes, and of those before the position. */
  readonly mark: string;
  /** Nothing is read from it any more. */
  readonly isFinished: boolean;
}

/** Lines that were read, and do not count until `LogFile.advance`. */
export interface Batch {
  readonly file: LogFile;
  readonly lines: readonly FollowedLine[];
  /** The position behind them. */
  readonly end: number;
  /** The bytes before `end`. */
  readonly anchor: Buffer;
}

/** `end`: no whole line is left for now. `replaced`: the file was truncated, or overwritten. */
export type Reading = Batch | "end" | "replaced";

/** One file of a log: between two rotations or truncations, the bytes of a file are only added to. */
export class LogFile {
  readonly id: string;
  readonly dev: bigint;
  readonly ino: bigint;
  readonly #handle: OpenLogFile;
  readonly #maxLineBytes: number;
  #position = 0;
  /** The first bytes, also of lines that do not count yet, and the bytes before the position. */
  #head: Buffer = Buffer.alloc(0);
  #anchor: Buffer = Buffer.alloc(0);
  /** Bytes behind the position that are the beginning of a line that is too long. */
  #tooLongBytes = 0;
  /** The state at which no whole line was left. */
  #ended: FileState | undefined;

  constructor(id: string, { dev, ino }: FileState, handle: OpenLogFile, maxLineBytes: number) {
    this.id = id;
    this.dev = dev;
    this.ino = ino;
    this.#handle = handle;
    this.#maxLineBytes = maxLineBytes;
  }

  /**
   * Goes on with a file of an earlier run.
   *
   * @returns undefined when it is not the same file any more, or when it was empty: its number alone says nothing
   */
  static async resume(
    saved: SavedLogFile,
    state: FileState,
    handle: OpenLogFile,
    maxLineBytes: number,
  ): Promise<LogFile | undefined> {
    const { position, headBytes, mark } = saved;
    const head = Buffer.alloc(headBytes);
    const anchor = Buffer.alloc(Math.min(position, MARK_BYTES));
    const isThere =
      headBytes > 0 &&
      (await handle.read(head, 0)) === headBytes &&
      (await handle.read(anchor, position - anchor.length)) === anchor.length;
    if (!isThere || markOf(head, anchor) !== mark) return undefined;
    const file = new LogFile(saved.id, state, handle, maxLineBytes);
    file.#position = position;
    file.#head = head;
    file.#anchor = anchor;
    return file;
  }

  /** Reads the first bytes, so that the file is known by more than its number before a line is read. */
  async learnHead(): Promise<void> {
    const head = Buffer.alloc(MARK_BYTES);
    const read = await this.#handle.read(head, 0);
    this.#head = head.subarray(0, read);
  }

  is({ dev, ino }: FileState): boolean {
    return this.dev === dev && this.ino === ino;
  }

  /** The first byte whose line is not on disk in the spool. */
  get position(): number {
    return this.#position;
  }

  /** First bytes that are known. They are saved before a line of them is appended: no other file has the ids then. */
  get headBytes(): number {
    return this.#head.length;
  }

  /** The same file from its beginning, with other ids. This one is not used any more. */
  again(id: string): LogFile {
    return new LogFile(id, this.#state(), this.#handle, this.#maxLineBytes);
  }

  /** The next whole lines. */
  async next(): Promise<Reading> {
    const state = await this.#handle.state();
    if (state.size < this.#position + this.#tooLongBytes) return "replaced";
    if (this.#ended?.size === state.size && this.#ended.mtimeNs === state.mtimeNs) return "end";
    if (!(await this.#hasHead())) return "replaced";
    if (this.#tooLongBytes > 0) return await this.#pastLongLine(state);
    const left = state.size - this.#position;
    // A line of the largest size, with CRLF.
    const most = Math.min(left, this.#maxLineBytes + 2);
    for (let bytes = Math.min(CHUNK_BYTES, most); ; bytes = Math.min(2 * bytes, most)) {
      const data = await this.#read(bytes);
      if (data === undefined) return "replaced";
      const cut = cutLines(data, this.#position, this.#maxLineBytes);
      if (cut.bytes > 0) return this.#batch(cut, data);
      if (data.length > this.#maxLineBytes + 1) {
        this.#tooLongBytes = data.length;
        return await this.#pastLongLine(state);
      }
      if (bytes === most || data.length < bytes) break;
    }
    this.#ended = state;
    return "end";
  }

  /** A last line without a line end, for a file that nobody writes any more. */
  async rest(): Promise<Batch | undefined> {
    const { size } = await this.#handle.state();
    if (size <= this.#position) return undefined;
    const start = this.#position;
    if (size - start > this.#maxLineBytes + 1) return await this.#tooLong(size);
    const data = await this.#read(size - start);
    if (data === undefined || data.length === 0) return undefined;
    return this.#batch({ lines: [{ start, bytes: lineOf(data, this.#maxLineBytes) }], bytes: data.length }, data);
  }

  /** The lines are on disk in the spool. */
  advance({ end, anchor }: Batch): void {
    this.#position = end;
    this.#anchor = anchor;
    this.#tooLongBytes = 0;
  }

  saved(isFinished: boolean): SavedLogFile {
    const { id, dev, ino, headBytes } = this;
    const mark = markOf(this.#head, this.#anchor);
    return { id, dev, ino, position: this.#position, headBytes, mark, isFinished };
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  #state(): FileState {
    return { isFile: true, dev: this.dev, ino: this.ino, size: 0, mtimeNs: 0n };
  }

  #batch({ lines, bytes }: CutLines, data: Buffer): Batch {
    const read = data.subarray(0, bytes);
    // Copies: the bytes that were read are part of a large buffer.
    if (this.#head.length < MARK_BYTES) {
      const known = this.#head.subarray(0, this.#position);
      this.#head = Buffer.concat([known, read.subarray(0, MARK_BYTES - known.length)]);
    }
    const anchor = Buffer.concat([this.#anchor, read.subarray(-MARK_BYTES)]).subarray(-MARK_BYTES);
    return { file: this, lines, end: this.#position + bytes, anchor };
  }

  async #hasHead(): Promise<boolean> {
    const head = Buffer.alloc(this.#head.length);
    await this.#handle.read(head, 0);
    return head.equals(this.#head);
  }

  /** Bytes from the position; undefined when the bytes before it are not those that were read. */
  async #read(bytes: number): Promise<Buffer | undefined> {
    const before = this.#anchor.length;
    // In one read, so that no truncation comes between.
    const buffer = Buffer.allocUnsafeSlow(before + bytes);
    const read = await this.#handle.read(buffer, this.#position - before);
    return buffer.subarray(0, before).equals(this.#anchor) && read >= before
      ? buffer.subarray(before, read)
      : undefined;
  }

  /** Looks for the end of a line that is too long, without keeping its bytes. */
  async #pastLongLine(state: FileState): Promise<Reading> {
    const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (;;) {
      const read = await this.#handle.read(buffer, this.#position + this.#tooLongBytes);
      const found = buffer.subarray(0, read).indexOf(LINE_FEED);
      if (found >= 0) return await this.#tooLong(this.#position + this.#tooLongBytes + found + 1);
      this.#tooLongBytes += read;
      if (read < buffer.length) break;
    }
    this.#ended = state;
    return "end";
  }

  /** A line that is too long, and ends there. */
  async #tooLong(end: number): Promise<Batch> {
    const head = Buffer.alloc(MARK_BYTES);
    const anchor = Buffer.alloc(MARK_BYTES);
    await this.#handle.read(head, 0);
    await this.#handle.read(anchor, end - MARK_BYTES);
    this.#head = head;
    return { file: this, lines: [{ start: this.#position, bytes: undefined }], end, anchor };
  }
}

/** The digest of the first bytes of a file, and of those before a position. It keeps no text of the log. */
function markOf(head: Buffer, anchor: Buffer): string {
  return createHash("sha256").update(head).update(anchor).digest("hex").slice(0, 32);
}
