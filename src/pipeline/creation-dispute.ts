/**
 * Lists that go on to show the old stream after an answer told of another. A list lags behind a change for seconds; one that
 * never follows means that the service's numbers do not agree with each other, and tell nothing.
 */
const MOST_LISTS = 12;

/** What a list of the old stream means for the evidence against it: it lags; or the evidence is worth nothing. */
export type DisputeState = "settled" | "open" | "refuted";

/**
 * A sequence number tells that the stream was created again, and lists of its shards tell otherwise. Until one of the two
 * gives in, lists are asked for again and again, with growing pauses, and records are packed so that no map matters.
 */
export class CreationDispute {
  /** When the evidence came, in the clock's milliseconds. */
  #since: number = Number.POSITIVE_INFINITY;
  #lists = 0;

  get isOpen(): boolean {
    return this.#since !== Number.POSITIVE_INFINITY;
  }

  /** An answer tells of another creation of its shard. */
  onEvidence(now: number): void {
    if (!this.isOpen) this.#since = now;
  }

  /** A list has shown the old stream. One that was asked for before the evidence says nothing about it. */
  onOldList(askedAt: number): DisputeState {
    if (!this.isOpen) return "settled";
    if (askedAt >= this.#since && ++this.#lists >= MOST_LISTS) {
      this.end();
      return "refuted";
    }
    return "open";
  }

  /** There is another map. */
  end(): void {
    this.#since = Number.POSITIVE_INFINITY;
    this.#lists = 0;
  }
}
