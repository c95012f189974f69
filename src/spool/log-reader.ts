import { crc32 } from "node:zlib";
import type { Backlog } from "../core/spool/backlog.js";
import { FieldReader, FrameReader, type SpooledRecord } from "../core/spool/frame-reader.js";
import type { Segment } from "../core/spool/segment.js";
import { SEGMENT_HEADER_BYTES } from "../core/spool/segment-header.js";
import { FORMAT_FILE, segmentFile } from "./file-names.js";
import type { SpoolFile, SpoolFiles } from "./spool-files.js";

/** Bytes of one read. */
const CHUNK_BYTES: number = 256 * 1024;

/** Where the reader is in a segment. */
interface Place {
  readonly segment: Segment;
  readonly file: SpoolFile;
  readonly frames: FrameReader;
  /** The file ends here, before the segment does: bytes are missing. */
  isShort: boolean;
  /** Place in the file up to which the bytes in memory are frames that were checked together. */
  checkedTo: number;
}

/**
 * Reads the acknowledged records of a spool from its files, in order, as long as there are any. {@link next} goes through
 * the bytes in memory, and {@link fill} reads more of them.
 */
export class LogReader {
  readonly #files: SpoolFiles;
  readonly #backlog: Backlog;
  readonly #onLost: (segment: Segment) => void;
  readonly #fields: FieldReader = new FieldReader();
  #place: Place | undefined;
  /** The segment that was read last. */
  #last: Segment | undefined;
  #buffer: Buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #chunk: Buffer = this.#buffer.subarray(0, 0);
  #at = 0;
  #needed = 0;
  /** Records that were acknowledged and cannot be read any more. */
  lostRecords = 0;

  /** @param onLost - records of the segment have left the spool, because they cannot be read */
  constructor(files: SpoolFiles, backlog: Backlog, onLost: (segment: Segment) => void) {
    this.#files = files;
    this.#backlog = backlog;
    this.#onLost = onLost;
  }

  /** The segment of the latest record. */
  get segment(): Segment {
    return (this.#place as Place).segment;
  }

  /** Index of the latest record in its segment. */
  get index(): number {
    return (this.#place as Place).frames.index;
  }

  /** Reads the latest record: views of a chunk, valid until the next call of {@link fill}. The next call reuses the object. */
  readRecord(): SpooledRecord {
    const { frames } = this.#place as Place;
    return this.#fields.read(this.#chunk, frames.start, frames.end);
  }

  /** Bytes of the latest record on disk. */
  get recordBytes(): number {
    const { frames } = this.#place as Place;
    return frames.end - frames.start;
  }

  /** Bytes on disk behind the latest record. */
  get unreadBytes(): number {
    const read = this.#place?.segment ?? this.#last;
    let bytes = this.#place === undefined ? 0 : this.#place.segment.bytes - this.#place.frames.position;
    for (const segment of this.#backlog.segments) {
      if (read === undefined || segment.number > read.number) bytes += segment.bytes - SEGMENT_HEADER_BYTES;
    }
    return bytes;
  }

  /** Goes to the next record in memory. False: call {@link fill}. */
  next(): boolean {
    const place = this.#place;
    if (place === undefined) return false;
    const { frames, segment } = place;
    if (place.checkedTo > frames.position) {
      frames.nextChecked(this.#chunk, this.#at);
      this.#at = frames.end;
      return true;
    }
    const expected = frames.nextIndex;
    this.#needed = frames.next(this.#chunk, this.#at, this.#isAtEnd(place));
    this.#at = frames.end;
    if (this.#needed > 0) return false;
    if (frames.index > expected) this.#lose(segment, expected, frames.index);
    return true;
  }

  /**
   * Reads more bytes.
   *
   * @returns false when there is nothing to read now; rejects with an error of the file system
   */
  async fill(): Promise<boolean> {
    for (;;) {
      const place = this.#place;
      if (place === undefined) {
        const segment = this.#backlog.after(this.#last);
        if (segment === undefined) return false;
        await this.#enter(segment);
        continue;
      }
      const start = place.frames.position;
      const left = this.#chunk.length - this.#at;
      const unread = place.isShort ? 0 : place.segment.bytes - (start + left);
      if (unread > 0) {
        await this.#read(place, start, left, unread);
        return true;
      }
      if (!(place.segment.isSealed || place.isShort)) {
        // The segment may grow. Nothing of it is left to read, so what was not found is damaged.
        if (left === 0) this.#lose(place.segment, place.frames.nextIndex, place.segment.records);
        return false;
      }
      // The last bytes may be damaged: next() decides about them.
      if (left > 0) return true;
      await this.#leave(place);
    }
  }

  /** Begins again at the oldest record that has not left the spool. */
  async rewind(): Promise<void> {
    await this.close();
    this.#last = undefined;
  }

  /** Goes to the end of the log: the next records are those that are appended from now on. */
  async toEnd(): Promise<void> {
    await this.close();
    const segment = this.#backlog.segments.at(-1);
    this.#last = segment;
    if (segment === undefined || segment.isSealed) return;
    const file = await this.#open(segment);
    if (file !== undefined) {
      this.#begin(segment, file, new FrameReader(segment.header.nonce, segment.bytes, segment.records));
    }
  }

  async close(): Promise<void> {
    const place = this.#place;
    this.#place = undefined;
    this.#chunk = this.#buffer.subarray(0, 0);
    this.#at = 0;
    await place?.file.close();
  }

  async #enter(segment: Segment): Promise<void> {
    if (segment.isSealed && segment.untaken === 0) {
      this.#last = segment;
      return;
    }
    const file = await this.#open(segment);
    this.#last = segment;
    if (file !== undefined) this.#begin(segment, file, new FrameReader(segment.header.nonce, SEGMENT_HEADER_BYTES));
  }

  /**
   * Opens the file of a segment; undefined when it was removed: all its records have left the spool meanwhile, or somebody
   * else has removed it, and they are lost.
   */
  async #open(segment: Segment): Promise<SpoolFile | undefined> {
    try {
      return await this.#files.open(segmentFile(segment.number, "records"));
    } catch (error) {
      if (segment.isDelivered) return undefined;
      if (!(segment.isSealed && (await this.#isRemoved(segment)))) throw error;
      this.#lose(segment, 0, segment.records);
      return undefined;
    }
  }

  /** Whether the directory has other files of this spool, and not this one: a volume that is away has none. */
  async #isRemoved({ number }: Segment): Promise<boolean> {
    const names = await this.#files.list();
    const isThere = (segment: Segment): boolean => names.includes(segmentFile(segment.number, "records"));
    return (
      !names.includes(segmentFile(number, "records")) &&
      (names.includes(FORMAT_FILE) || this.#backlog.segments.some(isThere))
    );
  }

  #begin(segment: Segment, file: SpoolFile, frames: FrameReader): void {
    this.#last = segment;
    this.#place = { segment, file, frames, isShort: false, checkedTo: 0 };
    this.#chunk = this.#buffer.subarray(0, 0);
    this.#at = 0;
    this.#needed = 0;
  }

  async #leave(place: Place): Promise<void> {
    this.#lose(place.segment, place.frames.nextIndex, place.segment.records);
    await this.close();
  }

  async #read(place: Place, start: number, left: number, unread: number): Promise<void> {
    const stretch = left === 0 ? place.segment.stretches.bytesAt(start) : 0;
    const wanted = stretch > 0 ? stretch : Math.min(left + unread, Math.max(CHUNK_BYTES, this.#needed));
    const into = wanted > this.#buffer.length ? Buffer.allocUnsafeSlow(wanted) : this.#buffer;
    this.#chunk.copy(into, 0, this.#at, this.#at + left);
    this.#chunk = into.subarray(0, left);
    this.#at = 0;
    const bytes = await place.file.read(into.subarray(left, wanted), start + left);
    this.#chunk = into.subarray(0, left + bytes);
    place.isShort = bytes < wanted - left;
    if (stretch > 0 && place.segment.stretches.isWhole(this.#chunk, start, crc32)) place.checkedTo = start + stretch;
  }

  /** The chunk has the last byte that may be read: every frame in it is whole, or damaged. */
  #isAtEnd({ segment, frames, isShort }: Place): boolean {
    return isShort || frames.position + this.#chunk.length - this.#at >= segment.bytes;
  }

  #lose(segment: Segment, from: number, to: number): void {
    const before = this.lostRecords;
    for (let index = from; index < to; index++) {
      if (!segment.isUntaken(index)) continue;
      this.#backlog.leave(segment, index);
      this.lostRecords++;
    }
    if (this.lostRecords > before) this.#onLost(segment);
  }
}
