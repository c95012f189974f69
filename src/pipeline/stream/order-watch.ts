import type { LogEntry } from "../../core/ports.js";

interface Landing {
  readonly sequenceNumber: string;
  readonly answeredAt: number;
}

/**
 * In ordered mode: checks that a shard's sequence numbers ascend from one acknowledged record to the next that was sent
 * after it. If they do not, the service broke its contract, or the stream was created again. Warns once.
 */
export class OrderWatch {
  readonly #tell: (entry: LogEntry, now: number) => void;
  readonly #last: Map<string, Landing> = new Map();
  #hasWarned = false;

  constructor(tell: (entry: LogEntry, now: number) => void) {
    this.#tell = tell;
  }

  /** A shard has acknowledged a record that was sent at `startedAt`. */
  onLanded(shardId: string, sequenceNumber: string, startedAt: number, now: number): void {
    const last = this.#last.get(shardId);
    this.#last.set(shardId, { sequenceNumber, answeredAt: now });
    if (last === undefined || startedAt < last.answeredAt || this.#hasWarned) return;
    if (compareDecimals(sequenceNumber, last.sequenceNumber) > 0) return;
    this.#hasWarned = true;
    const message = `sequence numbers of ${shardId} step back, from ${last.sequenceNumber} to ${sequenceNumber}; the order of its records is not certain`;
    this.#tell({ level: "warn", fields: { event: "order-uncertain", shardId }, message }, now);
  }

  /** The stream was created again: new sequence numbers do not follow the old ones. */
  forget(): void {
    this.#last.clear();
  }
}

/** Compares decimal numbers without leading zeros. */
function compareDecimals(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
