import { SHARD_BYTES_PER_SECOND, SHARD_RECORDS_PER_SECOND } from "../../src/quotas.js";
import type { Recording } from "./recording.js";
import { RAW_RECORD_BYTES } from "./simulate.js";

/** The result of a fleet between two moments. */
export interface Measures {
  /** Used share of the shards' limits: of bytes, or of records where those are the limit. */
  readonly utilisation: number;
  /** Refused share of the Kinesis records sent. */
  readonly throttled: number;
  /** Jain's index over the bytes of each producer: 1 when all are equal, 1/n when one producer has everything. */
  readonly fairness: number;
}

/** Limit of one second of recording, in bytes. */
export function capacityBytes(records: "aggregated" | "raw", shards: number): number {
  return shards * (records === "raw" ? SHARD_RECORDS_PER_SECOND * RAW_RECORD_BYTES : SHARD_BYTES_PER_SECOND);
}

/**
 * Measures from second `from` to second `to`.
 *
 * @param capacity - bytes a second
 */
export function measure(recording: Recording, from: number, to: number, capacity: number): Measures {
  const accepted = sum(recording.accepted, from, to);
  const throttled = sum(recording.throttled, from, to);
  const shares = recording.byProducer.map((bytes) => sum(bytes, from, to));
  return {
    utilisation: sum(recording.acceptedBytes, from, to) / (capacity * (to - from)),
    throttled: throttled / Math.max(1, accepted + throttled),
    fairness: jain(shares),
  };
}

/**
 * The first second after `from` at which `holds` is true for ten seconds in a row; Infinity when there is none before
 * `to`.
 */
export function firstSecond(
  recording: Recording,
  from: number,
  to: number,
  capacity: number,
  holds: (measures: Measures) => boolean,
): number {
  for (let second = from; second + 10 <= to; second++) {
    if (holds(measure(recording, second, second + 10, capacity))) return second;
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * The second after which no stretch of twenty seconds, up to second `to`, has more than one in twenty refused or less
 * than 85 % used of `capacity`; Infinity when there is none.
 */
export function settledFrom(recording: Recording, from: number, to: number, capacity: number): number {
  for (let second = to - 20; second >= from; second -= 5) {
    const { throttled, utilisation } = measure(recording, second, second + 20, capacity);
    if (throttled > 0.05 || utilisation < 0.85) return second + 20 >= to ? Number.POSITIVE_INFINITY : second + 20;
  }
  return from;
}

function jain(shares: readonly number[]): number {
  const total = shares.reduce((a, b) => a + b, 0);
  const squares = shares.reduce((a, b) => a + b * b, 0);
  return squares === 0 ? 1 : total ** 2 / (shares.length * squares);
}

function sum(seconds: Float64Array, from: number, to: number): number {
  return seconds.subarray(from, to).reduce((a, b) => a + b, 0);
}
