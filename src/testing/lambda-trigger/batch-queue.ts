/** A record that waits for its batch. */
export interface QueuedRecord {
  /** Bytes of its text in an event, with a comma. */
  readonly bytes: number;
  /** Milliseconds since the Unix epoch. */
  readonly arrivedAt: number;
}

/** When a batch is complete. */
export interface BatchRules {
  /** Records of a batch at most. */
  readonly batchSize: number;
  /** How long a batch may wait for more records, from its first one on. */
  readonly batchingWindowMs: number;
  /** Length of a tumbling window; 0 for none. A batch has records of one window. */
  readonly tumblingWindowMs: number;
}

/**
 * Records in their order, cut into batches: by number, by bytes, by tumbling window, or because the batching window is
 * over. Pure: time is an argument.
 */
export class BatchQueue<Waiting extends QueuedRecord> {
  readonly #rules: BatchRules;
  /** Records before `#start` have been taken. */
  #records: Waiting[] = [];
  #queuedAt: number[] = [];
  #start = 0;
  #bytes = 0;

  constructor(rules: BatchRules) {
    this.#rules = rules;
  }

  get length(): number {
    return this.#records.length - this.#start;
  }

  /** Bytes of the waiting records in events. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The tumbling window of the first record: its start. Undefined when nothing waits. */
  get firstWindowAt(): number | undefined {
    const first = this.#records[this.#start];
    return first === undefined ? undefined : this.#windowOf(first);
  }

  /** @param now - the time of the batching window */
  add(record: Waiting, now: number): void {
    this.#records.push(record);
    this.#queuedAt.push(now);
    this.#bytes += record.bytes;
  }

  /**
   * When the next batch may be taken, on the scale of `add`: the past for a batch that cannot grow; undefined when
   * nothing waits.
   */
  readyAt(maxBytes: number): number | undefined {
    if (this.length === 0) return undefined;
    const end = this.#endOfBatch(maxBytes);
    const isComplete = end < this.#records.length || end - this.#start === this.#rules.batchSize;
    return isComplete
      ? Number.NEGATIVE_INFINITY
      : (this.#queuedAt[this.#start] as number) + this.#rules.batchingWindowMs;
  }

  /** Takes the next batch, as large as it may be. One record always fits. */
  take(maxBytes: number): Waiting[] {
    const end = this.#endOfBatch(maxBytes);
    const batch = this.#records.slice(this.#start, end);
    for (const { bytes } of batch) this.#bytes -= bytes;
    this.#start = end;
    if (this.#start * 2 > this.#records.length) {
      this.#records = this.#records.slice(this.#start);
      this.#queuedAt = this.#queuedAt.slice(this.#start);
      this.#start = 0;
    }
    return batch;
  }

  #endOfBatch(maxBytes: number): number {
    const last = Math.min(this.#records.length, this.#start + this.#rules.batchSize);
    const window = this.firstWindowAt;
    let bytes = 0;
    let end = this.#start;
    while (end < last) {
      const record = this.#records[end] as Waiting;
      bytes += record.bytes;
      if (end > this.#start && (bytes > maxBytes || this.#windowOf(record) !== window)) break;
      end++;
    }
    return end;
  }

  #windowOf({ arrivedAt }: Waiting): number {
    const { tumblingWindowMs } = this.#rules;
    return tumblingWindowMs === 0 ? 0 : windowStart(arrivedAt, tumblingWindowMs);
  }
}

/** The start of the tumbling window that has this moment. Windows are counted from the Unix epoch. */
function windowStart(epochMs: number, lengthMs: number): number {
  return Math.floor(epochMs / lengthMs) * lengthMs;
}
