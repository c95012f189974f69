import { AdaptiveRate } from "./adaptive-rate.js";
import { Haste, type RecordTimes } from "./haste.js";
import { TokenBucket } from "./token-bucket.js";

/** Ceilings of the load on one shard. */
export interface ShardLimits {
  readonly recordsPerSecond: number;
  readonly bytesPerSecond: number;
  /** Whether throttling lowers the rate below the ceilings, and success raises it again. */
  readonly adaptive: boolean;
}

/** However low the rate, a shard gets one attempt in this time. Rule 13. */
const LONGEST_WAIT_MS = 5_000;
/**
 * A shard without tokens is tried again when it has tokens for this many milliseconds of its rate, so that a request
 * carries more than one record. Rule 10.
 */
export const REGAIN_MS = 20;
/** Tokens kept after a refusal: this many milliseconds of the ceilings, and at least one record. */
const KEPT_MS = 5;
/**
 * A refused record that takes up more than this part of a second of the ceiling does not lower the rate: it needs a
 * nearly full bucket, and finds one by retrying.
 */
const LARGE_OF_SECOND = 1 / 4;
/** Multiples of it, modulo 1, are spread evenly, for any number of multiples. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

const FOR_EVER: RecordTimes = { lingerMs: 0, recordTtlMs: Number.POSITIVE_INFINITY };

/**
 * Paces one shard: a bucket of Kinesis records and one of bytes, partition keys counted, each about one second deep.
 * Below the ceilings the rate adapts to throttling: see {@link AdaptiveRate}.
 */
export class ShardLimiter {
  readonly limits: ShardLimits;
  readonly #records: TokenBucket;
  readonly #bytes: TokenBucket;
  readonly #rate: AdaptiveRate;
  /** From this moment on, a low adapted rate does not stop one attempt. At the ceilings there are tokens before it. */
  #overdueAt: number;
  #isHeldBack = false;
  #lastBytes = 0;
  /** Whether a record was refused since the last one was sent. */
  #isRefused = false;
  readonly #lingerMs: number;
  readonly #haste: Haste;

  constructor(limits: ShardLimits, now: number, times: RecordTimes = FOR_EVER) {
    this.#lingerMs = times.lingerMs;
    this.#haste = new Haste(times);
    this.limits = limits;
    this.#records = new TokenBucket(Math.max(1, limits.recordsPerSecond), limits.recordsPerSecond, now);
    this.#bytes = new TokenBucket(limits.bytesPerSecond, limits.bytesPerSecond, now);
    this.#rate = new AdaptiveRate(now, Number.isFinite(times.recordTtlMs));
    this.#overdueAt = now + LONGEST_WAIT_MS;
  }

  /** The share of the ceilings in use, 0 to 1. */
  get rateFactor(): number {
    return this.#haste.isOn ? 1 : this.#rate.factor;
  }

  /** The share of the ceilings to which throttling has lowered the rate, also while haste suspends it. */
  get adaptedFactor(): number {
    return this.#rate.factor;
  }

  /** Whether one Kinesis record of this many bytes may go now. */
  hasTokens(bytes: number, now: number, oldestAt: number): boolean {
    if (this.#haste.onFront(oldestAt, now)) this.#onHaste(now);
    if (now >= this.#overdueAt || this.#covers(bytes, now)) return true;
    this.#isHeldBack = true;
    return false;
  }

  #covers(bytes: number, now: number): boolean {
    return this.#records.covers(1, now) && this.#bytes.covers(bytes, now);
  }

  /** The same; if the record may go, its tokens are taken. */
  tryTake(bytes: number, now: number, oldestAt: number = now): boolean {
    if (!this.hasTokens(bytes, now, oldestAt)) return false;
    if (!this.#covers(bytes, now)) {
      // At the ceilings the debt would be paid by now: the rest comes from the adapted rate. Without forgiveness, the
      // debts of overdue attempts would add up, and would stop the shard for minutes after it has recovered.
      this.#records.forgive(now);
      this.#bytes.forgive(now);
    }
    this.#records.take(1, now);
    this.#bytes.take(bytes, now);
    this.#lastBytes = bytes;
    const seconds = Math.max(1 / this.limits.recordsPerSecond, bytes / this.limits.bytesPerSecond);
    // Never sooner than the ceiling allows, so that no window exceeds the ceilings.
    this.#overdueAt = now + Math.max(this.#longestWaitMs(now), seconds * 1000);
    this.#onTaken(seconds, now, now - oldestAt - this.#lingerMs);
    return true;
  }

  /**
   * When to try again after {@link tryTake} returned false: when there are tokens for all waiting records, or for 20 ms
   * of the rate, whichever is less, but at least for the record in front.
   */
  retryAt(
    frontBytes: number,
    waitingRecords: number,
    waitingBytes: number,
    now: number,
    oldestAt: number = now,
  ): number {
    const records = Math.max(1, Math.min(waitingRecords, (this.#records.perSecond * REGAIN_MS) / 1000));
    const bytes = Math.max(frontBytes, Math.min(waitingBytes, (this.#bytes.perSecond * REGAIN_MS) / 1000));
    const at = Math.max(this.#records.coversAt(records, now), this.#bytes.coversAt(bytes, now));
    const hastyAt = this.#haste.isOn ? Number.POSITIVE_INFINITY : this.#haste.beginsAt(oldestAt);
    return Math.min(at, Math.max(now, Math.min(this.#overdueAt, hastyAt)));
  }

  /** The shard took a Kinesis record. */
  onAccepted(now: number): void {
    const before = this.#rate.factor;
    this.#rate.onAccepted(now);
    if (this.#rate.factor !== before) this.#setRates(now);
  }

  /** The shard throttled a Kinesis record of a request that started at `startedAt`. Call it for each of them. */
  onThrottled(startedAt: number, now: number): void {
    if (!this.limits.adaptive) return;
    this.#isRefused = true;
    if (this.#haste.isOn) return;
    if (this.#lastBytes > this.limits.bytesPerSecond * LARGE_OF_SECOND) return;
    const before = this.#rate.factor;
    const isLowered = this.#rate.onRefused(startedAt, now);
    if (this.#rate.factor !== before) this.#setRates(now);
    if (!isLowered) return;
    // After the pause, all saved tokens would be used in one burst, which would be refused again. A few are kept: a
    // producer that sends little, and has saved tokens, need not wait for the rate.
    const { recordsPerSecond, bytesPerSecond } = this.limits;
    this.#records.drain(Math.max(1, (recordsPerSecond * KEPT_MS) / 1000), now);
    this.#bytes.drain(Math.max(this.#lastBytes, (bytesPerSecond * KEPT_MS) / 1000), now);
  }

  /**
   * Producers that all wait the longest time would collide again and again: a hundred records at the same moment, of
   * which the shard takes twenty, and then none until the next such moment. So a producer with a refused record takes
   * another time, and the others keep theirs: after some rounds their times are spread.
   */
  #longestWaitMs(now: number): number {
    return this.#isRefused ? LONGEST_WAIT_MS * (1 - fraction(now * GOLDEN_RATIO) / 2) : LONGEST_WAIT_MS;
  }

  #onTaken(seconds: number, now: number, lateMs: number): void {
    const before = this.#rate.factor;
    this.#rate.onTaken(seconds, this.#isHeldBack, now, lateMs);
    if (this.#rate.factor !== before) this.#setRates(now);
    this.#isHeldBack = false;
    this.#isRefused = false;
  }

  /**
   * Haste began or ended. At its end the rate from before it is out of date: the shard takes records at the ceilings.
   */
  #onHaste(now: number): void {
    if (!this.#haste.isOn) this.#rate.restart(now);
    this.#setRates(now);
  }

  #setRates(now: number): void {
    const factor = this.rateFactor;
    this.#records.setRate(this.limits.recordsPerSecond * factor, now);
    this.#bytes.setRate(this.limits.bytesPerSecond * factor, now);
  }
}

function fraction(number: number): number {
  return number - Math.floor(number);
}
