import type { WriteModel } from "../../src/testing/limits/limit-options.js";
import { CANDIDATES, type Candidate } from "./candidates.js";
import { capacityBytes, firstSecond, type Measures, measure, settledFrom } from "./measures.js";
import type { Recording } from "./recording.js";
import { type FleetOptions, simulateFleet } from "./simulate.js";

export const MODELS: readonly WriteModel[] = ["bucket", "window", "burst"];

/** A fleet that does not change. */
export interface SteadyOptions {
  readonly candidate: Candidate;
  readonly model: WriteModel;
  readonly producers: number;
  readonly offered: number;
  readonly records: "aggregated" | "raw";
  /** Start of the measurement, in seconds. */
  readonly settleSeconds: number;
  readonly measuredSeconds: number;
  readonly seeds: number;
}

/** Means over the seeds. */
export interface SteadyResult extends Measures {
  /** Seconds until the fleet had settled; Infinity when it never settled in some run. */
  readonly settledAfter: number;
  /** Refused share of the Kinesis records sent until then; 0 when it never settled. */
  readonly throttledBefore: number;
}

/** Measures a fleet that does not change, on one shard. */
export function runSteady(options: SteadyOptions): SteadyResult {
  const { settleSeconds, measuredSeconds, seeds, records } = options;
  const end = settleSeconds + measuredSeconds;
  const capacity = capacityBytes(records, 1);
  const runs = seedsOf(seeds).map((seed) => {
    const recording = simulateFleet({ ...fleet(options, seed), durationMs: end * 1000 });
    const settledAfter = settledFrom(recording, 0, end, capacity * Math.min(1, options.offered));
    const until = settledAfter === Number.POSITIVE_INFINITY ? 0 : settledAfter;
    const { throttled: throttledBefore } = measure(recording, 0, until, capacity);
    return { ...measure(recording, settleSeconds, end, capacity), settledAfter, throttledBefore };
  });
  return {
    utilisation: mean(runs.map(({ utilisation }) => utilisation)),
    throttled: mean(runs.map(({ throttled }) => throttled)),
    fairness: mean(runs.map(({ fairness }) => fairness)),
    settledAfter: mean(runs.map(({ settledAfter }) => settledAfter)),
    throttledBefore: mean(runs.map(({ throttledBefore }) => throttledBefore)),
  };
}

/** A fleet on a stream whose shards are all split in two halfway. The offered load doubles with the shards. */
export interface ReshardResult {
  readonly before: Measures;
  /** The minute after the split. */
  readonly minuteAfter: Measures;
  readonly after: Measures;
  /** Seconds from the split until the fleet had settled. */
  readonly settledAfter: number;
}

/** Measures a fleet during a split of all shards; two shards at first. */
export function runReshard(model: WriteModel, producers: number, seed: number): ReshardResult {
  const [at, end] = [600, 1200];
  const options = { candidate: "this library", model, producers, offered: 1.5, records: "aggregated" } as const;
  const recording = simulateFleet({
    ...fleet(options, seed),
    shards: 2,
    durationMs: end * 1000,
    reshardAtMs: at * 1000,
  });
  const capacity = capacityBytes("aggregated", 4);
  return {
    before: measure(recording, 300, at, capacityBytes("aggregated", 2)),
    minuteAfter: measure(recording, at, at + 60, capacity),
    after: measure(recording, at + 300, end, capacity),
    settledAfter: settledFrom(recording, at, end, capacity) - at,
  };
}

/** When the other producers come and leave, in seconds. */
export const OTHERS = { comeAt: 300, leaveAt: 900, end: 2100 } as const;

/** A fleet in which some producers stay while others come and leave. */
export interface PassingResult {
  readonly recording: Recording;
  /** Seconds from the arrival of the others until at most one in twenty is refused. */
  readonly fallsAfter: number;
  /** Refused share of the Kinesis records sent until then. */
  readonly throttledUntil: number;
  /** Seconds from their leaving until the remaining producers use nine tenths; Infinity when they never do. */
  readonly climbsAfter: number;
}

/** Measures a fleet of which `stay` producers stay. These alone offer 1.5 times the capacity of the shard. */
export function runPassing(candidate: Candidate, producers: number, stay: number, seed: number): PassingResult {
  const { comeAt, leaveAt, end } = OTHERS;
  const options = { candidate, model: "bucket", producers, records: "aggregated" } as const;
  const recording = simulateFleet({
    ...fleet({ ...options, offered: (1.5 * producers) / stay }, seed),
    durationMs: end * 1000,
    presence: (index) =>
      index < stay ? [index * 7, Number.POSITIVE_INFINITY] : [comeAt * 1000 + index * 3, leaveAt * 1000],
  });
  const capacity = capacityBytes("aggregated", 1);
  const fallen = firstSecond(recording, comeAt, leaveAt, capacity, ({ throttled }) => throttled <= 0.05);
  const climbed = firstSecond(recording, leaveAt, end, capacity, ({ utilisation }) => utilisation >= 0.9);
  return {
    recording,
    fallsAfter: fallen - comeAt,
    throttledUntil: measure(recording, comeAt, Math.min(fallen, leaveAt) + 10, capacity).throttled,
    climbsAfter: climbed - leaveAt,
  };
}

/** 1, 2, ... */
export function seedsOf(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

/** The mean; Infinity if a number is Infinity. */
export function mean(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0) / numbers.length;
}

function fleet(
  { candidate, model, producers, offered, records }: Omit<SteadyOptions, "settleSeconds" | "measuredSeconds" | "seeds">,
  seed: number,
): Omit<FleetOptions, "durationMs"> {
  return { pacing: CANDIDATES[candidate], model, producers, shards: 1, offered, records, seed };
}
