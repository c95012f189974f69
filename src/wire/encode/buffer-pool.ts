/**
 * Upper bound of bytes kept for reuse; the garbage collector takes the rest. A few requests return about this much at a
 * time. More would be idle memory, next to the memory of waiting records.
 */
const MAX_KEPT_BYTES = 4 * 1024 * 1024;

/**
 * Buffers for reuse. Aggregates come and go at hundreds of megabytes a second. New memory each time means page faults,
 * which cost more than all other work on a large record
 * (`npm run bench cost-model`).
 */
export class BufferPool {
  readonly #free: Map<number, Buffer[]> = new Map();
  #bytes = 0;

  /** A buffer of exactly `bytes` bytes. Its contents are undefined. */
  take(bytes: number): Buffer {
    const buffer = this.#free.get(bytes)?.pop();
    if (buffer === undefined) return Buffer.allocUnsafeSlow(bytes);
    this.#bytes -= bytes;
    return buffer;
  }

  /** Takes back a buffer of {@link take} that is not in use any more. */
  give(buffer: Buffer): void {
    if (this.#bytes + buffer.length > MAX_KEPT_BYTES) return;
    const kept = this.#free.get(buffer.length);
    if (kept === undefined) this.#free.set(buffer.length, [buffer]);
    else kept.push(buffer);
    this.#bytes += buffer.length;
  }
}
