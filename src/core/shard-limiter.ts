import { AdaptiveRate } from "./adaptive-rate.js";
import { Haste, type RecordTimes } from "./haste.js";
import { TokenBucket } from "./token-bucket.js";

/** Ceilings of what one shard is sent. */
export interface ShardLimits {
  readonly recordsPerSecond: number;
  readonly bytesPerSecond: number;
  /** Whether throttling lowers the rate below the ceilings, and success raises it again. */
  readonly adaptive: boolean;
}

/** However low the rate, a shard gets one attempt in this time. Rule 13. */
const LONGEST_WAIT_MS = 5_000;
/** A shard without tokens is asked again when it has this much of its rate, so that requests do not carry one record each. Rule 10. */
export const REGAIN_MS = 20;
/** Of what is saved up a refusal leaves what the ceilings allow in this time, or one record. */
const KEPT_MS = 5;
/**
 * A record that takes up more than this part of a second of the ceiling does not lower the rate when it is refused: it needs
 * a bucket that is nearly full, and finds it by trying.
 */
const LARGE_OF_SECOND = 1 / 4;
/** Multiples of it, modulo 1, spread evenly however many there are. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

const FOR_EVER: RecordTimes = { lingerMs: 0, recordTtlMs: Number.POSITIVE_INFINITY };

/**
 * Paces one shard: a bucket of Kinesis records and one of bytes, partition keys counted, each about one second deep.
 * Below the ceilings the rate adapts to what throttling says: see {@link AdaptiveRate}.
 */
export class ShardLimiter {
  readonly #limits: ShardLimits;
  readonly #records: TokenBucket;
  readonly #bytes: TokenBucket;
  readonly #rate: AdaptiveRate;
  /** From when on a low adapted rate no longer holds up one attempt; at the ceilings there are tokens before it. */
  #overdueAt: number;
  #isHeldBack = false;
  #lastBytes = 0;
  /** Whether something was refused since the last record went. */
  #isRefused = false;
  readonly #lingerMs: number;
  readonly #haste: Haste;

  constructor(limits: ShardLimits, now: number, times: RecordTimes = FOR_EVER) {
    this.#lingerMs = times.lingerMs;
    this.#haste = new Haste(times);
    this.#limits = limits;
    this.#records = new TokenBucket(Math.max(1, limits.recordsPerSecond), limits.recordsPerSecond, now);
    this.#bytes = new TokenBucket(limits.bytesPerSecond, limits.bytesPerSecond, now);
    this.#rate = new AdaptiveRate(now, Number.isFinite(times.recordTtlMs));
    this.#overdueAt = now + LONGEST_WAIT_MS;
  }

  /** The share of the ceilings in use, 0 to 1. */
  get rateFactor(): number {
    return this.#haste.isOn ? 1 : this.#rate.factor;
  }

  /** Whether one Kinesis record of this many bytes may go now; if so its tokens are taken. */
  tryTake(bytes: number, now: number, oldestAt: number = now): boolean {
    if (this.#haste.onFront(oldestAt, now)) this.#onHaste(now);
    const isCovered = this.#records.covers(1, now) && this.#bytes.covers(bytes, now);
    if (!isCovered && now < this.#overdueAt) {
      this.#isHeldBack = true;
      return false;
    }
    if (!isCovered) {
      // At the ceilings the debt would be paid by now: what is left is that of the adapted rate. Left standing, attempts
      // that go overdue would add up to a debt that holds the shard up for minutes once it has recovered.
      this.#records.forgive(now);
      this.#bytes.forgive(now);
    }
    this.#records.take(1, now);
    this.#bytes.take(bytes, now);
    this.#lastBytes = bytes;
    const seconds = Math.max(1 / this.#limits.recordsPerSecond, bytes / this.#limits.bytesPerSecond);
    // Never sooner than the ceiling itself would allow, so that no window carries more than the ceilings say.
    this.#overdueAt = now + Math.max(this.#longestWaitMs(now), seconds * 1000);
    this.#onTaken(seconds, now, now - oldestAt - this.#lingerMs);
    return true;
  }

  /**
   * When to ask again after a refusal: when there are tokens for everything that waits, or for 20 ms of the rate,
   * whichever is less, but at least for the record in front.
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
    if (!this.#limits.adaptive) return;
    this.#isRefused = true;
    if (this.#haste.isOn) return;
    if (this.#lastBytes > this.#limits.bytesPerSecond * LARGE_OF_SECOND) return;
    const before = this.#rate.factor;
    const isLowered = this.#rate.onRefused(startedAt, now);
    if (this.#rate.factor !== before) this.#setRates(now);
    if (!isLowered) return;
    // What is saved up would go in one go after the pause that follows, and be refused again. Some of it may: who sends
    // little, and had saved up for it, need not wait for the rate.
    const { recordsPerSecond, bytesPerSecond } = this.#limits;
    this.#records.drain(Math.max(1, (recordsPerSecond * KEPT_MS) / 1000), now);
    this.#bytes.drain(Math.max(this.#lastBytes, (bytesPerSecond * KEPT_MS) / 1000), now);
  }

  /**
   * Producers that all wait the longest time would meet again and again: a hundred in the same moment, of which the shard
   * takes twenty, and nothing until they all come again. So whoever was refused comes at another time, and whoever was
   * not keeps its own: they spread by themselves.
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

  /** Haste began or ended. At its end the rate and the trouble from before it are out of date: the backlog becomes less. */
  #onHaste(now: number): void {
    if (!this.#haste.isOn) this.#rate.restart(now);
    this.#setRates(now);
  }

  #setRates(now: number): void {
    const factor = this.rateFactor;
    this.#records.setRate(this.#limits.recordsPerSecond * factor, now);
    this.#bytes.setRate(this.#limits.bytesPerSecond * factor, now);
  }
}

function fraction(number: number): number {
  return number - Math.floor(number);
}
