import type { StreamStats } from "./stats.js";

const lives = new WeakMap<StreamStats, object>();

/** Notes which life of its stream a snapshot shows: the object lives as long as the stream is open. */
export function noteLife(stats: StreamStats, life: object): void {
  lives.set(stats, life);
}

/**
 * Whether two snapshots show different lives of a stream: between them it was forgotten, and opened again with all its
 * counters at 0. False if that is not known, as of snapshots that a caller wrote.
 */
export function hasBegunAgain(now: StreamStats, before: StreamStats): boolean {
  const [life, lifeBefore] = [lives.get(now), lives.get(before)];
  return life !== undefined && lifeBefore !== undefined && life !== lifeBefore;
}
