import { randomBytes, randomInt } from "node:crypto";
import { existsSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { isAlive, LifeMark } from "./life-mark.js";

/** `lock-<process id>-<random>`; the process id is for the error message. */
const NAME = /^lock-(\d+)-[0-9a-f]{16}$/;

/** Attempts of a candidate that meets another one. Two candidates that come at the same moment both step back. */
const TRIES = 8;
/** Longest pause between attempts. */
const MAX_PAUSE_MS = 25;

/** Another process, or another part of this process, owns the directory. */
export class DirectoryInUseError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "DirectoryInUseError";
  }
}

/**
 * Keeps a directory to one owner at a time, under one kernel: see {@link LifeMark}. The lock of a dead process does not
 * count.
 *
 * Each candidate first sets a mark and then looks for other marks. If two candidates come, the later one looks after
 * both marks are set: it sees the other mark, and steps back. So there is never a second owner. No lock is taken away
 * from a living owner: only dead marks are removed, and their names are never used again.
 */
export class DirectoryLock {
  readonly #path: string;
  #name: string;
  #mark: LifeMark;

  private constructor(path: string, name: string, mark: LifeMark) {
    this.#path = path;
    this.#name = name;
    this.#mark = mark;
  }

  /**
   * Takes the lock, or fails within a fraction of a second.
   *
   * @returns rejects with DirectoryInUseError when the directory has another owner, and with a system error when the
   * directory cannot be written or its file system has no sockets
   */
  static async take(directory: string): Promise<DirectoryLock> {
    const path = realpathSync(directory);
    for (let tries = 1; ; tries++) {
      const name = `lock-${process.pid}-${randomBytes(8).toString("hex")}`;
      const mark = await LifeMark.set(path, name);
      const other = await findOther(path, name);
      if (other === undefined) return new DirectoryLock(path, name, mark);
      mark.release();
      if (tries === TRIES) throw new DirectoryInUseError(inUse(path, other));
      await pause(randomInt(1, MAX_PAUSE_MS));
    }
  }

  /** False when somebody has removed the directory: another owner may have made it again. */
  get isThere(): boolean {
    return existsSync(join(this.#path, this.#name));
  }

  /**
   * Takes the lock again, if somebody has removed the directory, and it is there again: the lock was removed with it.
   *
   * @returns rejects as {@link take}: another owner may have come first
   */
  async renew(): Promise<void> {
    if (this.isThere) return;
    const again = await DirectoryLock.take(this.#path);
    this.#mark.release();
    this.#name = again.#name;
    this.#mark = again.#mark;
  }

  /** Whether a file in the directory belongs to its lock. */
  static isOwn(fileName: string): boolean {
    return NAME.test(fileName.replace(/\.new$/, ""));
  }

  /** Releases the directory at once. May be called again. */
  release(): void {
    this.#mark.release();
  }
}

/** The name of a living mark other than `own`. Removes dead marks. */
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
