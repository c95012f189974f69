/** Counts amounts against a rate. Time comes in as `now`, milliseconds, and never goes back. */
export interface RateMeter {
  /**
   * Whether the amount may be taken now. An amount above the capacity may be taken when there is no debt, and makes
   * one.
   */
  has(amount: number, now: number): boolean;
  take(amount: number, now: number): void;
}

/** A token bucket: full at first, refilled continuously. */
export class BucketMeter implements RateMeter {
  readonly #perSecond: number;
  readonly #capacity: number;
  #tokens: number;
  #filledAt = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number, capacity: number = perSecond) {
    this.#perSecond = perSecond;
    this.#capacity = capacity;
    this.#tokens = capacity;
  }

  has(amount: number, now: number): boolean {
    this.#fill(now);
    return this.#tokens >= Math.min(amount, this.#capacity);
  }

  take(amount: number, now: number): void {
    this.#fill(now);
    this.#tokens -= amount;
  }

  #fill(now: number): void {
    if (now <= this.#filledAt) return;
    const gained = ((now - this.#filledAt) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#capacity, this.#tokens + gained);
    this.#filledAt = now;
  }
}

/** Fixed windows of one second. The unused rest of a window is lost; an excess counts against the next windows. */
export class WindowMeter implements RateMeter {
  readonly #perSecond: number;
  #window = Number.NEGATIVE_INFINITY;
  #used = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  has(amount: number, now: number): boolean {
    this.#enter(now);
    return this.#used + Math.min(amount, this.#perSecond) <= this.#perSecond;
  }

  take(amount: number, now: number): void {
    this.#enter(now);
    this.#used += amount;
  }

  #enter(now: number): void {
    const window = Math.floor(now / 1000);
    if (window <= this.#window) return;
    this.#used = Math.max(0, this.#used - (window - this.#window) * this.#perSecond);
    this.#window = window;
  }
}
