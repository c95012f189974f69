import { mkdirSync, readdirSync, statSync } from "node:fs";
import { type FileHandle, open, rename } from "node:fs/promises";
import { join } from "node:path";

import { InvalidOptionError, type RecordFailedError } from "../errors.js";
import { deadLetterLine, openSegmentName, readSegmentName } from "./dead-letters.js";
import { warningLogger } from "./warning-logger.js";

/** Where failed records are kept, and how many. */
export interface DeadLetterOptions {
  /** Made when it is not there. Several processes may share it. */
  readonly directory: string;
  /**
   * Most bytes that the directory may hold; beyond it failures are counted, warned of, and not kept.
   * @defaultValue 1073741824
   */
  readonly maxBytes?: number;
  /**
   * Size at which a segment is finished and another begun.
   * @defaultValue 67108864
   */
  readonly segmentBytes?: number;
}

/** The segment that is being written. */
interface Segment {
  readonly file: FileHandle;
  readonly path: string;
  bytes: number;
}

/** What became of the failures so far. */
export interface DeadLetterStats {
  /** Records that are on disk. */
  readonly kept: number;
  /** Records that are not: there was no room, or they could not be written. */
  readonly lost: number;
  /** Bytes in the directory, other processes' as of the start. */
  readonly bytes: number;
}

/**
 * Keeps records that failed for good in files of lines, to be sent again with `kinesis-producer put --replay`. Give its
 * `onFailed` to the producer, and close it after the producer.
 *
 * Lines are written together, in the order of the failures, and are on disk (fdatasync) when `flush()` resolves.
 *
 * @example
 * ```ts
 * const deadLetters = new DeadLetterFile({ directory: "/var/spool/clicks" });
 * const producer = new KinesisProducer({ streamName: "clicks", onFailed: deadLetters.onFailed });
 * // …
 * await producer.close();
 * await deadLetters.close();
 * ```
 */
export class DeadLetterFile {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #segmentBytes: number;
  #pending: string[] = [];
  #bytes: number;
  #kept = 0;
  #lost = 0;
  #segments = 0;
  #segment: Segment | undefined;
  #writing: Promise<void> | undefined;
  #failure: Error | undefined;
  #hasWarned = false;
  #isClosed = false;

  /**
   * @throws {@link InvalidOptionError} for a size that is no positive whole number; an error of the file system when the
   * directory cannot be made or read
   */
  constructor({ directory, maxBytes = 1_073_741_824, segmentBytes = 67_108_864 }: DeadLetterOptions) {
    checkSize("maxBytes", maxBytes);
    checkSize("segmentBytes", segmentBytes);
    this.#directory = directory;
    this.#maxBytes = maxBytes;
    this.#segmentBytes = segmentBytes;
    mkdirSync(directory, { recursive: true });
    this.#bytes = bytesIn(directory);
  }

  /** For the producer's option of this name. */
  readonly onFailed = (error: RecordFailedError): void => {
    const line = deadLetterLine(error, Date.now());
    const bytes = Buffer.byteLength(line);
    if (this.#isClosed || this.#bytes + bytes > this.#maxBytes) {
      this.#lose(1, this.#isClosed ? "it is closed" : `${this.#directory} holds maxBytes (${this.#maxBytes})`);
      return;
    }
    this.#bytes += bytes;
    this.#pending.push(line);
    this.#writing ??= this.#write();
  };

  /** What is kept so far. */
  stats(): DeadLetterStats {
    return { kept: this.#kept, lost: this.#lost, bytes: this.#bytes };
  }

  /**
   * Resolves when every failure told so far is on disk.
   *
   * @returns rejects with the file system's error when some could not be written since the last call
   */
  async flush(): Promise<void> {
    await this.#writing;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }

  /** {@link flush}, then finishes the segment. What fails later is not kept. */
  async close(): Promise<void> {
    this.#isClosed = true;
    try {
      await this.flush();
    } finally {
      await this.#finishSegment();
    }
  }

  /** Writes what has come, and what comes meanwhile; never rejects. */
  async #write(): Promise<void> {
    // Failures come by the thousand: those of one turn are one write.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#pending.length > 0) {
      const lines = this.#pending;
      this.#pending = [];
      try {
        await this.#append(lines);
        this.#kept += lines.length;
      } catch (error) {
        this.#failure = error as Error;
        // It may end in the middle of a line, and the next line must not continue that one.
        await this.#finishSegment().catch(() => undefined);
        this.#bytes -= lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
        this.#lose(lines.length, String(error));
      }
    }
    this.#writing = undefined;
  }

  async #append(lines: readonly string[]): Promise<void> {
    this.#segment ??= await this.#newSegment();
    const segment = this.#segment;
    const bytes = Buffer.from(lines.join(""));
    const { bytesWritten } = await segment.file.write(bytes);
    // A disk that is full takes a part: the rest of a line that has begun would be read as one.
    if (bytesWritten < bytes.length) throw new Error(`only ${bytesWritten} of ${bytes.length} bytes could be written`);
    await segment.file.datasync();
    segment.bytes += bytes.length;
    if (segment.bytes >= this.#segmentBytes) await this.#finishSegment();
  }

  async #newSegment(): Promise<Segment> {
    const path = join(this.#directory, openSegmentName(Date.now(), process.pid, ++this.#segments));
    return { file: await open(path, "ax"), path, bytes: 0 };
  }

  async #finishSegment(): Promise<void> {
    const segment = this.#segment;
    if (segment === undefined) return;
    this.#segment = undefined;
    await segment.file.close();
    await rename(segment.path, segment.path.slice(0, -".open".length));
  }

  #lose(records: number, why: string): void {
    this.#lost += records;
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    warningLogger.warn(`a failed record could not be kept, and others may follow: ${why}`);
  }
}

function bytesIn(directory: string): number {
  let bytes = 0;
  for (const name of readdirSync(directory)) {
    if (readSegmentName(name) !== undefined) bytes += statSync(join(directory, name)).size;
  }
  return bytes;
}

function checkSize(name: string, value: unknown): void {
  if (typeof value === "number" && Number.isInteger(value) && value > 0) return;
  throw new InvalidOptionError(name, `${name} must be a whole number from 1, got ${String(value)}`);
}
