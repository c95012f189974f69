/**
 * Most bytes that are kept for reuse; what is more than that is the garbage collector's. As much as a few requests give back
 * at a time: more would only be held, and counts as memory of the records that wait.
 */
const MAX_KEPT_BYTES = 4 * 1024 * 1024;

/**
 * Memory that is used again. Aggregates come and go by the hundred megabytes a second: memory that is new each time costs
 * pages that are touched for the first time, more than everything else that is done with a large record
 * (`npm run bench cost-model`).
 */
export class BufferPool {
  readonly #free: Map<number, Buffer[]> = new Map();
  #bytes = 0;

  /** A buffer of exactly so many bytes, with anything in it. */
  take(bytes: number): Buffer {
    const buffer = this.#free.get(bytes)?.pop();
    if (buffer === undefined) return Buffer.allocUnsafeSlow(bytes);
    this.#bytes -= bytes;
    return buffer;
  }

  /** Takes back what {@link take} gave, and nobody uses any more. */
  give(buffer: Buffer): void {
    if (this.#bytes + buffer.length > MAX_KEPT_BYTES) return;
    const kept = this.#free.get(buffer.length);
    if (kept === undefined) this.#free.set(buffer.length, [buffer]);
    else kept.push(buffer);
    this.#bytes += buffer.length;
  }
}
