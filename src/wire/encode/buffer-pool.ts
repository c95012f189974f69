/**
 * Upper bound of bytes kept for reuse; the garbage collector takes the rest. A few requests return about this much at a
 * time. More would be idle memory, next to the memory of waiting records.
 */
const KEPT_BYTES = 4 * 1024 * 1024;
/** Large aggregates, which compression makes, need more: this many of them, */
const KEPT_BUFFERS = 48;
/** but no more bytes than this. */
const MOST_KEPT_BYTES = 16 * 1024 * 1024;

/** A size that was not asked for in this many takes, of any size, is out of use. */
const OUT_OF_USE_TAKES = 256;

/** The free buffers of one size. */
interface Shelf {
  readonly buffers: Buffer[];
  /** The number of takes from the pool until the last one of this size. */
  usedAt: number;
}

/**
 * Buffers for reuse. Aggregates come and go at hundreds of megabytes a second. New memory each time means page faults,
 * which cost more than all other work on a large record (`npm run bench cost-model`).
 *
 * If the pool is full, sizes that are out of use go: the size of a compressed aggregate changes with its ratio, and
 * buffers of former sizes would fill the pool for good.
 */
export class BufferPool {
  readonly #shelves: Map<number, Shelf> = new Map();
  #bytes = 0;
  /** The bound for all sizes together: that of the largest. A bound for each size would leave none to the small ones. */
  #mostBytes = KEPT_BYTES;
  #takes = 0;

  /** A buffer of exactly `bytes` bytes. Its contents are undefined. */
  take(bytes: number): Buffer {
    const shelf = this.#shelfOf(bytes);
    shelf.usedAt = ++this.#takes;
    const buffer = shelf.buffers.pop();
    if (buffer === undefined) return Buffer.allocUnsafeSlow(bytes);
    this.#bytes -= bytes;
    return buffer;
  }

  /** Takes back a buffer of {@link take} that is not in use any more. */
  give(buffer: Buffer): void {
    const bytes = buffer.length;
    this.#mostBytes = Math.max(this.#mostBytes, mostKept(bytes));
    if (this.#bytes + bytes > this.#mostBytes) this.#clear();
    if (this.#bytes + bytes > this.#mostBytes) return;
    this.#shelfOf(bytes).buffers.push(buffer);
    this.#bytes += bytes;
  }

  #shelfOf(bytes: number): Shelf {
    let shelf = this.#shelves.get(bytes);
    if (shelf === undefined) {
      shelf = { buffers: [], usedAt: this.#takes };
      this.#shelves.set(bytes, shelf);
    }
    return shelf;
  }

  /** Drops the sizes that are out of use. */
  #clear(): void {
    this.#mostBytes = KEPT_BYTES;
    for (const [bytes, { buffers, usedAt }] of this.#shelves) {
      if (usedAt > this.#takes - OUT_OF_USE_TAKES) {
        this.#mostBytes = Math.max(this.#mostBytes, mostKept(bytes));
        continue;
      }
      this.#bytes -= bytes * buffers.length;
      this.#shelves.delete(bytes);
    }
  }
}

/** The bound for a buffer of this size. */
function mostKept(bytes: number): number {
  return Math.min(MOST_KEPT_BYTES, Math.max(KEPT_BYTES, bytes * KEPT_BUFFERS));
}
