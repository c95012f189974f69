/**
 * The forms of the rows in the catalogue of metrics.
 *
 * @module
 */
import type { Distribution, ShardStats, StreamStats } from "../stats.js";

/** The unit in which `stats()` has the value. Prometheus and OpenTelemetry take times in seconds. */
export type Unit = "user records" | "Kinesis records" | "requests" | "events" | "bytes" | "milliseconds" | "ratio";

/** Parts that all rows have. */
export interface Described {
  /** In snake_case, with `bytes` if it counts bytes; without a prefix, and without the unit of times and ratios. */
  readonly name: string;
  readonly unit: Unit;
  readonly help: string;
}

/** A number that only grows. */
export interface CounterMetric<S> extends Described {
  readonly kind: "counter";
  readonly read: (stats: S) => number;
}

/** A number that rises and falls. */
export interface GaugeMetric<S> extends Described {
  readonly kind: "gauge";
  readonly read: (stats: S) => number;
}

export type NumberMetric<S> = CounterMetric<S> | GaugeMetric<S>;

/** A gauge of a shard, and how several shards make one. */
export interface ShardGauge extends GaugeMetric<ShardStats> {
  readonly combine: (a: number, b: number) => number;
}

/** Numbers of a stream by a label. */
export interface LabelledMetric extends Described {
  readonly kind: "counter" | "gauge";
  readonly label: "code" | "mode";
  readonly read: (stats: StreamStats) => Readonly<Record<string, number>>;
}

/** A distribution of a stream. */
export interface DistributionMetric extends Described {
  readonly kind: "histogram";
  /** Upper bounds of the exported buckets, in the unit of `stats()`, ascending. */
  readonly bounds: readonly number[];
  readonly read: (stats: StreamStats) => Distribution;
}

type Read<S> = (stats: S) => number;

export function counter<S>(name: string, unit: Unit, help: string, read: Read<S>): CounterMetric<S> {
  return { name, kind: "counter", unit, help, read };
}

export function gauge<S>(name: string, unit: Unit, help: string, read: Read<S>): GaugeMetric<S> {
  return { name, kind: "gauge", unit, help, read };
}

export function shardGauge(
  name: string,
  unit: Unit,
  help: string,
  read: Read<ShardStats>,
  combine: ShardGauge["combine"],
): ShardGauge {
  return { name, kind: "gauge", unit, help, read, combine };
}

export function byLabel(
  label: LabelledMetric["label"],
  kind: LabelledMetric["kind"],
  name: string,
  unit: Unit,
  help: string,
  read: LabelledMetric["read"],
): LabelledMetric {
  return { name, kind, label, unit, help, read };
}

export function histogram(
  name: string,
  unit: Unit,
  help: string,
  bounds: readonly number[],
  read: DistributionMetric["read"],
): DistributionMetric {
  return { name, kind: "histogram", unit, help, bounds, read };
}
