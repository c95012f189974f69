import type { LatencyCounts, newLatency } from "./latency.js";
import type { ShardTotals, Totals } from "./totals.js";

type Latency = ReturnType<typeof newLatency>;

/** Intervals in milliseconds, of which a load takes the first that gives at most {@link MOST_SAMPLES} of them. */
const INTERVALS_MS = [250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 1_800_000];
const MOST_SAMPLES = 80;

/** Records by their outcome. */
export interface Outcomes {
  readonly sent: number;
  readonly delivered: number;
  readonly failed: number;
}

/** The events of one interval of a load: plain data. */
export interface Sample extends Outcomes {
  /** The interval's number, from 0 on. After a standstill of the process, a sample stands for several intervals. */
  readonly index: number;
  /** Real length of the interval in milliseconds. */
  readonly ms: number;
  readonly throttled: number;
  /** At its end. */
  readonly bufferedRecords: number;
  readonly bufferShare: number;
  readonly latency: LatencyCounts;
  readonly shards: Readonly<Record<string, ShardTotals>>;
}

/** The length of an interval for a load of this duration. */
export function intervalOf(durationMs: number): number {
  return INTERVALS_MS.find((ms) => durationMs / ms <= MOST_SAMPLES) ?? 3_600_000;
}

/** Counts the events of a load, interval by interval. */
export class Sampler {
  readonly #intervalMs: number;
  readonly #latency: () => Latency;
  readonly #samples: Sample[] = [];
  readonly #total: Latency;
  #current: Latency;
  #outcomes: Outcomes = { sent: 0, delivered: 0, failed: 0 };
  #shards: Readonly<Record<string, ShardTotals>> = {};
  #fromMs = 0;

  constructor(intervalMs: number, latency: () => Latency) {
    this.#intervalMs = intervalMs;
    this.#latency = latency;
    this.#total = latency();
    this.#current = latency();
  }

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /** The latencies of all intervals that have ended. */
  get latency(): Latency {
    return this.#total;
  }

  /** A record was delivered. */
  record(latencyMs: number): void {
    this.#current.record(latencyMs);
  }

  /** When the interval ends, in milliseconds from the start. */
  get endsAt(): number {
    return (this.#index + 1) * this.#intervalMs;
  }

  /** A timer is early or late by some milliseconds. */
  get #index(): number {
    return Math.round(this.#fromMs / this.#intervalMs);
  }

  /**
   * Ends the interval.
   *
   * @param atMs - milliseconds from the start
   */
  take(atMs: number, outcomes: Outcomes, totals: Totals): void {
    const latency = this.#current.counts();
    this.#total.add(latency);
    this.#current = this.#latency();
    const shards = grown(totals.shards, this.#shards);
    this.#samples.push({
      index: this.#index,
      ms: atMs - this.#fromMs,
      sent: outcomes.sent - this.#outcomes.sent,
      delivered: outcomes.delivered - this.#outcomes.delivered,
      failed: outcomes.failed - this.#outcomes.failed,
      throttled: Object.values(shards).reduce((sum, [, , throttled]) => sum + throttled, 0),
      bufferedRecords: totals.bufferedRecords,
      bufferShare: totals.bufferShare,
      latency,
      shards,
    });
    this.#outcomes = outcomes;
    this.#shards = totals.shards;
    this.#fromMs = atMs;
  }
}

function grown(
  now: Readonly<Record<string, ShardTotals>>,
  before: Readonly<Record<string, ShardTotals>>,
): Record<string, ShardTotals> {
  const entries = Object.entries(now).map(([shardId, [records, bytes, throttled]]) => {
    const [recordsBefore, bytesBefore, throttledBefore] = before[shardId] ?? [0, 0, 0];
    return [shardId, [records - recordsBefore, bytes - bytesBefore, throttled - throttledBefore]] as const;
  });
  return Object.fromEntries(entries.filter(([, [records, , throttled]]) => records > 0 || throttled > 0));
}
