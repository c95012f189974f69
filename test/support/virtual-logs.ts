import { dirname } from "node:path";
import { follow } from "../../src/cli/put/follow/follow.js";
import { FollowedPath, type SavedPath } from "../../src/cli/put/follow/followed-path.js";
import type { Batch } from "../../src/cli/put/follow/log-file.js";
import type { FileState, LogFiles, OpenLogFile } from "../../src/cli/put/follow/log-files.js";
import { decodePositions, encodePositions } from "../../src/cli/put/follow/positions.js";

interface Inode {
  readonly ino: bigint;
  readonly isFile: boolean;
  bytes: Buffer;
  mtimeNs: bigint;
  isDenied: boolean;
}

/** A file system in memory, with names, numbers and times. */
export class VirtualLogs implements LogFiles {
  readonly #names: Map<string, Inode> = new Map();
  #nextIno = 1n;
  #time = 0n;
  /** Numbers of removed files, which are used again first. */
  readonly #free: bigint[] = [];
  /** Handles that are open. */
  openHandles = 0;
  /** Calls of open files fail, as on a broken disk. */
  isBroken = false;

  /** Adds text to a file, which is made if it does not exist. */
  append(path: string, text: string | Buffer): void {
    const inode = this.#names.get(path) ?? this.#make(path, true);
    inode.bytes = Buffer.concat([inode.bytes, Buffer.from(text)]);
    inode.mtimeNs = ++this.#time;
  }

  makeDirectory(path: string): void {
    this.#make(path, false);
  }

  has(path: string): boolean {
    return this.#names.has(path);
  }

  rename(from: string, to: string): void {
    const inode = this.#names.get(from) as Inode;
    this.remove(to);
    this.#names.delete(from);
    this.#names.set(to, inode);
  }

  copy(from: string, to: string): void {
    this.remove(to);
    this.append(to, (this.#names.get(from) as Inode).bytes);
  }

  /** Replaces the bytes of a file in place. */
  overwrite(path: string, text = ""): void {
    const inode = this.#names.get(path) as Inode;
    inode.bytes = Buffer.from(text);
    inode.mtimeNs = ++this.#time;
  }

  remove(path: string): void {
    const inode = this.#names.get(path);
    if (inode !== undefined) this.#free.push(inode.ino);
    this.#names.delete(path);
  }

  deny(path: string, isDenied = true): void {
    (this.#names.get(path) as Inode).isDenied = isDenied;
  }

  state(path: string): Promise<FileState | undefined> {
    const inode = this.#names.get(path);
    return Promise.resolve(inode && stateOf(inode));
  }

  open(path: string): Promise<OpenLogFile | undefined> {
    const inode = this.#names.get(path);
    if (inode?.isDenied === true) {
      const error = new Error(`EACCES: permission denied, open '${path}'`);
      return Promise.reject(Object.assign(error, { code: "EACCES", syscall: "open" }));
    }
    if (inode === undefined) return Promise.resolve(undefined);
    this.openHandles++;
    return Promise.resolve({
      state: async () => {
        this.#checkDisk();
        return stateOf(inode);
      },
      read: async (into: Buffer, position: number) => {
        this.#checkDisk();
        return inode.bytes.copy(into, 0, position);
      },
      close: () => {
        this.openHandles--;
        return Promise.resolve();
      },
    });
  }

  siblings(path: string): Promise<{ directory: string; names: string[] }> {
    const directory = dirname(path);
    const names = [...this.#names.keys()].filter((name) => dirname(name) === directory);
    return Promise.resolve({ directory, names: names.map((name) => name.slice(directory.length + 1)) });
  }

  #checkDisk(): void {
    if (this.isBroken) throw Object.assign(new Error("EIO: i/o error, read"), { code: "EIO", syscall: "read" });
  }

  #make(path: string, isFile: boolean): Inode {
    const ino = this.#free.shift() ?? this.#nextIno++;
    const inode: Inode = { ino, isFile, bytes: Buffer.alloc(0), mtimeNs: ++this.#time, isDenied: false };
    this.#names.set(path, inode);
    return inode;
  }
}

function stateOf({ isFile, ino, bytes, mtimeNs }: Inode): FileState {
  return { isFile, dev: 1n, ino, size: bytes.length, mtimeNs };
}

/** Where a process dies. */
export type Death = "before the spool has the lines" | "before the positions are saved";

/** A follower over {@link VirtualLogs}, in virtual time. The lines that it takes and the positions that it saves outlive its process. */
export class VirtualFollower {
  readonly logs: VirtualLogs = new VirtualLogs();
  /** Ids and texts of the lines, in the order in which the spool took them. */
  readonly taken: [id: string, text: string | undefined][] = [];
  readonly complaints: string[] = [];
  /** Dies at the next lines. */
  death: Death | undefined;
  /** Resolves `take` later, or with false. */
  gate: (() => Promise<boolean>) | undefined;
  isDiskFull = false;
  maxLineBytes = 1_000;
  readonly #paths: readonly string[];
  #saved = encodePositions([]);
  #now = 0;
  #nextId = 0;
  #wake: (() => void) | undefined;
  #asleep: (() => void) | undefined;
  #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(...paths: readonly string[]) {
    this.#paths = paths;
  }

  /** Starts a process, and waits until it has nothing to do, or is dead. */
  async start(): Promise<void> {
    this.#stop = new AbortController();
    const saved = decodePositions(this.#saved);
    const paths = this.#paths.map((path) => new FollowedPath(path, this.#savedOf(saved, path), this.#parts()));
    const { signal } = this.#stop;
    const idle = this.#idle();
    this.#running = follow(
      {
        paths,
        take: (batch) => this.#take(batch),
        save: () => this.#save(paths),
        clock: { now: () => this.#now, sleep: (ms, until) => this.#sleep(ms, until) },
        intervalMs: 250,
        complain: (text) => this.complaints.push(text),
      },
      signal,
    ).then(
      () => Promise.all(paths.map((path) => path.close())).then(() => {}),
      (error: unknown) => {
        if (!(error instanceof Dead)) throw error;
        this.#asleep?.();
      },
    );
    await idle;
  }

  /** Lets time pass, poll by poll. */
  async pass(ms = 250): Promise<void> {
    for (let left = ms; left > 0; left -= 250) {
      if (this.#wake === undefined) return;
      const idle = this.#idle();
      this.#now += 250;
      this.#wake();
      await idle;
    }
  }

  /** Ends the process, as a signal does. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake?.();
    this.#wake = undefined;
    await this.#running;
  }

  /** The process was killed: its handles are gone with it. */
  abandon(): void {
    this.#stop.abort();
    this.#wake = undefined;
    this.logs.openHandles = 0;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  texts(): (string | undefined)[] {
    return this.taken.map(([, text]) => text);
  }

  #savedOf(saved: readonly SavedPath[], path: string): SavedPath | undefined {
    return saved.find((each) => each.path === path);
  }

  #parts(): ConstructorParameters<typeof FollowedPath>[2] {
    const { logs, maxLineBytes } = this;
    return {
      files: logs,
      maxLineBytes,
      newId: () => `f${++this.#nextId}`,
      complain: (text) => void this.complaints.push(text),
    };
  }

  async #take({ file, lines }: Batch): Promise<boolean> {
    if (this.death === "before the spool has the lines") throw new Dead();
    if (this.gate !== undefined && !(await this.gate())) return false;
    for (const { start, bytes } of lines) this.taken.push([`${file.id}-${start}`, bytes?.toString()]);
    return true;
  }

  #save(paths: readonly FollowedPath[]): Promise<void> {
    if (this.isDiskFull) return Promise.reject(Object.assign(new Error("ENOSPC"), { code: "ENOSPC" }));
    // A process that dies here has saved the ids of new files already, and the lines are in the spool.
    if (this.death === "before the positions are saved" && this.taken.length > 0) return Promise.reject(new Dead());
    this.#saved = encodePositions(paths.map((path) => path.saved()));
    return Promise.resolve();
  }

  async #sleep(_ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#asleep?.();
    });
  }

  async #idle(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#asleep = resolve;
    });
  }
}

/** The process was killed. */
class Dead extends Error {}
