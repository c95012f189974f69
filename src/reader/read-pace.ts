/**
 * The service allows 5 GetRecords calls per shard and second. Source: "Quotas and limits", Developer Guide; read on
 * 2026-11-21.
 */
const MIN_INTERVAL_MS = 200;

/** The service allows reading 2 MiB per shard and second. A larger answer is followed by a wait. Same source. */
const BYTES_PER_MS: number = (2 * 1024 * 1024) / 1000;

/** Facts that decide when a shard may be read again. Times are milliseconds of one clock. */
export interface ReadFacts {
  readonly startedAt: number;
  readonly answeredAt: number;
  /** Bytes of data and keys in the answer. */
  readonly bytes: number;
  /** Whether nothing is left to read. */
  readonly isCaughtUp: boolean;
}

/**
 * How long to wait before a shard is read again.
 *
 * The interval counts from the answer, not from the start of the call: otherwise a slow call and a fast one could reach
 * the service too close together. Polls vary by a quarter each way, so that shards are not polled at the same time.
 *
 * @param random - from 0 to 1
 */
export function waitBeforeRead(facts: ReadFacts, pollMs: number, random: number): number {
  const { startedAt, answeredAt, bytes, isCaughtUp } = facts;
  const forCalls = isCaughtUp ? Math.max(MIN_INTERVAL_MS, pollMs * (0.75 + random / 2)) : MIN_INTERVAL_MS;
  const forBytes = startedAt + bytes / BYTES_PER_MS - answeredAt;
  return Math.max(forCalls, forBytes);
}
