import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { StoredRecord } from "../kinesis-model/shard.js";
import { DataDirectoryError } from "./data-directory-error.js";
import { parseRecordLine, recordLine } from "./record-line.js";

/** Size after which the log continues in a new file. */
const SEGMENT_BYTES: number = 32 * 1024 * 1024;

const SEGMENT_NAME = /^\d{8}\.ndjson$/;
const LINE_FEED = 0x0a;

/** One file of the log. */
interface Segment {
  readonly file: string;
  bytes: number;
  /** When its last record arrived. */
  lastArrivedAt: number;
  /** Whether an incomplete line follows those bytes. */
  isTorn: boolean;
}

/**
 * The records of one stream in files of a folder, one line of JSON each, in order of storing. Records that were written
 * before `commit` returned survive any end of the process; a loss of power may take the last ones. A file is removed
 * when all its records have expired.
 */
export class RecordLog {
  readonly #folder: string;
  readonly #segmentBytes: number;
  readonly #segments: Segment[] = [];
  #lines: string[] = [];
  #lastArrivedAt = Number.NEGATIVE_INFINITY;
  /** File descriptor of the last segment. */
  #descriptor: number | undefined;
  #number = 0;

  constructor(folder: string, segmentBytes: number = SEGMENT_BYTES) {
    this.#folder = folder;
    this.#segmentBytes = segmentBytes;
  }

  /**
   * Every record. Call it once, before the first addition. An incomplete last line is skipped, and cut off by the next
   * commit: its record was never acknowledged.
   *
   * @throws DataDirectoryError when an earlier line is not a record
   */
  *read(): Iterable<StoredRecord> {
    const names = segmentNames(this.#folder);
    for (const [index, name] of names.entries()) {
      const file = join(this.#folder, name);
      const segment = newSegment(file);
      this.#number = Number.parseInt(name, 10);
      this.#segments.push(segment);
      yield* readSegment(segment, index === names.length - 1);
    }
  }

  add(record: StoredRecord): void {
    this.#lines.push(recordLine(record));
    this.#lastArrivedAt = record.arrivedAt;
  }

  /**
   * Writes the added records.
   *
   * @throws the error of the file system; the next commit then writes the records, and no incomplete line remains
   */
  commit(): void {
    if (this.#lines.length === 0) return;
    const { descriptor, segment } = this.#openSegment();
    const bytes = Buffer.from(this.#lines.join(""));
    try {
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(descriptor, bytes, written, bytes.length - written, segment.bytes + written);
      }
    } catch (error) {
      ftruncateSync(descriptor, segment.bytes);
      throw error;
    }
    this.#lines = [];
    segment.bytes += bytes.length;
    segment.lastArrivedAt = this.#lastArrivedAt;
  }

  /** Whether all the records of some file arrived before the time. */
  hasExpired(before: number): boolean {
    return this.#segments[0] !== undefined && this.#segments[0].lastArrivedAt < before;
  }

  /** Removes the files whose records all arrived before the time. */
  dropExpired(before: number): void {
    while (this.#segments[0] !== undefined && this.#segments[0].lastArrivedAt < before) {
      if (this.#segments.length === 1) this.#closeSegment();
      rmSync(this.#segments[0].file, { force: true });
      this.#segments.shift();
    }
  }

  /** Syncs the written records to the disk, and closes the file. */
  close(): void {
    if (this.#descriptor !== undefined) fsyncSync(this.#descriptor);
    this.#closeSegment();
  }

  /** Removes every file. */
  remove(): void {
    this.#closeSegment();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #openSegment(): { readonly descriptor: number; readonly segment: Segment } {
    let segment = this.#segments.at(-1);
    if (segment?.isTorn === true) {
      truncateSync(segment.file, segment.bytes);
      segment.isTorn = false;
    }
    if (segment === undefined || segment.bytes >= this.#segmentBytes) {
      this.close();
      mkdirSync(this.#folder, { recursive: true });
      this.#number++;
      const file = join(this.#folder, `${String(this.#number).padStart(8, "0")}.ndjson`);
      this.#descriptor = openSync(file, "wx");
      segment = newSegment(file);
      this.#segments.push(segment);
    }
    this.#descriptor ??= openSync(segment.file, "r+");
    return { descriptor: this.#descriptor, segment };
  }

  #closeSegment(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

function newSegment(file: string): Segment {
  return { file, bytes: 0, lastArrivedAt: Number.NEGATIVE_INFINITY, isTorn: false };
}

function segmentNames(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => SEGMENT_NAME.test(name))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Reads a segment and measures it. Only the last one may end within a line. */
function* readSegment(segment: Segment, isLast: boolean): Iterable<StoredRecord> {
  const bytes = readFileSync(segment.file);
  for (let line = 1; segment.bytes < bytes.length; line++) {
    const end = bytes.indexOf(LINE_FEED, segment.bytes);
    if (end < 0) break;
    const record = parseRecordLine(bytes.subarray(segment.bytes, end));
    if (record === undefined) {
      throw new DataDirectoryError(`${segment.file} cannot be read: line ${line} is no record; nothing was changed`);
    }
    segment.bytes = end + 1;
    segment.lastArrivedAt = record.arrivedAt;
    yield record;
  }
  segment.isTorn = segment.bytes < bytes.length;
  if (segment.isTorn && !isLast) {
    throw new DataDirectoryError(`${segment.file} cannot be read: it ends within a record; nothing was changed`);
  }
}
