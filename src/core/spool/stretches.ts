/** The CRC-32 of bytes behind others, in native code: `crc32` of `node:zlib`. */
export type Crc32 = (bytes: Uint8Array, before?: number) => number;

/** Bytes from which a stretch ends. A group that is written, or a record, may make it longer. */
const STRETCH_BYTES: number = 128 * 1024;

/**
 * One CRC for each stretch of a segment: whole frames that were written by this process, or checked one by one when it
 * opened the directory. The reader compares a stretch with it, by native code, in a tenth of the time that the CRC of each
 * frame takes. Kept in memory only: 8 bytes or more for each 128 KiB.
 */
export class Stretches {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #crcs: number[] = [];
  /** Of the stretch that is not finished. */
  #start: number;
  #end: number;
  #crc = 0;

  /** @param start - place of the first frame in the file */
  constructor(start: number) {
    this.#start = start;
    this.#end = start;
  }

  /** Adds whole frames. Frames that do not follow the last ones begin another stretch. */
  add(frames: Uint8Array, position: number, crc32: Crc32): void {
    if (position !== this.#end) {
      this.#start = position;
      this.#crc = 0;
    }
    this.#crc = crc32(frames, this.#crc);
    this.#end = position + frames.length;
    if (this.#end - this.#start < STRETCH_BYTES) return;
    this.#starts.push(this.#start);
    this.#ends.push(this.#end);
    this.#crcs.push(this.#crc);
    this.#start = this.#end;
    this.#crc = 0;
  }

  /** Bytes of the finished stretch that begins at this place; 0 without one. */
  bytesAt(position: number): number {
    const place = this.#placeOf(position);
    return place < 0 ? 0 : (this.#ends[place] as number) - position;
  }

  /** Whether these are the bytes of the finished stretch that begins at this place. */
  isWhole(bytes: Uint8Array, position: number, crc32: Crc32): boolean {
    const place = this.#placeOf(position);
    return place >= 0 && this.#ends[place] === position + bytes.length && crc32(bytes) === this.#crcs[place];
  }

  #placeOf(position: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] as number) < position) low = middle + 1;
      else high = middle;
    }
    return this.#starts[low] === position ? low : -1;
  }
}
