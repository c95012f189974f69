import { isUtf8 } from "node:buffer";
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { DirectoryInUseError, DirectoryLock } from "../../locks/directory-lock.js";
import { shardIdOf } from "../even-shards.js";
import type { ModelSnapshot } from "../kinesis-model/model-snapshot.js";
import type { StoredRecord } from "../kinesis-model/shard.js";
import type { StreamIdentity } from "../kinesis-model/stream-identity.js";
import type { ModelStorage } from "../service/kinesis-service.js";
import { DataDirectoryError } from "./data-directory-error.js";
import { readSnapshot } from "./read-snapshot.js";
import { RecordLog } from "./record-log.js";

const FORMAT = "kinesis-producer local streams";
const VERSION = 1;

const STREAMS = "streams.json";
const RECORDS = "records";

/** Files of an interrupted first start, and the lock file of earlier versions. */
const EARLY_FILES = /^lock(\.\d+)?$|^streams\.json\.next$/;

/**
 * A directory that keeps the streams of a stand-in:
 *
 * ```
 * lock-<process>-<random>            alive as long as the process that has it
 * streams.json                       everything but the records; written anew, and swapped in, when something changes
 * records/<generation>-<stream>/     a log of the stream's records (RecordLog)
 * ```
 *
 * The changes of a call are written before its answer, so they survive the end of the process, also `kill -9`.
 * `streams.json` is synced to the disk at once; records are synced when the directory is closed.
 */
export class DataDirectory implements ModelStorage {
  readonly kept: ModelSnapshot | undefined;
  readonly #directory: string;
  readonly #lock: Pick<DirectoryLock, "release">;
  /** By name of folder. */
  readonly #logs = new Map<string, RecordLog>();
  /** Logs with records to write. */
  readonly #written = new Set<RecordLog>();
  /** Logs with expired files, and the time of expiry. */
  readonly #expired = new Map<RecordLog, number>();
  #isChanged = false;
  #isClosed = false;

  private constructor(directory: string, lock: Pick<DirectoryLock, "release">) {
    this.#directory = directory;
    this.#lock = lock;
    this.kept = readStreams(directory);
  }

  /**
   * Locks a directory and opens it; creates it when it does not exist.
   *
   * @returns rejects with DataDirectoryError when another process holds it, it contains something else, or it cannot be
   * read; otherwise with the error of the file system
   */
  static async open(directory: string): Promise<DataDirectory> {
    mkdirSync(directory, { recursive: true });
    const lock = await lockOf(directory);
    try {
      return DataDirectory.openLocked(directory, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /**
   * Opens a directory whose lock the caller holds.
   *
   * @param lock - released by `close`
   */
  static openLocked(directory: string, lock: Pick<DirectoryLock, "release">): DataDirectory {
    return new DataDirectory(directory, lock);
  }

  /** @throws DataDirectoryError at a record that cannot be read, or whose shard is unknown */
  *recordsOf(stream: StreamIdentity): Iterable<StoredRecord> {
    const shards = this.kept?.streams.find(({ generation }) => generation === stream.generation)?.shards ?? [];
    const shardIds = new Set(shards.map(({ index }) => shardIdOf(index)));
    for (const record of this.#logOf(stream).read()) {
      if (!shardIds.has(record.shardId)) {
        throw new DataDirectoryError(
          `${join(this.#directory, STREAMS)} does not know ${record.shardId}, which has a record in ${join(RECORDS, folderOf(stream))}; nothing was changed`,
        );
      }
      yield record;
    }
  }

  stored(stream: StreamIdentity, record: StoredRecord): void {
    const log = this.#logOf(stream);
    log.add(record);
    this.#written.add(log);
  }

  expired(stream: StreamIdentity, before: number): void {
    const log = this.#logOf(stream);
    if (!log.hasExpired(before)) return;
    this.#expired.set(log, before);
    // The highest ordinal may be that of an expired record: streams.json must have it first.
    this.#isChanged = true;
  }

  changed(): void {
    this.#isChanged = true;
  }

  commit(snapshot: () => ModelSnapshot): void {
    if (this.#isClosed && (this.#isChanged || this.#written.size > 0)) {
      throw new DataDirectoryError(`${this.#directory} is closed already: what was changed since is not kept`);
    }
    if (this.#isChanged) {
      const model = snapshot();
      // Shards are written before their records, and the end of a stream before the end of its records. So after any
      // interruption every present record has a shard.
      this.#writeStreams(model);
      this.#removeLogsBut(new Set(model.streams.map(folderOf)));
      for (const [log, before] of this.#expired) log.dropExpired(before);
      this.#expired.clear();
      this.#isChanged = false;
    }
    for (const log of this.#written) {
      log.commit();
      this.#written.delete(log);
    }
  }

  /** Closes every file and releases the directory. May be called again. */
  close(): void {
    this.#isClosed = true;
    for (const log of this.#logs.values()) log.close();
    this.#logs.clear();
    this.#lock.release();
  }

  #logOf(stream: StreamIdentity): RecordLog {
    const folder = folderOf(stream);
    let log = this.#logs.get(folder);
    if (log === undefined) {
      log = new RecordLog(join(this.#directory, RECORDS, folder));
      this.#logs.set(folder, log);
    }
    return log;
  }

  #writeStreams(model: ModelSnapshot): void {
    const file = join(this.#directory, STREAMS);
    const next = `${file}.next`;
    writeFileSync(next, `${JSON.stringify({ format: FORMAT, version: VERSION, ...model }, undefined, 1)}\n`, {
      flush: true,
    });
    renameSync(next, file);
    syncDirectory(this.#directory);
  }

  /** Includes logs of streams whose removal was interrupted in an earlier process. */
  #removeLogsBut(folders: ReadonlySet<string>): void {
    for (const [folder, log] of this.#logs) {
      if (folders.has(folder)) continue;
      log.remove();
      this.#logs.delete(folder);
      this.#written.delete(log);
    }
    const records = join(this.#directory, RECORDS);
    for (const folder of tryList(records)) {
      if (!folders.has(folder)) rmSync(join(records, folder), { recursive: true, force: true });
    }
  }
}

async function lockOf(directory: string): Promise<DirectoryLock> {
  try {
    return await DirectoryLock.take(directory);
  } catch (error) {
    if (!(error instanceof DirectoryInUseError)) throw error;
    throw new DataDirectoryError(error.message, { cause: error });
  }
}

function folderOf({ generation, name }: Pick<StreamIdentity, "generation" | "name">): string {
  return `${generation}-${name}`;
}

/** Syncs the names in a directory to the disk, where the system can. */
function syncDirectory(directory: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(directory, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function tryList(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Undefined for a new directory: it holds only our lock, and perhaps files of an interrupted first start. */
function readStreams(directory: string): ModelSnapshot | undefined {
  const file = join(directory, STREAMS);
  const names = tryList(directory);
  if (!names.includes(STREAMS)) {
    const strangers = names.filter((name) => !(DirectoryLock.isOwn(name) || EARLY_FILES.test(name)));
    if (strangers.length === 0) return undefined;
    throw new DataDirectoryError(
      `${directory} has no ${STREAMS}, but ${strangers.slice(0, 3).join(", ")}: it is no data directory; name one that is empty or new`,
    );
  }
  try {
    const bytes = readFileSync(file);
    if (!isUtf8(bytes)) throw new TypeError("it is no UTF-8");
    const content: unknown = JSON.parse(bytes.toString());
    const { format, version, ...model } = (content ?? {}) as Record<string, unknown>;
    if (format !== FORMAT)
      throw new TypeError(`its format is ${JSON.stringify(format)}, not ${JSON.stringify(FORMAT)}`);
    if (version !== VERSION)
      throw new RangeError(`its version is ${version}, and this library reads version ${VERSION}`);
    return readSnapshot(model);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataDirectoryError(`${file} cannot be read: ${reason}; nothing was changed`, { cause: error });
  }
}
