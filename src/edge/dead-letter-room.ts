import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { finishedSegment, readSegmentName } from "./dead-letters.js";

/** Two changes within this time, in milliseconds, may have the same modification time on disk. */
const TIME_GRAIN_MS = 50;

/** Measures how many bytes the other segments of a directory hold: those that this writer does not write now. */
export class DeadLetterRoom {
  readonly #directory: string;
  #otherBytes = 0;
  /** The modification time of the directory at the last measurement. */
  #changedAt = 0;
  #isDoubtful = true;

  /** @throws an error of the file system when the directory cannot be read */
  constructor(directory: string) {
    this.#directory = directory;
    readdirSync(directory);
    this.measure();
  }

  /** Bytes at the last measurement. */
  get otherBytes(): number {
    return this.#otherBytes;
  }

  /**
   * Measures again if segments were added or removed: a replay makes room. If not, this costs one call of the file
   * system.
   *
   * @param openPath - the segment that is being written here
   */
  measureIfChanged(openPath: string | undefined): void {
    const changedAt = statSync(this.#directory, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (changedAt !== this.#changedAt || this.#isDoubtful) this.measure(openPath);
  }

  /** Measures. A directory that is gone, or can no longer be read, counts as empty. */
  measure(openPath?: string): void {
    const own = openPath === undefined ? [] : [basename(openPath), basename(finishedSegment(openPath))];
    let bytes = 0;
    try {
      // The time is read first: a change during the measurement is then noticed the next time.
      this.#changedAt = statSync(this.#directory).mtimeMs;
      for (const name of readdirSync(this.#directory)) {
        if (own.includes(name) || readSegmentName(name) === undefined) continue;
        // A replay may remove the segment at this moment.
        bytes += statSync(join(this.#directory, name), { throwIfNoEntry: false })?.size ?? 0;
      }
      this.#isDoubtful = Math.abs(Date.now() - this.#changedAt) < TIME_GRAIN_MS;
    } catch {
      this.#isDoubtful = true;
    }
    this.#otherBytes = bytes;
  }
}
