/**
 * Added to every answer of {@link TokenBucket.coversAt}: at the exact moment rounding leaves the bucket a hair short as
 * often as not, and whoever asks again would be told to wait for a time too short to pass.
 */
const ROUNDING_MS = 0.001;

/**
 * Tokens that come at a rate and are kept up to a capacity. Whatever costs more than the whole capacity may go when the
 * bucket is full, and leaves a debt: so in any window `w` at most `capacity + rate * w` goes, plus one debt.
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

  /** Whether something of this cost may go now. */
  covers(cost: number, now: number): boolean {
    return this.available(now) >= Math.min(cost, this.capacity);
  }

  /** Takes the cost, into debt where it must. Ask {@link covers} first. */
  take(cost: number, now: number): void {
    this.#refill(now);
    this.#tokens -= cost;
  }

  /** Cancels a debt. */
  forgive(now: number): void {
    this.#refill(now);
    if (this.#tokens < 0) this.#tokens = 0;
  }

  /** Gives up what is saved above `kept`. */
  drain(kept: number, now: number): void {
    this.#refill(now);
    this.#tokens = Math.min(this.#tokens, kept);
  }

  /** The moment at which something of this cost may go, `now` when it may already. */
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
