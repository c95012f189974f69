/**
 * Upper bound of bytes kept for reuse; the garbage collector takes the rest. A few requests return about this much at a
 * time. More would be idle memory, next to the memory of waiting records.
 */
const KEPT_BYTES = 4 * 1024 * 1024;
/** Large aggregates, which compression makes, need more: this many of them, */
const KEPT_BUFFERS = 48;
/** but no more bytes than this. */
const MOST_KEPT_BYTES = 16 * 1024 * 1024;

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
 * If the pool is full, buffers of the size that was used least recently go: the size of a compressed aggregate changes with
 * its ratio, and buffers of a former size would fill the pool for good.
 */
export class BufferPool {
  readonly #shelves: Map<number, Shelf> = new Map();
  #bytes = 0;
  #takes = 0;

  /** A buffer of exactly `bytes` bytes. Its contents are undefined. */
  take(bytes: number): Buffer {
    this.#takes++;
    const shelf = this.#shelves.get(bytes);
    if (shelf !== undefined) shelf.usedAt = this.#takes;
    const buffer = shelf?.buffers.pop();
    if (buffer === undefined) return Buffer.allocUnsafeSlow(bytes);
    this.#bytes -= bytes;
    return buffer;
  }

  /** Takes back a buffer of {@link take} that is not in use any more. */
  give(buffer: Buffer): void {
    const bytes = buffer.length;
    const shelf = this.#shelves.get(bytes) ?? this.#newShelf(bytes);
    if (this.#bytes + bytes > mostKept(bytes) && !this.#makeRoom(bytes, shelf.usedAt)) return;
    shelf.buffers.push(buffer);
    this.#bytes += bytes;
  }

  #newShelf(bytes: number): Shelf {
    const shelf = { buffers: [], usedAt: this.#takes };
    this.#shelves.set(bytes, shelf);
    return shelf;
  }

  /** Lets buffers go of sizes that were used before `usedAt`, the oldest first; returns whether there is room. */
  #makeRoom(bytes: number, usedAt: number): boolean {
    const older = [...this.#shelves].filter(([, shelf]) => shelf.usedAt < usedAt);
    older.sort(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [size, { buffers }] of older) {
      while (buffers.length > 0 && this.#bytes + bytes > mostKept(bytes)) {
        buffers.pop();
        this.#bytes -= size;
      }
      if (buffers.length === 0) this.#shelves.delete(size);
    }
    return this.#bytes + bytes <= mostKept(bytes);
  }
}

/** The bound for a buffer of this size. */
function mostKept(bytes: number): number {
  return Math.min(MOST_KEPT_BYTES, Math.max(KEPT_BYTES, bytes * KEPT_BUFFERS));
}
