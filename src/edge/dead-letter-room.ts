import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { finishedSegment, readSegmentName } from "./dead-letters.js";

/** Two changes that are so near, in milliseconds, may have the same time on the disk. */
const TIME_GRAIN_MS = 50;

/** How much the segments of a directory hold that are not being written here. */
export class DeadLetterRoom {
  readonly #directory: string;
  #otherBytes = 0;
  /** When the directory was changed last, as it was measured. */
  #changedAt = 0;
  #isDoubtful = true;

  /** @throws an error of the file system when the directory cannot be read */
  constructor(directory: string) {
    this.#directory = directory;
    readdirSync(directory);
    this.measure();
  }

  /** Bytes, as of the last measure. */
  get otherBytes(): number {
    return this.#otherBytes;
  }

  /**
   * Measures again if segments came or went: a replay makes room. When none did, it asks the file system one question.
   *
   * @param openPath - the segment that is being written here
   */
  measureIfChanged(openPath: string | undefined): void {
    const changedAt = statSync(this.#directory, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (changedAt !== this.#changedAt || this.#isDoubtful) this.measure(openPath);
  }

  /** Measures. A directory that is gone, or cannot be read any more, holds nothing. */
  measure(openPath?: string): void {
    const own = openPath === undefined ? [] : [basename(openPath), basename(finishedSegment(openPath))];
    let bytes = 0;
    try {
      // First the time: a change while we read is seen as one the next time.
      this.#changedAt = statSync(this.#directory).mtimeMs;
      for (const name of readdirSync(this.#directory)) {
        if (own.includes(name) || readSegmentName(name) === undefined) continue;
        // A replay may take it at this moment.
        bytes += statSync(join(this.#directory, name), { throwIfNoEntry: false })?.size ?? 0;
      }
      this.#isDoubtful = Math.abs(Date.now() - this.#changedAt) < TIME_GRAIN_MS;
    } catch {
      this.#isDoubtful = true;
    }
    this.#otherBytes = bytes;
  }
}
