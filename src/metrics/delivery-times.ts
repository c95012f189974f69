import type { Histogram } from "./histogram.js";
import type { RunningSummary } from "./running-summary.js";

/** The receivers of {@link DeliveryTimes}. */
export interface TimesParts {
  readonly latencyMs: Histogram;
  readonly bufferingMs: Histogram;
  /** Of the shard. */
  readonly bufferedMs: RunningSummary;
  /** When the records were delivered. */
  readonly deliveredAt: number;
  /** When the first request with them began. */
  readonly startedAt: number;
}

/**
 * Counts the times of the user records of one Kinesis record, run by run: a run was accepted in one millisecond. At a
 * low rate each record is a run. So a run only adds to two buckets, and the sums are added at the end.
 */
export class DeliveryTimes {
  readonly #parts: TimesParts;
  readonly #requestMs: number;
  #count = 0;
  #bufferedMs = 0;
  #firstAt = 0;
  #lastAt = 0;

  constructor(parts: TimesParts) {
    this.#parts = parts;
    this.#requestMs = parts.deliveredAt - parts.startedAt;
  }

  /** Adds a run; runs come in the order of acceptance. */
  add(acceptedAt: number, times: number): void {
    if (times === 0) return;
    const { latencyMs, bufferingMs, startedAt } = this.#parts;
    const bufferedMs = startedAt - acceptedAt;
    if (this.#count === 0) this.#firstAt = acceptedAt;
    this.#lastAt = acceptedAt;
    this.#count += times;
    this.#bufferedMs += bufferedMs * times;
    bufferingMs.place(bufferedMs, times);
    latencyMs.place(bufferedMs + this.#requestMs, times);
  }

  /** All runs were added. */
  end(): void {
    const { latencyMs, bufferingMs, bufferedMs, startedAt } = this.#parts;
    const count = this.#count;
    if (count === 0) return;
    const sum = Math.max(0, this.#bufferedMs);
    const min = Math.max(0, startedAt - this.#lastAt);
    const max = Math.max(0, startedAt - this.#firstAt);
    const requestMs = this.#requestMs;
    bufferingMs.addTotals({ count, sum, min, max });
    bufferedMs.add({ count, sum, min, max });
    latencyMs.addTotals({ count, sum: sum + count * requestMs, min: min + requestMs, max: max + requestMs });
  }
}
