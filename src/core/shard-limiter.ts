import { TokenBucket } from "./token-bucket.js";

/** Ceilings of what one shard is sent. */
export interface ShardLimits {
  readonly recordsPerSecond: number;
  readonly bytesPerSecond: number;
  /** Whether throttling lowers the rate below the ceilings, and success raises it again. */
  readonly adaptive: boolean;
}

/** What a throttled answer leaves of the rate. */
const DECREASE = 0.7;
/** Share of the ceiling that comes back in a second without throttling. */
const RECOVERY_PER_SECOND = 0.05;
/** The rate never falls below this share of the ceiling. */
const FLOOR = 0.01;
/** However low the rate, a shard gets one attempt in this time. Rule 13. */
const LONGEST_WAIT_MS = 5_000;
/** A shard without tokens is asked again when it has this much of its rate, so that requests do not carry one record each. Rule 10. */
const REGAIN_MS = 20;

/**
 * Paces one shard: a bucket of Kinesis records and one of bytes, partition keys counted, each about one second deep.
 *
 * Below the ceilings the rate adapts, so that producers which share a stream settle near its limit: throttling lowers it
 * by a factor, time without throttling raises it by steps. One answer lowers it at most once, and answers to requests
 * that started before the last lowering tell nothing new.
 */
export class ShardLimiter {
  readonly #limits: ShardLimits;
  readonly #records: TokenBucket;
  readonly #bytes: TokenBucket;
  #factor = 1;
  #factorAt: number;
  #loweredAt: number = Number.NEGATIVE_INFINITY;
  /** From when on a low adapted rate no longer holds up one attempt; at the ceilings there are tokens before it. */
  #overdueAt: number = Number.POSITIVE_INFINITY;

  constructor(limits: ShardLimits, now: number) {
    this.#limits = limits;
    this.#records = new TokenBucket(Math.max(1, limits.recordsPerSecond), limits.recordsPerSecond, now);
    this.#bytes = new TokenBucket(limits.bytesPerSecond, limits.bytesPerSecond, now);
    this.#factorAt = now;
  }

  /** The share of the ceilings in use, 0 to 1. */
  get rateFactor(): number {
    return this.#factor;
  }

  /** Whether one Kinesis record of this many bytes may go now; if so its tokens are taken. */
  tryTake(bytes: number, now: number): boolean {
    this.#recover(now);
    const covered = this.#records.covers(1, now) && this.#bytes.covers(bytes, now);
    if (!covered && now < this.#overdueAt) return false;
    if (!covered) {
      // At the ceilings the bucket would be full again by now, so the debt is that of the adapted rate. Left standing,
      // attempts that go overdue would add up to a debt that holds the shard up for minutes once it has recovered.
      this.#records.forgive(now);
      this.#bytes.forgive(now);
    }
    this.#records.take(1, now);
    this.#bytes.take(bytes, now);
    // Never sooner than the ceiling itself would allow, so that no window carries more than the ceilings say.
    const atCeiling = Math.max(1 / this.#limits.recordsPerSecond, bytes / this.#limits.bytesPerSecond) * 1000;
    this.#overdueAt = now + Math.max(LONGEST_WAIT_MS, atCeiling);
    return true;
  }

  /**
   * When to ask again after a refusal: when there are tokens for everything that waits, or for 20 ms of the rate,
   * whichever is less, but at least for the record in front.
   */
  retryAt(frontBytes: number, waitingRecords: number, waitingBytes: number, now: number): number {
    const records = Math.max(1, Math.min(waitingRecords, (this.#records.perSecond * REGAIN_MS) / 1000));
    const bytes = Math.max(frontBytes, Math.min(waitingBytes, (this.#bytes.perSecond * REGAIN_MS) / 1000));
    const at = Math.max(this.#records.coversAt(records, now), this.#bytes.coversAt(bytes, now));
    return Math.min(at, Math.max(now, this.#overdueAt));
  }

  /**
   * A request that started at `startedAt` was throttled.
   *
   * @param share - of its entries that were, where they go to many shards: the rate falls in proportion
   */
  onThrottled(startedAt: number, now: number, share = 1): void {
    if (!this.#limits.adaptive || startedAt < this.#loweredAt) return;
    this.#recover(now);
    this.#loweredAt = now;
    this.#setFactor(Math.max(FLOOR, this.#factor * (1 - (1 - DECREASE) * share)), now);
  }

  #recover(now: number): void {
    if (this.#factor >= 1 || now <= this.#factorAt) return;
    const gained = ((now - this.#factorAt) / 1000) * RECOVERY_PER_SECOND;
    this.#setFactor(Math.min(1, this.#factor + gained), now);
  }

  #setFactor(factor: number, now: number): void {
    this.#factor = factor;
    this.#factorAt = now;
    this.#records.setRate(this.#limits.recordsPerSecond * factor, now);
    this.#bytes.setRate(this.#limits.bytesPerSecond * factor, now);
  }
}
