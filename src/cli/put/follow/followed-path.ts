import { type Scan, type Sibling, scanBeside } from "./directory-scan.js";
import { type Batch, LogFile, type SavedLogFile } from "./log-file.js";
import type { FileState, LogFiles, OpenLogFile } from "./log-files.js";

/** A renamed or removed file is read on until nothing was added for this long: its writer may not have noticed yet. */
const LATE_MS = 5_000;
/** Renamed files that are kept open for late lines. */
const MAX_LEFT = 8;
/** Files that are finished, and known so that they are not read again. */
const MAX_FINISHED = 16;
/** Files beside the followed one that are known, and not read. */
const MAX_SEEN = 1_000;

/** The knowledge about a path from one run to the next. */
export interface SavedPath {
  readonly path: string;
  /** The oldest first. */
  readonly files: readonly SavedLogFile[];
  /** Files with names of rotation that were there before: number, size and time of the last change. */
  readonly seen: readonly string[];
}

/** The world of a {@link FollowedPath}. */
export interface FollowedPathParts {
  readonly files: LogFiles;
  readonly maxLineBytes: number;
  /** A new text that no other file of any run has. */
  readonly newId: () => string;
  readonly complain: (text: string) => void;
}

/** A file that is being read. */
interface Held {
  file: LogFile;
  /** When it was seen to have lost its name, or to have been written after that. Undefined: it has the name. */
  leftAt: number | undefined;
}

/** The files of a scan that are read. */
interface Found {
  /** Those of earlier scans, the oldest first. */
  readonly known: readonly Held[];
  readonly missed: readonly Held[];
  /** The one that has the name. */
  readonly here: Held | undefined;
}

/** A path, and the files that had this name one after the other: each is read to its end before the next one. */
export class FollowedPath {
  readonly path: string;
  readonly #parts: FollowedPathParts;
  /** The oldest first. */
  #held: Held[] = [];
  #finished: SavedLogFile[];
  /** Of an earlier run; their files are looked for at the first poll. */
  #unopened: readonly SavedLogFile[];
  #seen: readonly string[];
  #hasBegun = false;
  readonly #wasSaved: boolean;
  #complaint: string | undefined;
  /** Files have come or gone since the last {@link saved}. */
  isChanged = false;

  constructor(path: string, saved: SavedPath | undefined, parts: FollowedPathParts) {
    this.path = path;
    this.#parts = parts;
    this.#unopened = saved?.files.filter(({ isFinished }) => !isFinished) ?? [];
    this.#finished = saved?.files.filter(({ isFinished }) => isFinished) ?? [];
    this.#seen = saved?.seen ?? [];
    this.#wasSaved = saved !== undefined;
  }

  /** The next lines of the oldest file that has some. Errors of the file system are printed, not thrown. */
  async read(now: number): Promise<Batch | undefined> {
    // A new file that cannot be opened leaves the older ones readable.
    await this.#tellErrors(() => this.#look(now));
    return await this.#tellErrors(() => this.#read(now));
  }

  saved(): SavedPath {
    this.isChanged = false;
    const files = [...this.#finished, ...this.#unopened, ...this.#held.map(({ file }) => file.saved(false))];
    return { path: this.path, files, seen: this.#seen };
  }

  async close(): Promise<void> {
    for (const { file } of this.#held) await file.close();
  }

  async #tellErrors<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Error && "syscall" in error)) throw error;
      this.#complain(`cannot be read, and is tried again: ${error.message}`);
      return undefined;
    }
  }

  /** Notices that another file has the name. */
  async #look(now: number): Promise<void> {
    const state = await this.#parts.files.state(this.path);
    if (state !== undefined && !state.isFile) this.#complain("is no regular file, and is waited for");
    if (state === undefined && this.#held.length === 0) this.#complain("does not exist, and is waited for");
    const current = this.#held.at(-1);
    const isHere = state?.isFile === true;
    if (this.#hasBegun && isHere && current?.file.is(state) === true) {
      current.leftAt = undefined;
      this.#complaint = undefined;
      return;
    }
    if (!isHere && current !== undefined) current.leftAt ??= now;
    if (isHere || !this.#hasBegun) await this.#locate(now);
  }

  /** Finds the files that had the name since the last look, and the one that has it now. */
  async #locate(now: number): Promise<void> {
    const scan = await scanBeside(this.#parts.files, this.path);
    if (scan === undefined) return;
    const opened: Held[] = [];
    let found: Found | undefined;
    try {
      found = await this.#find(scan, opened);
    } finally {
      if (found === undefined) await closeAll(opened);
    }
    if (found !== undefined) this.#begin(now, scan, found);
  }

  /**
   * Opens the files of a scan.
   *
   * @param opened - every file that it opens
   * @returns undefined when one was renamed in this moment: everything is looked for again at the next poll
   */
  async #find(scan: Scan, opened: Held[]): Promise<Found | undefined> {
    const { current } = scan;
    const finished = await this.#resume(scan, opened);
    const known = [...this.#held, ...opened];
    const missed: Held[] = [];
    const unknown = this.#unknown(scan, known, finished);
    for (const sibling of (await this.#isRotation(scan, known, unknown)) ? unknown : []) {
      const held = await this.#open(sibling.path, sibling.state, opened);
      if (held === undefined) return undefined;
      missed.push(held);
    }
    const here =
      current && (known.find(({ file }) => file.is(current)) ?? (await this.#open(this.path, current, opened)));
    return current !== undefined && here === undefined ? undefined : { known, missed, here };
  }

  #begin(now: number, scan: Scan, { known, missed, here }: Found): void {
    this.#held = [...known.filter((held) => held !== here), ...missed];
    for (const held of this.#held) held.leftAt ??= now;
    if (here !== undefined) {
      here.leftAt = undefined;
      this.#held.push(here);
      this.#complaint = undefined;
    }
    const isOpen = (saved: SavedLogFile): boolean => this.#held.some(({ file }) => file.id === saved.id);
    for (const { position, id } of this.#unopened.filter((saved) => saved.headBytes > 0 && !isOpen(saved)))
      this.#parts.complain(
        `${this.path}: the file that was read up to byte ${position} (${id}) is gone, or was truncated: lines that were behind it are not sent`,
      );
    this.#finished = this.#finished.filter((saved) => !isOpen(saved));
    this.#unopened = [];
    this.#seen = seenOf(scan);
    this.#hasBegun = true;
    this.isChanged = true;
  }

  /**
   * Opens the files of an earlier run that are there, and finished ones that have grown, or have the name again.
   *
   * @returns the files that are finished, and have not changed
   */
  async #resume({ current, siblings }: Scan, opened: Held[]): Promise<FileState[]> {
    const finished: FileState[] = [];
    for (const saved of [...this.#unopened, ...this.#finished]) {
      const isHere = current?.ino === saved.ino;
      const at = isHere ? { path: this.path, state: current } : siblings.find(({ state }) => state.ino === saved.ino);
      if (at === undefined || [...this.#held, ...opened].some(({ file }) => file.is(at.state))) continue;
      const file = await this.#resumeAt(at.path, at.state, saved);
      if (file === undefined) continue;
      if (saved.isFinished && !isHere && at.state.size === saved.position) {
        finished.push(at.state);
        await file.close();
      } else opened.push({ file, leftAt: undefined });
    }
    return finished;
  }

  async #resumeAt(path: string, state: FileState, saved: SavedLogFile): Promise<LogFile | undefined> {
    const { files, maxLineBytes } = this.#parts;
    const handle = await files.open(path);
    if (handle === undefined) return undefined;
    return await orClosed(handle, async () => {
      const opened = await handle.state();
      const isSame = opened.isFile && opened.dev === state.dev && opened.ino === state.ino;
      return isSame ? await LogFile.resume(saved, opened, handle, maxLineBytes) : undefined;
    });
  }

  /** Whether unknown files beside the followed one had its name. A truncation leaves copies that had not. */
  async #isRotation({ current }: Scan, known: readonly Held[], unknown: readonly Sibling[]): Promise<boolean> {
    if (current === undefined || !(this.#hasBegun || this.#wasSaved) || unknown.length === 0) return false;
    const isKnown = known.some(({ file }) => file.is(current));
    const last = this.#unopened.at(-1);
    if (this.#hasBegun || last === undefined || last.ino !== current.ino) return !isKnown;
    if (isKnown) return false;
    // The last file was truncated, or was removed, and another one has its number.
    for (const { path, state } of unknown) {
      const copy = await this.#resumeAt(path, state, last);
      if (copy === undefined) continue;
      await copy.close();
      return false;
    }
    return true;
  }

  /** Files that were made and renamed between two looks, the oldest first. */
  #unknown({ current, siblings }: Scan, known: readonly Held[], finished: readonly FileState[]): Sibling[] {
    return siblings
      .filter(({ state, isRotated }) => {
        const isKnown =
          state.ino === current?.ino ||
          known.some(({ file }) => file.is(state)) ||
          finished.includes(state) ||
          this.#seen.includes(seenAs(state));
        return isRotated && !isKnown;
      })
      .sort((one, other) => (one.state.mtimeNs < other.state.mtimeNs ? -1 : 1));
  }

  async #open(path: string, { dev, ino }: FileState, opened: Held[]): Promise<Held | undefined> {
    const { files, newId, maxLineBytes } = this.#parts;
    const handle = await files.open(path);
    if (handle === undefined) return undefined;
    const held = await orClosed(handle, async (): Promise<Held | undefined> => {
      const state = await handle.state();
      if (!(state.isFile && state.dev === dev && state.ino === ino)) return undefined;
      const file = new LogFile(newId(), state, handle, maxLineBytes);
      await file.learnHead();
      return { file, leftAt: undefined };
    });
    if (held !== undefined) opened.push(held);
    return held;
  }

  async #read(now: number): Promise<Batch | undefined> {
    for (const held of [...this.#held]) {
      const { headBytes } = held.file;
      const reading = await held.file.next();
      if (held.file.headBytes !== headBytes) this.isChanged = true;
      if (reading === "end") {
        const rest = this.#isDone(held, now) ? await this.#finish(held) : undefined;
        if (rest !== undefined) return rest;
      } else if (reading !== "replaced") {
        if (held.leftAt !== undefined) held.leftAt = now;
        return reading;
      } else if (held.leftAt === undefined) return await this.#restart(held);
      else await this.#drop(held);
    }
    return undefined;
  }

  #isDone(held: Held, now: number): boolean {
    if (held.leftAt === undefined) return false;
    return now - held.leftAt >= LATE_MS || this.#held.indexOf(held) < this.#held.length - MAX_LEFT;
  }

  /** Reads a last line without a line end. Without one, the file is finished. */
  async #finish(held: Held): Promise<Batch | undefined> {
    const rest = await held.file.rest();
    this.isChanged = true;
    if (rest === undefined) await this.#drop(held);
    return rest;
  }

  async #drop({ file }: Held): Promise<void> {
    this.#held = this.#held.filter((held) => held.file !== file);
    this.#finished = [...this.#finished, file.saved(true)].slice(-MAX_FINISHED);
    this.isChanged = true;
    await file.close();
  }

  /** The file was truncated: its bytes are new, from the first one on. */
  async #restart(held: Held): Promise<Batch | undefined> {
    // Copies that were made before the truncation are no separate files.
    const scan = await scanBeside(this.#parts.files, this.path);
    if (scan !== undefined) this.#seen = seenOf(scan);
    held.file = held.file.again(this.#parts.newId());
    this.isChanged = true;
    const reading = await held.file.next();
    return typeof reading === "string" ? undefined : reading;
  }

  #complain(text: string): void {
    if (this.#complaint !== text) this.#parts.complain(`${this.path} ${text}`);
    this.#complaint = text;
  }
}

/** Uses a file that was opened. It is closed when nothing comes of it: the handle must not be left to the garbage collector. */
async function orClosed<Result>(
  handle: OpenLogFile,
  use: () => Promise<Result | undefined>,
): Promise<Result | undefined> {
  let result: Result | undefined;
  try {
    result = await use();
  } finally {
    if (result === undefined) await handle.close();
  }
  return result;
}

function seenOf({ siblings }: Scan): string[] {
  const rotated = siblings.filter(({ isRotated }) => isRotated);
  return rotated.map(({ state }) => seenAs(state)).slice(-MAX_SEEN);
}

/** A number is used again after its file was removed; then size and time differ. */
function seenAs({ ino, size, mtimeNs }: FileState): string {
  return `${ino} ${size} ${mtimeNs}`;
}

async function closeAll(held: readonly Held[]): Promise<void> {
  for (const { file } of held) await file.close();
}
