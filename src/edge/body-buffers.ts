/** Smaller buffers are not kept: new ones are cheap. */
const MIN_KEPT_BYTES = 65_536;
/** Buffers kept beyond those in use: sizes differ a little, and the number in use varies. */
const SPARE = 4;
/** Most bytes that an idle producer keeps, for example after it has delivered a full buffer. */
const MAX_SPARE_BYTES = 4 * 1024 * 1024;

/**
 * Memory of request bodies, which is reused. A new megabyte for every request costs page faults, and garbage
 * collections, which memory outside of the heap triggers (`npm run bench transports`).
 */
export class BodyBuffers {
  readonly #free: Buffer[] = [];
  #freeBytes = 0;

  /** Memory for a body of this many bytes, uninitialized. */
  readonly take = (bytes: number): Buffer => {
    for (let i = this.#free.length - 1; i >= 0; i--) {
      const kept = this.#free[i] as Buffer;
      // A small body must not hold the memory of a large one.
      if (kept.length < bytes || kept.length > bytes * 4) continue;
      this.#free.splice(i, 1);
      this.#freeBytes -= kept.length;
      return kept.subarray(0, bytes);
    }
    // The requests of a producer have similar sizes: with an eighth more, the next body fits too.
    return Buffer.allocUnsafeSlow(bytes < MIN_KEPT_BYTES ? bytes : bytes + (bytes >> 3)).subarray(0, bytes);
  };

  /**
   * Takes back the memory of a body. Nothing else may use that memory, and nothing may still read it, the network
   * included.
   *
   * @param inUse - bodies that are in use now; at most this many buffers and {@link SPARE} more are kept
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
    // While other bodies are in use, one spare buffer of any size is kept: the next body comes soon.
    return this.#freeBytes > MAX_SPARE_BYTES && (inUse === 0 ? spare > 0 : spare > 1);
  }
}
