import { crc32 } from "node:zlib";
import { readEntries } from "../core/spool/acknowledgements.js";
import { Backlog } from "../core/spool/backlog.js";
import { FrameReader, timeOfFrame } from "../core/spool/frame-reader.js";
import type { Segment } from "../core/spool/segment.js";
import {
  NO_HEADER,
  readSegmentHeader,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
  SPOOL_VERSION,
} from "../core/spool/segment-header.js";
import { readFileName, type SpoolFileKind, segmentFile } from "./file-names.js";
import { spoolFailed } from "./spool-error.js";
import type { SpoolFile, SpoolFiles } from "./spool-files.js";

/** Bytes of one read. */
const CHUNK_BYTES: number = 1024 * 1024;
/** Bytes of frames whose common CRC is taken at once. */
const RUN_BYTES: number = 64 * 1024;

/** The state of a directory that an earlier process has left. */
export interface Recovered {
  readonly backlog: Backlog;
  /** Bytes that are no record: torn by the end of the process, or damaged later. */
  readonly damagedBytes: number;
  /** Records before such bytes and behind them are there, these are not. */
  readonly lostRecords: number;
}

/** A segment whose beginning was read. */
interface Found {
  readonly number: number;
  readonly header: SegmentHeader | typeof NO_HEADER;
}

/**
 * Reads every segment of a directory and checks every record. Nothing is changed before all headers were read. No record
 * is added to a segment that is there already: the bytes behind its last record may change until the disk has them.
 *
 * @returns rejects with `KP_SPOOL_FAILED` when a segment has another version, and with errors of the file system
 */
export async function recover(files: SpoolFiles): Promise<Recovered> {
  const names = await files.list();
  const found: Found[] = [];
  for (const number of numbersOf(names, "records")) found.push({ number, header: await headerOf(files, number) });
  const backlog = new Backlog(Math.max(0, ...names.map((name) => readFileName(name)?.number ?? 0)));
  const recovery = new Recovery(files, backlog, new Set(numbersOf(names, "delivered")));
  for (const { number, header } of found) await recovery.take(number, header);
  await recovery.removeOrphans();
  return { backlog, damagedBytes: recovery.damagedBytes, lostRecords: recovery.lostRecords };
}

class Recovery {
  readonly #files: SpoolFiles;
  readonly #backlog: Backlog;
  /** Acknowledgements whose segment was not seen yet. */
  readonly #delivered: Set<number>;
  #buffer: Buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  damagedBytes = 0;
  lostRecords = 0;

  constructor(files: SpoolFiles, backlog: Backlog, delivered: Set<number>) {
    this.#files = files;
    this.#backlog = backlog;
    this.#delivered = delivered;
  }

  async take(number: number, header: Found["header"]): Promise<void> {
    const file = await this.#files.open(segmentFile(number, "records"));
    try {
      const size = await file.size();
      if (header === NO_HEADER) {
        await this.#setAside(number, size);
        return;
      }
      const segment = this.#backlog.add(number, header);
      await this.#scan(segment, file, size);
      segment.isSealed = true;
      if (this.#delivered.delete(number)) await this.#readDelivered(segment);
    } finally {
      await file.close();
    }
  }

  /** A segment that was removed before its acknowledgements. */
  async removeOrphans(): Promise<void> {
    for (const number of this.#delivered) await this.#files.remove(segmentFile(number, "delivered"));
  }

  /** A file without a header has no acknowledged record, unless the disk has lost the header. */
  async #setAside(number: number, size: number): Promise<void> {
    const name = segmentFile(number, "records");
    if (size <= SEGMENT_HEADER_BYTES) {
      await this.#files.remove(name);
      return;
    }
    this.damagedBytes += size;
    await this.#files.rename(name, segmentFile(number, "damaged"));
  }

  async #scan(segment: Segment, file: SpoolFile, size: number): Promise<void> {
    const frames = new FrameReader(segment.header.nonce, SEGMENT_HEADER_BYTES);
    const lost: number[] = [];
    let end = SEGMENT_HEADER_BYTES;
    // Frames without a gap between them, as places in the chunk.
    let [runStart, runEnd] = [0, 0];
    for (let chunk = this.#buffer.subarray(0, 0), at = 0; ; ) {
      const expected = frames.nextIndex;
      const isLast = frames.position + chunk.length - at >= size;
      const needed = frames.next(chunk, at, isLast);
      at = frames.end;
      const isFrame = needed === 0;
      if (!isFrame || frames.start !== runEnd || runEnd - runStart >= RUN_BYTES) {
        segment.stretches.add(chunk.subarray(runStart, runEnd), end - (runEnd - runStart), crc32);
        runStart = isFrame ? frames.start : 0;
      }
      if (isFrame) {
        for (let index = expected; index < frames.index; index++) lost.push(index);
        segment.times.add(frames.index, timeOfFrame(chunk, frames.start));
        end = frames.position;
        runEnd = at;
        continue;
      }
      if (needed === Number.POSITIVE_INFINITY) break;
      const left = chunk.length - at;
      chunk = await this.#readOn(file, chunk.subarray(at), frames.position, needed);
      at = 0;
      runEnd = 0;
      if (chunk.length === left) break;
    }
    this.damagedBytes += frames.damagedBytes;
    this.#backlog.recovered(segment, frames.nextIndex, end - SEGMENT_HEADER_BYTES);
    for (const index of lost) this.#backlog.leave(segment, index);
    this.lostRecords += lost.length;
  }

  /** The bytes that are left of a chunk, and those behind them in the file. */
  async #readOn(file: SpoolFile, left: Buffer, position: number, needed: number): Promise<Buffer> {
    const into = needed > this.#buffer.length ? Buffer.allocUnsafeSlow(needed) : this.#buffer;
    left.copy(into);
    const bytes = await file.read(into.subarray(left.length), position + left.length);
    return into.subarray(0, left.length + bytes);
  }

  async #readDelivered(segment: Segment): Promise<void> {
    const file = await this.#files.open(segmentFile(segment.number, "delivered"));
    try {
      const bytes = Buffer.alloc(await file.size());
      const read = await file.read(bytes, 0);
      const { ranges, bytes: whole } = readEntries(bytes.subarray(0, read), segment.header.nonce);
      this.#backlog.restore(segment, ranges);
      this.#backlog.save(segment, whole);
    } finally {
      await file.close();
    }
  }
}

async function headerOf(files: SpoolFiles, number: number): Promise<Found["header"]> {
  const name = segmentFile(number, "records");
  const file = await files.open(name);
  try {
    const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
    const read = await file.read(bytes, 0);
    const header = readSegmentHeader(bytes.subarray(0, read));
    if (typeof header !== "number") return header;
    throw spoolFailed(
      `${name} has version ${header}, and this library reads version ${SPOOL_VERSION}; nothing was changed`,
    );
  } finally {
    await file.close();
  }
}

function numbersOf(names: readonly string[], kind: SpoolFileKind): number[] {
  return names
    .map(readFileName)
    .flatMap((name) => (name?.kind === kind ? [name.number] : []))
    .sort((a, b) => a - b);
}
