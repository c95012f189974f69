import { InvalidOptionError } from "../base-errors.js";
import type { SpoolStats } from "../spool/spool-stats.js";
import type { ProducerStats } from "../stats.js";
import { show } from "../wording/shown-value.js";

/** A snapshot of the producer of a spool has the spool's numbers too. */
export interface SpoolSnapshot extends ProducerStats {
  readonly spool?: SpoolStats;
}

/** Gives snapshots. A `KinesisProducer` is one, and the `producer` of a `SpooledProducer`; so is `{ stats: () => snapshot }`. */
export interface StatsSource {
  stats(): ProducerStats;
  /** Whether its snapshots have the numbers of a spool. */
  readonly hasSpool?: boolean;
}

/** The sources as a list: a caller may pass one or several. */
export function sourcesOf(producers: StatsSource | readonly StatsSource[]): readonly StatsSource[] {
  const sources: readonly StatsSource[] = Array.isArray(producers) ? producers : [producers];
  for (const source of sources) {
    if (typeof source?.stats !== "function")
      throw new InvalidOptionError("producer", `producer must have a stats() method, got ${show(source)}`);
  }
  return [...sources];
}

/** A whole number of an exporter's option, or its default. */
export function countOption(option: string, value: number | undefined, byDefault: number): number {
  if (value === undefined) return byDefault;
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidOptionError(option, `${option} must be a whole number from 0, got ${show(value)}`);
}
