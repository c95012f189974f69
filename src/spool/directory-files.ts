import { type FileHandle, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import type { DirectoryLock } from "../locks/directory-lock.js";
import { restoreFormat } from "./format-file.js";
import type { SpoolFile, SpoolFiles } from "./spool-files.js";

/** The files of a real directory. */
export class DirectoryFiles implements SpoolFiles {
  readonly #directory: string;
  readonly #lock: DirectoryLock;
  readonly #kept = new Map<string, KeptFile>();

  constructor(directory: string, lock: DirectoryLock) {
    this.#directory = directory;
    this.#lock = lock;
  }

  list(): Promise<string[]> {
    return readdir(this.#directory);
  }

  async renew(): Promise<void> {
    await this.#lock.renew();
    await restoreFormat(this);
  }

  async create(name: string): Promise<SpoolFile> {
    if (!this.#lock.isThere) throw new Error(`somebody has removed the directory ${this.#directory}`);
    return new OpenFile(await open(join(this.#directory, name), "wx+"));
  }

  async open(name: string): Promise<SpoolFile> {
    const kept = this.#kept.get(name);
    if (kept !== undefined) return kept.use();
    return new OpenFile(await open(join(this.#directory, name), "r+"));
  }

  keep(name: string, file: SpoolFile): void {
    this.#kept.set(name, new KeptFile(file));
  }

  async remove(name: string): Promise<void> {
    await this.#giveUp(name);
    // In the directory of another spool, the name is that of another file.
    if (this.#lock.isThere) await rm(join(this.#directory, name), { force: true });
  }

  /** Closes the files that were kept: the garbage collector would end the process for an open one. */
  async close(): Promise<void> {
    for (const name of [...this.#kept.keys()]) await this.#giveUp(name);
  }

  rename(from: string, to: string): Promise<void> {
    return rename(join(this.#directory, from), join(this.#directory, to));
  }

  async syncNames(): Promise<void> {
    // Windows cannot open a directory; NTFS journals its names.
    if (process.platform === "win32") return;
    const handle = await open(this.#directory, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async #giveUp(name: string): Promise<void> {
    const kept = this.#kept.get(name);
    this.#kept.delete(name);
    await kept?.giveUp();
  }
}

class OpenFile implements SpoolFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    let done = 0;
    while (done < into.length) {
      const { bytesRead } = await this.#handle.read(into, done, into.length - done, position + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    // A disk that becomes full takes a part of the bytes. The next write gets the reason as an error.
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, position + done);
      if (bytesWritten === 0) throw new Error(`only ${done} of ${bytes.length} bytes could be written`);
      done += bytesWritten;
    }
  }

  sync(): Promise<void> {
    return this.#handle.datasync();
  }

  async hasName(): Promise<boolean> {
    return (await this.#handle.stat()).nlink > 0;
  }

  truncate(bytes: number): Promise<void> {
    return this.#handle.truncate(bytes);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** A file that several readers use. It is closed when it is given up, and the last reader has closed it. */
class KeptFile implements SpoolFile {
  readonly #file: SpoolFile;
  #users = 0;
  #isGivenUp = false;

  constructor(file: SpoolFile) {
    this.#file = file;
  }

  size(): Promise<number> {
    return this.#file.size();
  }

  read(into: Uint8Array, position: number): Promise<number> {
    return this.#file.read(into, position);
  }

  write(bytes: Uint8Array, position: number): Promise<void> {
    return this.#file.write(bytes, position);
  }

  sync(): Promise<void> {
    return this.#file.sync();
  }

  hasName(): Promise<boolean> {
    return this.#file.hasName();
  }

  truncate(bytes: number): Promise<void> {
    return this.#file.truncate(bytes);
  }

  use(): this {
    this.#users++;
    return this;
  }

  async close(): Promise<void> {
    this.#users--;
    await this.#closeIfUnused();
  }

  async giveUp(): Promise<void> {
    this.#isGivenUp = true;
    await this.#closeIfUnused();
  }

  async #closeIfUnused(): Promise<void> {
    if (this.#isGivenUp && this.#users === 0) await this.#file.close();
  }
}
