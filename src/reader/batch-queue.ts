/**
 * What was read and not yet taken: a bounded number of batches, first in, first out. Whoever wants to read reserves a
 * place first, so that what is read always has one. A batch keeps its place until the next one is asked for.
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

  /** Resolves with true when there is a place, in the order of the calls; with false once it is closed. */
  async reserve(): Promise<boolean> {
    if (this.#isClosed) return false;
    if (this.#places > 0) this.#places--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return !this.#isClosed;
  }

  /** Gives a place back that was reserved. */
  release(): void {
    const next = this.#waiting.shift();
    // The place goes from hand to hand: free in between, somebody else could come first.
    if (next === undefined) this.#places++;
    else next();
  }

  /** Fills a place that was reserved. */
  push(batch: Batch): void {
    this.#batches.push(batch);
    this.#wakeTaker();
  }

  /** The next batch; undefined when it is closed and empty. One taker at a time. */
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

  /** Nothing more comes: who waits for a place hears of it. What is there can be taken. */
  close(): void {
    this.#isClosed = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
    this.#wakeTaker();
  }
}
