/** The least that is worth keeping: what is smaller comes cheaply from the heap. */
const MIN_KEPT_BYTES = 65_536;
/** Their sizes differ a little, and how many are in use goes up and down. */
const SPARE = 4;
/** Most bytes that are kept where none is in use: a producer that has delivered a full buffer goes idle with this. */
const MAX_SPARE_BYTES = 4 * 1024 * 1024;

/**
 * Memory of request bodies, to be used again: a megabyte that is new for every request costs pages that are touched for the
 * first time, and the collections of garbage that memory outside of the heap sets off (`npm run bench transports`).
 */
export class BodyBuffers {
  readonly #free: Buffer[] = [];
  #freeBytes = 0;

  /** Memory for a body of so many bytes, uninitialized. */
  readonly take = (bytes: number): Buffer => {
    for (let i = this.#free.length - 1; i >= 0; i--) {
      const kept = this.#free[i] as Buffer;
      // A small body must not sit in the memory of a large one for long.
      if (kept.length < bytes || kept.length > bytes * 4) continue;
      this.#free.splice(i, 1);
      this.#freeBytes -= kept.length;
      return kept.subarray(0, bytes);
    }
    // The requests of a producer are about as large as each other: with an eighth more, the next one fits too.
    return Buffer.allocUnsafeSlow(bytes < MIN_KEPT_BYTES ? bytes : bytes + (bytes >> 3)).subarray(0, bytes);
  };

  /**
   * Takes memory back that is a body's alone, and that nobody reads any more, the network included.
   *
   * @param inUse - bodies that are in use now: as many are kept, and up to {@link SPARE} more, which an idle producer keeps
   */
  give(body: Buffer, inUse: number): void {
    const { byteLength } = body.buffer;
    if (byteLength >= MIN_KEPT_BYTES) {
      this.#free.push(Buffer.from(body.buffer));
      this.#freeBytes += byteLength;
    }
    while (this.#hasTooMuch(inUse)) this.#freeBytes -= (this.#free.shift() as Buffer).length;
  }

  #hasTooMuch(inUse: number): boolean {
    const spare = this.#free.length - inUse;
    if (spare > SPARE) return true;
    // While others are in use the next one comes soon, however large.
    return this.#freeBytes > MAX_SPARE_BYTES && (inUse === 0 ? spare > 0 : spare > 1);
  }
}
