/** GetRecords calls a second and shard are 5. Source: "Quotas and limits", Developer Guide; read on 2026-11-21. */
const MIN_INTERVAL_MS = 200;

/** Read from a shard are 2 MiB a second; an answer above that is paid for by waiting. Same source. */
const BYTES_PER_MS: number = (2 * 1024 * 1024) / 1000;

/** What decides when a shard may be read again; times in milliseconds of one clock. */
export interface ReadFacts {
  readonly startedAt: number;
  readonly answeredAt: number;
  /** Data and keys of the answer. */
  readonly bytes: number;
  /** Nothing is left to read. */
  readonly isCaughtUp: boolean;
}

/**
 * How long to wait before a shard is read again.
 *
 * The calls are counted from the answer: from the start, a slow call and a quick one could reach the service too close
 * together. Polls are spread by a quarter each way, so that the shards of a stream do not go in step.
 *
 * @param random - from 0 to 1
 */
export function waitBeforeRead(facts: ReadFacts, pollMs: number, random: number): number {
  const { startedAt, answeredAt, bytes, isCaughtUp } = facts;
  const forCalls = isCaughtUp ? Math.max(MIN_INTERVAL_MS, pollMs * (0.75 + random / 2)) : MIN_INTERVAL_MS;
  const forBytes = startedAt + bytes / BYTES_PER_MS - answeredAt;
  return Math.max(forCalls, forBytes);
}
