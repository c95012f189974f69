/**
 * Added to every result of {@link TokenBucket.coversAt}. Without it, rounding often leaves the bucket slightly short at
 * that moment, and the next result would be a wait that is too short for any timer.
 */
const ROUNDING_MS = 0.001;

/**
 * Tokens that come at a rate and are kept up to a capacity. A cost above the whole capacity may be taken when the
 * bucket is full, and leaves a debt. So in any window `w` at most `capacity + rate * w` is taken, plus one debt.
 */
export class TokenBucket {
  readonly capacity: number;
  #perMs: number;
  #tokens: number;
  #updatedAt: number;

  /**
   * @param capacity - tokens a full bucket holds; it starts full
   * @param perSecond - tokens that come in a second
   * @param now - the clock's milliseconds
   */
  constructor(capacity: number, perSecond: number, now: number) {
    this.capacity = capacity;
    this.#perMs = perSecond / 1000;
    this.#tokens = capacity;
    this.#updatedAt = now;
  }

  /** Tokens that come in a second. */
  get perSecond(): number {
    return this.#perMs * 1000;
  }

  /** Changes the rate from now on. */
  setRate(perSecond: number, now: number): void {
    this.#refill(now);
    this.#perMs = perSecond / 1000;
  }

  /** Tokens at this moment; negative while in debt. */
  available(now: number): number {
    this.#refill(now);
    return this.#tokens;
  }

  /** Whether this cost may be taken now. */
  covers(cost: number, now: number): boolean {
    return this.available(now) >= Math.min(cost, this.capacity);
  }

  /** Takes the cost, with a debt if necessary. Ask {@link covers} first. */
  take(cost: number, now: number): void {
    this.#refill(now);
    this.#tokens -= cost;
  }

  /** Cancels a debt. */
  forgive(now: number): void {
    this.#refill(now);
    if (this.#tokens < 0) this.#tokens = 0;
  }

  /** Drops the saved tokens above `kept`. */
  drain(kept: number, now: number): void {
    this.#refill(now);
    this.#tokens = Math.min(this.#tokens, kept);
  }

  /** The moment at which this cost may be taken; `now` if it may be taken already. */
  coversAt(cost: number, now: number): number {
    const missing = Math.min(cost, this.capacity) - this.available(now);
    return missing <= 0 ? now : now + missing / this.#perMs + ROUNDING_MS;
  }

  #refill(now: number): void {
    if (now <= this.#updatedAt) return;
    this.#tokens = Math.min(this.capacity, this.#tokens + (now - this.#updatedAt) * this.#perMs);
    this.#updatedAt = now;
  }
}
