import type { Random } from "../ports.js";

/** Exponential backoff with jitter. Source: "Exponential Backoff And Jitter", AWS Architecture Blog. */
export interface BackoffLimits {
  readonly baseMs: number;
  readonly maxMs: number;
  /** The random part of a pause, 0 to 1. If absent, the whole pause is random (full jitter). */
  readonly drawnPart?: number;
}

/**
 * For a throttled or failing shard or stream, after a refusal. The cap comes from rule 13: at least one attempt in 5 s.
 */
export const RETRY_BACKOFF: BackoffLimits = { baseMs: 50, maxMs: 5_000 };

/** For ListShards and DescribeStreamSummary, when they fail. */
export const REFRESH_BACKOFF: BackoffLimits = { baseMs: 200, maxMs: 30_000 };

/**
 * For quick retries of one page of ListShards, and of DescribeStreamSummary, before {@link REFRESH_BACKOFF} applies.
 */
export const PAGE_BACKOFF: BackoffLimits = { baseMs: 200, maxMs: 1_000, drawnPart: 0.5 };

/** For a call of a credentials provider, after a call that returned the same credentials. */
export const CREDENTIALS_BACKOFF: BackoffLimits = { baseMs: 200, maxMs: 5_000, drawnPart: 0.5 };

/** For a call of a reader. Half of each pause is fixed, so that `maxAttempts` lasts through a short outage. */
export const READ_BACKOFF: BackoffLimits = { baseMs: 200, maxMs: 10_000, drawnPart: 0.5 };

/**
 * How long to wait after the n-th failure in a row: `base * 2^(n-1)`, at most `max`, less a random part.
 *
 * @param failures - failures in a row, from 1
 */
export function backoffMs(limits: BackoffLimits, failures: number, random: Random): number {
  const ceiling = Math.min(limits.maxMs, limits.baseMs * 2 ** Math.min(failures - 1, 30));
  const drawn = ceiling * (limits.drawnPart ?? 1);
  return ceiling - drawn + drawn * random();
}

/** A pause takes at most this part of the time that a record has left. */
const PART_OF_TIME_LEFT = 1 / 4;
/** A pause is not shortened below this: during a long outage some record always expires soon. */
const SHORTEST_MAX_MS = 250;

/**
 * Backoff for a record that expires soon: short enough for many more attempts.
 *
 * @param leftMs - until the record expires
 */
export function limitsBefore(limits: BackoffLimits, leftMs: number): BackoffLimits {
  const maxMs = Math.max(SHORTEST_MAX_MS, leftMs * PART_OF_TIME_LEFT);
  return maxMs >= limits.maxMs ? limits : { ...limits, maxMs };
}

/** The code and the message of a failure. */
export interface FailureFacts {
  readonly code: string;
  readonly message: string;
}

/** A pause that grows with failures in a row and ends with a success. */
export class Pause {
  readonly #limits: BackoffLimits;
  readonly #random: Random;
  #failures = 0;
  #lastFailureAt: number = Number.NEGATIVE_INFINITY;
  /** The latest failure, for messages; its reporter sets it. */
  failure: FailureFacts | undefined = undefined;
  /** Nothing goes before this moment. */
  until: number = Number.NEGATIVE_INFINITY;

  constructor(limits: BackoffLimits, random: Random) {
    this.#limits = limits;
    this.#random = random;
  }

  /** Failures in a row. */
  get failures(): number {
    return this.#failures;
  }

  /**
   * A request that began at `startedAt` failed. Requests that were already in flight when the pause began failed for
   * the same reason: they do not lengthen the pause or raise the count.
   *
   * @param expiresAt - when the oldest record that waits for the end of the pause expires
   */
  onFailure(startedAt: number, now: number, expiresAt: number = Number.POSITIVE_INFINITY): void {
    if (startedAt < this.#lastFailureAt) return;
    this.#lastFailureAt = now;
    this.#failures++;
    this.until = now + backoffMs(limitsBefore(this.#limits, expiresAt - now), this.#failures, this.#random);
  }

  /** A request that began after the last failure succeeded. */
  onSuccess(startedAt: number): void {
    if (startedAt < this.#lastFailureAt) return;
    this.#failures = 0;
  }
}
