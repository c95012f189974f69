import { crc32 } from "./crc32.js";
import { BODY_START_BYTES, FLAG, FRAME_HEADER_BYTES, MAX_BODY_BYTES, seedAt } from "./frame-writer.js";
import { TextCache } from "./text-cache.js";

const NO_BYTES: Buffer = Buffer.alloc(0);

/** The fields of a record on disk. One object is reused for all records of a reader: their number is large. */
export class SpooledRecord {
  streamName: string | undefined = undefined;
  partitionKey: string | undefined = undefined;
  explicitHashKey: string | undefined = undefined;
  /** As `encodeTags` wrote them, the caller's own id included; a view. */
  tags: Buffer | undefined = undefined;
  /** A view: valid as long as the chunk. */
  data: Uint8Array = NO_BYTES;
}

/** The smallest frame: no field, and no data. */
const MIN_FRAME_BYTES: number = FRAME_HEADER_BYTES + BODY_START_BYTES;

/**
 * Finds the frames of one segment in consecutive chunks of its file, in order. Bytes that are no frame (a torn tail, a
 * block of zeros, a changed byte) are skipped up to the next frame whose CRC is right: each frame has its index, so the
 * records behind a gap keep their names.
 */
export class FrameReader {
  readonly #nonce: number;
  /** Place in the file of the next byte. */
  position: number;
  /** Index of the next frame, if no frame is missing. */
  nextIndex: number;
  /** Bytes so far that are no frame. */
  damagedBytes = 0;
  /** Bytes that are no frame since the last frame. */
  #gap = 0;
  /** Of the latest frame: its index, and its place in the chunk. */
  index = 0;
  start = 0;
  end = 0;

  constructor(nonce: number, position: number, nextIndex = 0) {
    this.#nonce = nonce;
    this.position = position;
    this.nextIndex = nextIndex;
  }

  /**
   * Reads the next frame into `index`, `start` and `end`.
   *
   * @param at - the place of `position` in the chunk
   * @param isLast - no byte of the segment follows the chunk
   * @returns 0 for a frame, which ends at `end` of the chunk; otherwise the number of bytes that the chunk must have from
   * `end` on, where the next call begins. `Infinity` at the end of the segment
   */
  next(chunk: Buffer, at: number, isLast: boolean): number {
    let from = at;
    for (;;) {
      const left = chunk.length - from;
      const needed = this.#needed(chunk, from, left);
      if (needed > left && !isLast) {
        this.end = from;
        return needed;
      }
      if (left === 0) {
        this.end = from;
        return Number.POSITIVE_INFINITY;
      }
      if (needed <= left && this.#isFrame(chunk, from, needed)) {
        this.#take(chunk, from, needed);
        return 0;
      }
      from++;
      this.position++;
      this.damagedBytes++;
      this.#gap++;
    }
  }

  /** Goes to the next frame of a chunk of whole frames, which were checked together. It must have one at `at`. */
  nextChecked(chunk: Buffer, at: number): void {
    this.#take(chunk, at, FRAME_HEADER_BYTES + uint32At(chunk, at + 4));
  }

  /** Bytes of a frame that may begin here; of its header, if only that is missing. */
  #needed(chunk: Buffer, from: number, left: number): number {
    if (left < FRAME_HEADER_BYTES) return FRAME_HEADER_BYTES;
    const body = chunk.readUInt32LE(from + 4);
    return body < BODY_START_BYTES || body > MAX_BODY_BYTES || !this.#isIndex(chunk.readUInt32LE(from + 8))
      ? FRAME_HEADER_BYTES
      : FRAME_HEADER_BYTES + body;
  }

  /** Between the last frame and this one there can only be as many records as the gap has room for. */
  #isIndex(index: number): boolean {
    return index >= this.nextIndex && index <= this.nextIndex + this.#gap / MIN_FRAME_BYTES;
  }

  #isFrame(chunk: Buffer, from: number, bytes: number): boolean {
    if (bytes < MIN_FRAME_BYTES) return false;
    return chunk.readUInt32LE(from) === crc32(chunk, from + 4, from + bytes, seedAt(this.#nonce, this.position));
  }

  #take(chunk: Buffer, from: number, bytes: number): void {
    this.index = uint32At(chunk, from + 8);
    this.start = from;
    this.end = from + bytes;
    this.position += bytes;
    this.nextIndex = this.index + 1;
    this.#gap = 0;
  }
}

/** Without the check of the place that a method of Buffer makes. */
function uint32At(chunk: Buffer, at: number): number {
  return (
    ((chunk[at] as number) |
      ((chunk[at + 1] as number) << 8) |
      ((chunk[at + 2] as number) << 16) |
      ((chunk[at + 3] as number) << 24)) >>>
    0
  );
}

/** When a record was appended, in milliseconds since the Unix epoch. */
export function timeOfFrame(chunk: Buffer, start: number): number {
  return chunk.readUIntLE(start + FRAME_HEADER_BYTES, BODY_START_BYTES - 1);
}

/** Reads frames whose CRC is right. */
export class FieldReader {
  /** The latest record; the next call of {@link read} overwrites it. */
  readonly record: SpooledRecord = new SpooledRecord();
  readonly #texts: TextCache = new TextCache();
  #chunk: Buffer = NO_BYTES;
  #at = 0;

  read(chunk: Buffer, start: number, end: number): SpooledRecord {
    const { record } = this;
    const flags = chunk[start + FRAME_HEADER_BYTES + BODY_START_BYTES - 1] as number;
    this.#chunk = chunk;
    this.#at = start + FRAME_HEADER_BYTES + BODY_START_BYTES;
    record.streamName = (flags & FLAG.streamName) === 0 ? undefined : this.#text();
    record.partitionKey = (flags & FLAG.key) === 0 ? undefined : this.#text();
    record.explicitHashKey = (flags & FLAG.hashKey) === 0 ? undefined : this.#text();
    record.tags = (flags & FLAG.tags) === 0 ? undefined : this.#bytes();
    // Half the time of subarray(), which makes a Buffer.
    record.data = new Uint8Array(chunk.buffer, chunk.byteOffset + this.#at, end - this.#at);
    return record;
  }

  #text(): string {
    const end = this.#length() + this.#at;
    const text = this.#texts.textOf(this.#chunk, this.#at, end);
    this.#at = end;
    return text;
  }

  #bytes(): Buffer {
    const end = this.#length() + this.#at;
    const bytes = this.#chunk.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  #length(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#chunk[this.#at++] as number;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  }
}
