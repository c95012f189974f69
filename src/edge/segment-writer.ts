import { randomBytes } from "node:crypto";
import { readdirSync, realpathSync } from "node:fs";
import { type FileHandle, open, rename, rm, unlink } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { isAlive, LifeMark } from "../locks/life-mark.js";
import { finishedSegment, isMark, markOf, openSegmentName } from "./dead-letters.js";

/** The operations of a file that a segment needs. */
export type SegmentFile = Pick<FileHandle, "write" | "datasync" | "truncate" | "close">;

/** The segment that is being written. */
interface Segment {
  readonly file: SegmentFile;
  readonly path: string;
  bytes: number;
}

/** Most ordinals that are tried: several writers of one process may choose the same name. */
const MAX_NAMES = 1_000;

/**
 * Writes the segments of one writer, one after the other. A segment exists from its first line on, and has whole lines
 * only: a line that was written in part is cut off again.
 */
export class SegmentWriter {
  readonly #directory: string;
  readonly #segmentBytes: number;
  readonly #openFile: (path: string) => Promise<SegmentFile>;
  /** The mark by which readers see that this writer is alive. Each mark has a different name. */
  #sign: { readonly id: string; readonly mark: LifeMark } | undefined;
  #segment: Segment | undefined;
  #ordinal = 0;

  constructor(
    directory: string,
    segmentBytes: number,
    openFile = (path: string): Promise<SegmentFile> => open(path, "wx"),
  ) {
    this.#directory = directory;
    this.#segmentBytes = segmentBytes;
    this.#openFile = openFile;
  }

  /** The segment that is being written, and how much it holds. */
  get open(): { readonly path: string; readonly bytes: number } | undefined {
    return this.#segment;
  }

  /**
   * Appends whole lines, and resolves when they are on disk.
   *
   * @returns rejects with the file system's error: then none of the lines is in the file
   */
  async append(lines: Buffer): Promise<void> {
    this.#segment ??= await this.#begin();
    const segment = this.#segment;
    try {
      // A disk that becomes full takes a part of the bytes. The next write gets the reason as an error.
      for (let done = 0; done < lines.length; ) {
        const { bytesWritten } = await segment.file.write(lines, done, lines.length - done, segment.bytes + done);
        if (bytesWritten === 0) throw new Error(`only ${done} of ${lines.length} bytes could be written`);
        done += bytesWritten;
      }
      await segment.file.datasync();
    } catch (error) {
      await this.#mend(segment);
      throw error;
    }
    segment.bytes += lines.length;
    // The lines are on disk, even if the file cannot be renamed.
    if (segment.bytes >= this.#segmentBytes) await this.finish().catch(() => undefined);
  }

  /** Finishes the segment, if there is one. */
  async finish(): Promise<void> {
    const segment = this.#segment;
    if (segment === undefined) return;
    try {
      await segment.file.close();
      await rename(segment.path, finishedSegment(segment.path));
    } finally {
      this.#segment = undefined;
    }
  }

  /** Finishes the segment, and removes the mark: this writer writes no more. */
  async close(): Promise<void> {
    try {
      await this.finish();
    } finally {
      this.#withdraw();
    }
  }

  #withdraw(): void {
    this.#sign?.mark.release();
    this.#sign = undefined;
  }

  /** The mark must exist before the segment: a reader takes a segment without a living writer. */
  async #begin(): Promise<Segment> {
    this.#sign ??= await this.#setMark();
    const writer = this.#sign?.id;
    for (let tries = 1; ; tries++) {
      const path = join(this.#directory, openSegmentName(Date.now(), process.pid, ++this.#ordinal, writer));
      try {
        return { file: await this.#openFile(path), path, bytes: 0 };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST" && tries < MAX_NAMES) continue;
        // The mark may be gone with the directory.
        this.#withdraw();
        throw error;
      }
    }
  }

  /** Undefined where the file system has no sockets: then readers look at the process id. */
  async #setMark(): Promise<{ readonly id: string; readonly mark: LifeMark } | undefined> {
    const id = randomBytes(8).toString("hex");
    try {
      const directory = realpathSync(this.#directory);
      await removeDeadMarks(directory);
      return { id, mark: await LifeMark.set(directory, markOf(id)) };
    } catch {
      return undefined;
    }
  }

  /** After a failure: keeps the whole lines, or removes a file without any. Never rejects. */
  async #mend(segment: Segment): Promise<void> {
    try {
      await segment.file.truncate(segment.bytes);
      if (segment.bytes > 0) return;
      this.#segment = undefined;
      await segment.file.close();
      await unlink(segment.path);
    } catch {
      // The file may end in the middle of a line: the next line must go to another file.
      await this.finish().catch(() => undefined);
    }
  }
}

/** Removes the marks of writers that are gone, as far as permissions allow. */
export async function removeDeadMarks(directory: string): Promise<void> {
  for (const name of readdirSync(directory)) {
    if (isMark(name) && !(await isAlive(directory, name)))
      await rm(join(directory, name), { force: true }).catch(() => undefined);
  }
}
