import type { Random } from "../../src/core/ports.js";
import type { SpoolFile, SpoolFiles } from "../../src/spool/spool-files.js";

/** The unit that a disk writes or loses. Small, so that small files tear too. */
const PAGE_BYTES = 64;

/** Work that is due, in any order: each step runs one of them. */
export class Steps {
  readonly #random: Random;
  #pending: (() => void)[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  get count(): number {
    return this.#pending.length;
  }

  add(run: () => void): void {
    this.#pending.push(run);
  }

  /** Runs one, and everything that follows from it at once. */
  async run(): Promise<void> {
    const [step] = this.#pending.splice(Math.floor(this.#random() * this.#pending.length), 1);
    step?.();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }

  /** The process is gone. */
  clear(): void {
    this.#pending = [];
  }
}

/** A change of a file that a loss of power may undo. */
type Change = { readonly at: number; readonly bytes: Buffer } | { readonly size: number };

/** A file, whatever its name. */
interface Inode {
  /** The bytes that the system shows. */
  shown: Buffer;
  /** The bytes that the disk has. */
  kept: Buffer;
  /** Changes that are not on the disk. */
  changes: Change[];
}

/** How often operations fail, 0 to 1. */
export interface DiskFaults {
  readonly write: number;
  readonly sync: number;
}

/**
 * A directory whose operations take effect step by step. A loss of power undoes what was not synced: pages of 64 bytes are
 * written, lost or zeroed each for itself, and so are names. A failed sync loses the changes, and shows them still.
 */
export class SimulatedDisk implements SpoolFiles {
  readonly #random: Random;
  readonly #steps: Steps;
  readonly #kept = new Map<string, SpoolFile>();
  #shownNames = new Map<string, Inode>();
  #keptNames = new Map<string, Inode>();
  /** Writes that are under way. */
  #writing = new Set<{ readonly inode: Inode; readonly at: number; readonly bytes: Buffer }>();
  faults: DiskFaults = { write: 0, sync: 0 };
  /** Bytes that may be in it; beyond that writes fail. */
  capacity: number = Number.POSITIVE_INFINITY;

  constructor(random: Random, steps: Steps) {
    this.#random = random;
    this.#steps = steps;
  }

  get names(): string[] {
    return [...this.#shownNames.keys()];
  }

  /** The bytes of a file, to change them. */
  bytesOf(name: string): Buffer {
    return this.#inode(name).shown;
  }

  list(): Promise<string[]> {
    return this.#later(() => this.names);
  }

  async renew(): Promise<void> {}

  create(name: string): Promise<SpoolFile> {
    return this.#later(() => {
      if (this.#shownNames.has(name)) throw new Error(`EEXIST: ${name}`);
      const inode: Inode = { shown: Buffer.alloc(0), kept: Buffer.alloc(0), changes: [] };
      this.#shownNames.set(name, inode);
      return this.#file(inode);
    });
  }

  open(name: string): Promise<SpoolFile> {
    return this.#later(() => this.#kept.get(name) ?? this.#file(this.#inode(name)));
  }

  keep(name: string, file: SpoolFile): void {
    this.#kept.set(name, file);
  }

  /** Somebody else removes all files. */
  removeAll(): void {
    this.#shownNames.clear();
  }

  remove(name: string): Promise<void> {
    this.#kept.delete(name);
    return this.#later(() => void this.#shownNames.delete(name));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#later(() => {
      this.#shownNames.set(to, this.#inode(from));
      this.#shownNames.delete(from);
    });
  }

  syncNames(): Promise<void> {
    return this.#later(() => {
      this.#fail("sync");
      this.#keptNames = new Map(this.#shownNames);
    });
  }

  /** The process was killed: what it was writing is there in part, the rest as it was. */
  kill(): void {
    for (const { inode, at, bytes } of this.#writing) {
      write(inode, at, bytes.subarray(0, Math.floor(this.#random() * (bytes.length + 1))));
    }
    this.#writing = new Set();
    this.#steps.clear();
    this.#kept.clear();
  }

  /** The machine has lost its power. */
  losePower(): void {
    this.kill();
    const names = new Set([...this.#shownNames.keys(), ...this.#keptNames.keys()]);
    for (const name of names) {
      const source = this.#random() < 0.5 ? this.#keptNames : this.#shownNames;
      const inode = source.get(name);
      if (inode === undefined) this.#shownNames.delete(name);
      else this.#shownNames.set(name, inode);
    }
    for (const inode of new Set(this.#shownNames.values())) this.#tear(inode);
    this.#keptNames = new Map(this.#shownNames);
  }

  #tear(inode: Inode): void {
    for (const change of inode.changes) {
      if ("size" in change) {
        if (this.#random() < 0.5) inode.kept = resized(inode.kept, change.size);
        continue;
      }
      for (let from = 0; from < change.bytes.length; from += PAGE_BYTES) {
        const page = change.bytes.subarray(from, from + PAGE_BYTES);
        const fate = this.#random();
        if (fate < 0.4) inode.kept = written(inode.kept, change.at + from, page);
        else if (fate < 0.6 && change.at + from >= inode.kept.length) {
          inode.kept = resized(inode.kept, change.at + from + page.length);
        }
      }
    }
    inode.changes = [];
    inode.shown = Buffer.from(inode.kept);
  }

  #file(inode: Inode): SpoolFile {
    return {
      size: () => this.#later(() => inode.shown.length),
      read: (into, position) =>
        this.#later(() => inode.shown.copy(into, 0, position, Math.min(inode.shown.length, position + into.length))),
      write: (bytes, position) => this.#write(inode, Buffer.from(bytes), position),
      sync: () => this.#later(() => this.#sync(inode)),
      hasName: async () => [...this.#shownNames.values()].includes(inode),
      truncate: (size) =>
        this.#later(() => {
          this.#fail("write");
          inode.shown = resized(inode.shown, size);
          inode.changes.push({ size });
        }),
      close: () => this.#later(() => undefined),
    };
  }

  #write(inode: Inode, bytes: Buffer, at: number): Promise<void> {
    const entry = { inode, at, bytes };
    this.#writing.add(entry);
    return this.#later(() => {
      this.#writing.delete(entry);
      const isFull = this.#used() + at + bytes.length - inode.shown.length > this.capacity;
      if (isFull || this.#random() < this.faults.write) {
        write(inode, at, bytes.subarray(0, Math.floor(this.#random() * bytes.length)));
        throw new Error(isFull ? "ENOSPC: no space left on device" : "EIO: i/o error, write");
      }
      write(inode, at, bytes);
    });
  }

  #sync(inode: Inode): void {
    if (this.#random() < this.faults.sync) {
      // The pages are clean now, and their bytes are nowhere.
      inode.changes = [];
      throw new Error("EIO: i/o error, fdatasync");
    }
    for (const change of inode.changes) {
      inode.kept = "size" in change ? resized(inode.kept, change.size) : written(inode.kept, change.at, change.bytes);
    }
    inode.changes = [];
  }

  #used(): number {
    let bytes = 0;
    for (const { shown } of this.#shownNames.values()) bytes += shown.length;
    return bytes;
  }

  #fail(kind: keyof DiskFaults): void {
    if (this.#random() < this.faults[kind]) throw new Error(`EIO: i/o error, ${kind}`);
  }

  #inode(name: string): Inode {
    const inode = this.#shownNames.get(name);
    if (inode === undefined) throw new Error(`ENOENT: ${name}`);
    return inode;
  }

  #later<T>(effect: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#steps.add(() => {
        try {
          resolve(effect());
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  }
}

function write(inode: Inode, at: number, bytes: Buffer): void {
  inode.shown = written(inode.shown, at, bytes);
  inode.changes.push({ at, bytes });
}

function written(file: Buffer, at: number, bytes: Buffer): Buffer {
  const grown = resized(file, Math.max(file.length, at + bytes.length));
  grown.set(bytes, at);
  return grown;
}

/** A copy of this size; zeros at the end when it grows. */
function resized(file: Buffer, size: number): Buffer {
  const copy = Buffer.alloc(size);
  file.copy(copy);
  return copy;
}
