/**
 * Targets of the figures, by the title of the case. `cpuUs` is CPU time of the producer's process, in microseconds per
 * user record; `of` compares with the CPU time of another case.
 *
 * @typedef {{ recordsPerSecond?: number, cpuUs?: number, of?: { title: string, atMost: number } }} Target
 */

/** @type {Readonly<Record<string, Target>>} */
const ABSOLUTE = {
  "100 B put, JSON": { recordsPerSecond: 900_000, cpuUs: 1.4 },
  "1 KiB put, JSON": { recordsPerSecond: 220_000, cpuUs: 4.8 },
  "100 B enqueue, JSON": { recordsPerSecond: 1_400_000, cpuUs: 0.8 },
  "1 KiB enqueue, JSON": { recordsPerSecond: 240_000, cpuUs: 4.4 },
  "100 B putMany, JSON": { recordsPerSecond: 1_400_000, cpuUs: 0.8 },
  "1 KiB putMany, JSON": { recordsPerSecond: 240_000, cpuUs: 4.4 },
  "100 B put, CBOR": { recordsPerSecond: 1_150_000 },
  "1 KiB put, CBOR": { recordsPerSecond: 290_000, cpuUs: 3.6 },
  "100 B enqueue, CBOR": { recordsPerSecond: 1_800_000 },
  "1 KiB enqueue, CBOR": { recordsPerSecond: 290_000, cpuUs: 3.6 },
};

/** Allowed ratio to the CPU of 4 shards and 51,200 B, with a promise for each record and without. */
const MOST_TIMES = { put: 2, enqueue: 1.5 };

/**
 * @param {{ title: string, baseTitle: string, how: string }} benchCase
 * @returns {Target}
 */
export function targetOf({ title, baseTitle, how }) {
  const times = title === baseTitle ? undefined : MOST_TIMES[/** @type {keyof typeof MOST_TIMES} */ (how)];
  if (times !== undefined && /shards|1 MB/.test(title)) return { of: { title: baseTitle, atMost: times } };
  return ABSOLUTE[title] ?? {};
}

/** Bytes in addition to the caller's objects. */
export const MEMORY_TARGETS = { enqueue: 150, put: 400 };

/** In addition to the linger, p99. */
export const LATENCY_TARGETS_MS = { 100: 2, 1024: 3 };

/** Timers, and a share of a core that counts as zero: the measurement itself costs a little. */
export const IDLE_TARGETS = { timers: 0, percent: 0.1 };
