/** Bounds of what all streams of a producer hold together, and of what one stream may hold once there are several. */
export interface BudgetLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** Most of either bound that one stream takes once a second stream is in use, 0 to 1. */
  readonly maxShare: number;
}

/** What one stream holds. */
export class StreamBudget {
  records = 0;
  bytes = 0;
}

/**
 * Counts what is accepted and not settled, in records and in bytes: buffered, waiting for quota, in flight, waiting for a
 * retry. Waiting puts are not in it.
 */
export class BufferBudget {
  readonly #limits: BudgetLimits;
  readonly #streams: Set<StreamBudget> = new Set();
  #records = 0;
  #bytes = 0;

  constructor(limits: BudgetLimits) {
    this.#limits = limits;
  }

  get records(): number {
    return this.#records;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a record of this size could ever be accepted. */
  canEverHold(bytes: number): boolean {
    return bytes <= this.#limits.maxBytes;
  }

  /** Starts to count a stream. */
  open(): StreamBudget {
    const stream = new StreamBudget();
    this.#streams.add(stream);
    return stream;
  }

  /** Forgets a stream that holds nothing. */
  retire(stream: StreamBudget): void {
    this.#streams.delete(stream);
  }

  /** Takes room for one record of this many bytes, if it fits now. */
  tryTake(stream: StreamBudget, bytes: number): boolean {
    if (!this.hasRoom(stream, bytes)) return false;
    this.take(stream, 1, bytes);
    return true;
  }

  /** Whether one more record of this many bytes fits now. A stream that holds nothing may always have one. */
  hasRoom(stream: StreamBudget, bytes: number): boolean {
    const { maxRecords, maxBytes } = this.#limits;
    if (this.#streams.size > 1) return this.#hasShare(stream, bytes);
    return this.#records < maxRecords && this.#bytes + bytes <= maxBytes;
  }

  /** The same where there are other streams. */
  #hasShare(stream: StreamBudget, bytes: number): boolean {
    const { maxRecords, maxBytes, maxShare } = this.#limits;
    if (stream.records === 0) return true;
    // Each stream's part of what the others may not take: room that a throttled neighbour cannot fill.
    const own = (1 - maxShare) / this.#streams.size;
    if (stream.records < maxRecords * own && stream.bytes + bytes <= maxBytes * own) return true;
    return (
      this.#records < maxRecords &&
      this.#bytes + bytes <= maxBytes &&
      stream.records < maxRecords * maxShare &&
      stream.bytes + bytes <= maxBytes * maxShare
    );
  }

  /** Takes room; ask {@link hasRoom} first. */
  take(stream: StreamBudget, records: number, bytes: number): void {
    stream.records += records;
    stream.bytes += bytes;
    this.#records += records;
    this.#bytes += bytes;
  }

  /** Gives room back. */
  release(stream: StreamBudget, records: number, bytes: number): void {
    this.take(stream, -records, -bytes);
  }
}
