import { randomBytes, randomInt } from "node:crypto";
import { readdirSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { isAlive, LifeMark } from "./life-mark.js";

/** `lock-<number of the process>-<random>`; the number is for the message. */
const NAME = /^lock-(\d+)-[0-9a-f]{16}$/;

/** How often somebody who met another one tries again: two that come at the same moment both step back. */
const TRIES = 8;
/** Longest pause before that, in milliseconds. */
const MAX_PAUSE_MS = 25;

/** Another process, or another part of this one, has the directory. */
export class DirectoryInUseError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "DirectoryInUseError";
  }
}

/**
 * Keeps a directory to one owner at a time, under one kernel: see {@link LifeMark}. A lock whose process is gone is no lock.
 *
 * Each candidate first sets a mark and then looks for others. Of two candidates the later one has set its mark after the
 * earlier one, and looks after that: at least one of them sees the other, and steps back. So there is never a second owner,
 * and no lock is ever taken away from anybody: what is removed are dead marks, whose names come only once.
 */
export class DirectoryLock {
  readonly #mark: LifeMark;

  private constructor(mark: LifeMark) {
    this.#mark = mark;
  }

  /**
   * Takes the lock, or fails within a fraction of a second.
   *
   * @returns rejects with DirectoryInUseError when another owner has it; with an error of the system when the directory
   *   cannot be written, or its file system has no sockets
   */
  static async take(directory: string): Promise<DirectoryLock> {
    const path = realpathSync(directory);
    for (let tries = 1; ; tries++) {
      const name = `lock-${process.pid}-${randomBytes(8).toString("hex")}`;
      const mark = await LifeMark.set(path, name);
      const other = await findOther(path, name);
      if (other === undefined) return new DirectoryLock(mark);
      mark.release();
      if (tries === TRIES) throw new DirectoryInUseError(inUse(path, other));
      await pause(randomInt(1, MAX_PAUSE_MS));
    }
  }

  /** Whether a file of the directory belongs to its lock. */
  static isOwn(fileName: string): boolean {
    return NAME.test(fileName.replace(/\.new$/, ""));
  }

  /** Gives the directory free, at once. May be called again. */
  release(): void {
    this.#mark.release();
  }
}

/** The name of a living mark besides our own; removes the dead ones. */
async function findOther(directory: string, own: string): Promise<string | undefined> {
  for (const name of readdirSync(directory)) {
    if (name === own || !NAME.test(name)) continue;
    if (await isAlive(directory, name)) return name;
    rmSync(join(directory, name), { force: true });
  }
  return undefined;
}

function inUse(directory: string, other: string): string {
  const pid = NAME.exec(other)?.[1];
  return `${directory} is in use by process ${pid} (its own number, in its container if it has one), which keeps ${other} there`;
}
