/**
 * Alternatives to the pacing of `core/pacing/shard-limiter`: that of the KPL, and algorithms that other systems use.
 *
 * @module
 */
import { RETRY_BACKOFF } from "../../src/core/pacing/retry-policy.js";
import { REGAIN_MS, ShardLimiter, type ShardLimits } from "../../src/core/pacing/shard-limiter.js";
import { TokenBucket } from "../../src/core/pacing/token-bucket.js";
import { SHARD_BYTES_PER_SECOND, SHARD_RECORDS_PER_SECOND } from "../../src/quotas.js";
import type { Pacing } from "./fleet-producer.js";
import type { Pacer } from "./pacer.js";

const CEILINGS: ShardLimits = {
  recordsPerSecond: SHARD_RECORDS_PER_SECOND,
  bytesPerSecond: SHARD_BYTES_PER_SECOND,
  adaptive: true,
};
const BURST_BYTES = 10 * SHARD_BYTES_PER_SECOND;

/** A share of the limits that adapts to events. */
interface Rate {
  factor: number;
  onTaken?(now: number): void;
  onAccepted?(now: number): void;
  onRefused(startedAt: number, now: number): void;
}

/** Buckets of one second, as in `core/pacing/shard-limiter`, without its longest wait. */
class RatePacer implements Pacer {
  readonly #records: TokenBucket;
  readonly #bytes: TokenBucket;
  readonly #rate: Rate;

  constructor(rate: Rate, now: number, burstBytes: number = SHARD_BYTES_PER_SECOND) {
    this.#rate = rate;
    this.#records = new TokenBucket(SHARD_RECORDS_PER_SECOND, SHARD_RECORDS_PER_SECOND, now);
    this.#bytes = new TokenBucket(burstBytes, SHARD_BYTES_PER_SECOND, now);
  }

  tryTake(bytes: number, now: number): boolean {
    this.#rate.onTaken?.(now);
    this.#records.setRate(SHARD_RECORDS_PER_SECOND * this.#rate.factor, now);
    this.#bytes.setRate(SHARD_BYTES_PER_SECOND * this.#rate.factor, now);
    if (!this.#records.covers(1, now) || !this.#bytes.covers(bytes, now)) return false;
    this.#records.take(1, now);
    this.#bytes.take(bytes, now);
    return true;
  }

  retryAt(frontBytes: number, waitingRecords: number, waitingBytes: number, now: number): number {
    const records = Math.max(1, Math.min(waitingRecords, (this.#records.perSecond * REGAIN_MS) / 1000));
    const bytes = Math.max(frontBytes, Math.min(waitingBytes, (this.#bytes.perSecond * REGAIN_MS) / 1000));
    return Math.max(this.#records.coversAt(records, now), this.#bytes.coversAt(bytes, now));
  }

  onThrottled(startedAt: number, now: number): void {
    this.#rate.onRefused(startedAt, now);
  }

  onAccepted(now: number): void {
    this.#rate.onAccepted?.(now);
  }
}

/** Additive increase by 5 % of the ceiling a second, decrease to 70 %, floor 1 %. */
class PlainAimd implements Rate {
  factor = 1;
  #at = 0;
  #loweredAt = Number.NEGATIVE_INFINITY;

  onTaken(now: number): void {
    this.factor = Math.min(1, this.factor + ((now - this.#at) / 1000) * 0.05);
    this.#at = now;
  }

  onRefused(startedAt: number, now: number): void {
    if (startedAt < this.#loweredAt) return;
    this.#loweredAt = now;
    this.factor = Math.max(0.01, this.factor * 0.7);
  }
}

/** The rate follows the accepted share of about the last hundred records, and is 1 % above it. */
class SuccessRatio implements Rate {
  factor = 1;

  onAccepted(): void {
    this.factor = Math.min(1, this.factor * 1.000_1);
  }

  onRefused(): void {
    this.factor = Math.max(0.002, this.factor * 0.99);
  }
}

/** CUBIC with the constants of the AWS SDKs' adaptive retry mode: beta 0.7, scale 0.4; their unit is a request. */
class SdkCubic implements Rate {
  factor = 1;
  /** Kinesis records of 50 KiB a second. */
  #rate = 20;
  #rateBefore = 0;
  #loweredAt = 0;
  #window = 0;

  onAccepted(now: number): void {
    const since = (now - this.#loweredAt) / 1000;
    this.#set(0.4 * (since - this.#window) ** 3 + this.#rateBefore);
  }

  onRefused(startedAt: number, now: number): void {
    if (startedAt < this.#loweredAt) return;
    this.#rateBefore = this.#rate;
    this.#window = Math.cbrt((this.#rateBefore * (1 - 0.7)) / 0.4);
    this.#loweredAt = now;
    this.#set(this.#rate * 0.7);
  }

  #set(rate: number): void {
    this.#rate = Math.min(20, Math.max(0.05, rate));
    this.factor = this.#rate / 20;
  }
}

/** The KPL's pacing: one and a half times the limits, independent of refusals; checked every 25 ms; no pause. */
class KplPacer extends RatePacer {
  constructor(now: number) {
    super({ factor: 1.5, onRefused: () => {} }, now, BURST_BYTES);
  }

  override retryAt(_frontBytes: number, _waitingRecords: number, _waitingBytes: number, now: number): number {
    return (Math.floor(now / 25) + 1) * 25;
  }
}

/** By name. The first is that of this library, the second that of the KPL. */
export const CANDIDATES = {
  "this library": { newPacer: (now) => new ShardLimiter(CEILINGS, now), backoff: RETRY_BACKOFF },
  KPL: { newPacer: (now) => new KplPacer(now) },
  "fixed ceilings": {
    newPacer: (now) => new ShardLimiter({ ...CEILINGS, adaptive: false }, now),
    backoff: RETRY_BACKOFF,
  },
  "plain AIMD": { newPacer: (now) => new RatePacer(new PlainAimd(), now), backoff: RETRY_BACKOFF },
  "success ratio": { newPacer: (now) => new RatePacer(new SuccessRatio(), now), backoff: RETRY_BACKOFF },
  "CUBIC of the SDK": { newPacer: (now) => new RatePacer(new SdkCubic(), now), backoff: RETRY_BACKOFF },
} as const satisfies Readonly<Record<string, Pacing>>;

/** The name of a pacing algorithm. */
export type Candidate = keyof typeof CANDIDATES;
