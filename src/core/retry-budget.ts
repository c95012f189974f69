/** Requests that may fail in a row before their repetition is limited. */
const CAPACITY = 10;

/**
 * Limits how often requests are repeated, so that an outage does not multiply the load: each request that fails whole
 * takes one from the budget, each answer puts one back. What is left of it is how many requests may be on their way at a
 * time while it is not full, one at least: in an outage a single probe goes, under the pause, and afterwards requests
 * come back one by one. It says nothing about the fate of a record. Rule 16.
 */
export class RetryBudget {
  #left = CAPACITY;

  /** Requests that may be on their way at a time. */
  get maxInFlight(): number {
    return this.#left === CAPACITY ? Number.POSITIVE_INFINITY : Math.max(1, this.#left);
  }

  /** A request failed whole, and its records go again. */
  onFailed(): void {
    this.#left = Math.max(0, this.#left - 1);
  }

  /** The service answered a request. */
  onAnswered(): void {
    this.#left = Math.min(CAPACITY, this.#left + 1);
  }
}
