/** The full budget, in requests. Below it, the requests in flight are limited. */
const CAPACITY = 10;

/**
 * Limits retries of requests, so that an outage does not multiply the load. Each request that fails as a whole takes
 * one from the budget, and each answer puts one back. While the budget is not full, its value is the limit of requests
 * in flight, at least one: during an outage a single probe is sent at a time, after a pause. Afterwards the limit rises
 * by one with each answer. The budget does not decide the fate of a record. Rule 16.
 */
export class RetryBudget {
  #left = CAPACITY;

  /** Most requests in flight. */
  get maxInFlight(): number {
    return this.#left === CAPACITY ? Number.POSITIVE_INFINITY : Math.max(1, this.#left);
  }

  /** A request failed as a whole, and its records are resent. */
  onFailed(): void {
    this.#left = Math.max(0, this.#left - 1);
  }

  /** The service answered a request. */
  onAnswered(): void {
    this.#left = Math.min(CAPACITY, this.#left + 1);
  }
}
