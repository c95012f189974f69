import { linkSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { DataDirectoryError } from "./data-directory-error.js";

const LOCK = "lock";

/** Locks of this process. A lock file with its id that is not among them is of an earlier process with the same id. */
const held = new Set<string>();

/** Keeps a directory to one process at a time, by a file with the process's id. */
export class DirectoryLock {
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  /**
   * Locks the directory. The lock of a process that is gone is taken over.
   *
   * @throws DataDirectoryError when another one has it
   */
  static take(directory: string): DirectoryLock {
    const file = join(realpathSync(directory), LOCK);
    while (!tryCreate(file)) {
      const text = tryRead(file);
      if (text === undefined) continue;
      const owner = Number(text);
      const isOwn = owner === process.pid;
      if (isOwn ? held.has(file) : isAlive(owner)) {
        const who = isOwn ? "this process" : `process ${text.trim()}`;
        throw new DataDirectoryError(
          `${directory} is in use by ${who}; if that is something else by now, delete ${file}`,
        );
      }
      removeStale(file, text);
    }
    held.add(file);
    return new DirectoryLock(file);
  }

  release(): void {
    if (held.delete(this.#file)) rmSync(this.#file, { force: true });
  }
}

function tryCreate(file: string): boolean {
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function tryRead(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** An empty or unreadable lock was written by a process that died meanwhile. */
function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Another process may see the same stale lock: it removes it and makes its own, and only then do we get to remove what
 * we think is the stale one. So the file is moved away, looked at, and put back when it is not what it was.
 */
function removeStale(file: string, stale: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (readFileSync(aside, "utf8") !== stale) linkSync(aside, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EEXIST") throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}
