import { InvariantError } from "./invariant.js";
import type { TakenRecord } from "./lane/collector.js";

/** Counts a stream's requests in flight and their user records, in total and per lane. */
export class InFlight {
  #requests = 0;
  #records = 0;
  #lastAt: number = Number.NEGATIVE_INFINITY;
  /** The records of each request. */
  readonly #open: Set<readonly TakenRecord[]> = new Set();

  get requests(): number {
    return this.#requests;
  }

  /** User records in flight. */
  get records(): number {
    return this.#records;
  }

  /** When the latest request started. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** When the oldest unsettled user record in flight was accepted; Infinity when none is. */
  oldestAt(): number {
    let at = Number.POSITIVE_INFINITY;
    for (const items of this.#open)
      for (const { record } of items) if (record.liveCount > 0) at = Math.min(at, record.oldestAt);
    return at;
  }

  /** A request starts. */
  begin(items: readonly TakenRecord[], now: number): void {
    this.#requests++;
    this.#lastAt = now;
    this.#open.add(items);
    for (const { record, lane } of items) {
      this.#records += record.count;
      lane.recordsInFlight += record.count;
    }
  }

  /** The request with these records was answered. */
  end(items: readonly TakenRecord[]): void {
    this.#requests--;
    this.#open.delete(items);
    let least = Math.min(0, this.#requests);
    for (const { record, lane } of items) {
      this.#records -= record.count;
      lane.recordsInFlight -= record.count;
      least = Math.min(least, lane.recordsInFlight);
    }
    if (least < 0) throw this.#endedTwice(least);
  }

  #endedTwice(least: number): InvariantError {
    const found = { requests: this.#requests, records: this.#records, least };
    return new InvariantError("a request that is in flight is answered once", found);
  }
}
