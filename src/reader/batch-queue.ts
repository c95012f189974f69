/**
 * Batches that were read and not yet taken: a bounded number, first in, first out. A reader reserves a place before it
 * reads, so every batch has one. A batch keeps its place until the next batch is taken.
 */
export class BatchQueue<Batch> {
  readonly #batches: Batch[] = [];
  readonly #waiting: (() => void)[] = [];
  #places: number;
  #isClosed = false;
  #isTaken = false;
  #wakeTaker: () => void = () => {};

  constructor(places: number) {
    this.#places = places;
  }

  /** Resolves with true when a place is free, in the order of the calls; with false once the queue is closed. */
  async reserve(): Promise<boolean> {
    if (this.#isClosed) return false;
    if (this.#places > 0) this.#places--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return !this.#isClosed;
  }

  /** Returns a reserved place. */
  release(): void {
    const next = this.#waiting.shift();
    // The place goes directly to the next waiter. If it were free in between, another caller could take it.
    if (next === undefined) this.#places++;
    else next();
  }

  /** Fills a reserved place. */
  push(batch: Batch): void {
    this.#batches.push(batch);
    this.#wakeTaker();
  }

  /** The next batch; undefined when the queue is closed and empty. One taker at a time. */
  async take(): Promise<Batch | undefined> {
    if (this.#isTaken) this.release();
    this.#isTaken = false;
    while (this.#batches.length === 0 && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        this.#wakeTaker = resolve;
      });
    }
    const batch = this.#batches.shift();
    this.#isTaken = batch !== undefined;
    return batch;
  }

  /** Closes the queue: waiting reservations resolve with false. Batches in the queue can still be taken. */
  close(): void {
    this.#isClosed = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
    this.#wakeTaker();
  }
}
