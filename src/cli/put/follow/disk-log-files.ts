import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, open, readdir, realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { FileState, LogFiles, OpenLogFile } from "./log-files.js";

// Windows has no such flag, and no named pipes among its files.
const NON_BLOCKING: number = constants.O_NONBLOCK ?? 0;

/** The file system of this machine. */
export const DISK_LOG_FILES: LogFiles = {
  async state(path) {
    return await ifThere(async () => stateOf(await stat(path, { bigint: true })));
  },

  async open(path) {
    return await ifThere(async () => new DiskLogFile(await open(path, constants.O_RDONLY | NON_BLOCKING)));
  },

  async siblings(path) {
    // A symbolic link may point into another directory, where the rotated files are.
    const directory = dirname((await ifThere(() => realpath(path))) ?? path);
    return { directory, names: (await ifThere(() => readdir(directory))) ?? [] };
  },
};

class DiskLogFile implements OpenLogFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async state(): Promise<FileState> {
    return stateOf(await this.#handle.stat({ bigint: true }));
  }

  async read(into: Buffer, position: number): Promise<number> {
    let done = 0;
    while (done < into.length) {
      const { bytesRead } = await this.#handle.read(into, done, into.length - done, position + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

function stateOf(stats: BigIntStats): FileState {
  const { dev, ino, size, mtimeNs } = stats;
  return { isFile: stats.isFile(), dev, ino, size: Number(size), mtimeNs };
}

async function ifThere<Value>(look: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return undefined;
    throw error;
  }
}
