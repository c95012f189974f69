import type { SpoolStats } from "../spool/spool-stats.js";
import type { Distribution, ProducerStats, ShardStats, StreamStats } from "../stats.js";
import { BoundedNames } from "./bounded-names.js";
import {
  DISTRIBUTION_METRICS,
  LABELLED_METRICS,
  PRODUCER_METRICS,
  SHARD_COUNTERS,
  SHARD_GAUGES,
  SPOOL_METRICS,
  STREAM_METRICS,
} from "./catalogue.js";
import type { Described, DistributionMetric, LabelledMetric, ShardGauge } from "./metric.js";
import { countOption, type SpoolSnapshot, type StatsSource } from "./stats-source.js";
import { StreamTotals } from "./stream-totals.js";

/** Limits of the label values of an exporter. */
export interface LabelLimits {
  /**
   * Whether metrics of single shards are exported, and of how many shards of each stream at most; `true` is 50. The
   * others are added up as shard `other`. A shard keeps its place until it closes; free places go to the busiest.
   *
   * @defaultValue false
   */
  readonly shards?: boolean | number;
  /**
   * Streams with their own label at most. The others are added up as stream `other`.
   *
   * @defaultValue 200
   */
  readonly maxStreams?: number;
}

/** Where a value belongs. */
export interface PointLabels {
  readonly stream?: string;
  readonly shard?: string;
  readonly code?: string;
  readonly mode?: string;
}

/** A metric with its numbers. */
export interface NumberFamily {
  readonly metric: Described & { readonly kind: "counter" | "gauge" };
  readonly points: { readonly labels: PointLabels; readonly value: number }[];
  /** Whether the points are those of single shards. */
  readonly isOfShards?: true;
}

/** A metric with its distributions. */
export interface DistributionFamily {
  readonly metric: DistributionMetric;
  readonly points: { readonly labels: PointLabels; readonly value: Distribution }[];
}

export type Family = NumberFamily | DistributionFamily;

/** The label value of all that is beyond a limit. */
const OTHER = "other";
const SHARDS_BY_DEFAULT = 50;
const MAX_STREAMS = 200;
/** Codes of a metric of a stream. The service has some twenty; a caller's transport may invent more. */
const MAX_CODES = 50;

/**
 * Makes the points of every metric from snapshots, with a limited number of label values. It remembers which names it
 * has shown, so that counters of `other` do not fall: an exporter keeps one sampler.
 */
export class Sampler {
  readonly #maxShards: number;
  readonly #streams: BoundedNames;
  readonly #totals = new StreamTotals();
  /** By metric and stream. */
  readonly #choices = new Map<string, BoundedNames>();

  constructor({ shards = false, maxStreams }: LabelLimits) {
    this.#maxShards = typeof shards === "boolean" ? (shards ? SHARDS_BY_DEFAULT : 0) : countOption("shards", shards, 0);
    this.#streams = new BoundedNames(countOption("maxStreams", maxStreams, MAX_STREAMS));
  }

  /** The metrics for which {@link sample} finds points in the snapshots of these sources. */
  metricsOf(sources: readonly StatsSource[]): readonly Family["metric"][] {
    return [
      ...PRODUCER_METRICS,
      ...(sources.some(({ hasSpool }) => hasSpool === true) ? SPOOL_METRICS : []),
      ...STREAM_METRICS,
      ...LABELLED_METRICS,
      ...DISTRIBUTION_METRICS,
      ...(this.#maxShards === 0 ? [] : [...SHARD_COUNTERS, ...SHARD_GAUGES]),
    ];
  }

  /** The families of all metrics, each with a point for each stream, in the order of the catalogue. */
  sample(snapshots: readonly ProducerStats[]): Family[] {
    const streams = this.#limited(snapshots);
    return [
      ...PRODUCER_METRICS.map((metric) => ({
        metric,
        points: [{ labels: {}, value: snapshots.reduce((sum, each) => sum + metric.read(each), 0) }],
      })),
      ...spoolFamilies(snapshots),
      ...STREAM_METRICS.map((metric) => ({
        metric,
        points: streams.map(([stream, stats]) => ({ labels: { stream }, value: metric.read(stats) })),
      })),
      ...LABELLED_METRICS.map((metric) => ({
        metric,
        points: streams.flatMap(([stream, stats]) => this.#labelled(stream, metric, stats)),
      })),
      ...DISTRIBUTION_METRICS.map((metric) => ({
        metric,
        points: streams.map(([stream, stats]) => ({ labels: { stream }, value: metric.read(stats) })),
      })),
      ...(this.#maxShards === 0 ? [] : this.#shards(streams)),
    ];
  }

  /** A stream with the name of the rest is part of it. */
  #limited(snapshots: readonly ProducerStats[]): [string, StreamStats][] {
    const names = snapshots.flatMap(({ streams }) => Object.keys(streams)).filter((name) => name !== OTHER);
    const shown = new Set(this.#streams.choose(new Map(names.map((name) => [name, []]))).shown);
    for (const key of this.#choices.keys()) if (!shown.has(streamOf(key))) this.#choices.delete(key);
    const isShown = (name: string): boolean => shown.has(name);
    return [...this.#totals.read(snapshots, isShown, { name: OTHER, has: (name) => !isShown(name) })];
  }

  #choice(key: string, limit: number): BoundedNames {
    const choice = this.#choices.get(key) ?? new BoundedNames(limit);
    this.#choices.set(key, choice);
    return choice;
  }

  #labelled(stream: string, metric: LabelledMetric, stats: StreamStats): NumberFamily["points"] {
    const values = metric.read(stats);
    const rows = new Map(Object.entries(values).map(([name, value]) => [name, [value]]));
    const { shown, other } = this.#choice(`${metric.name} ${stream}`, MAX_CODES).choose(rows);
    const points = shown.map((name) => ({ labels: { stream, [metric.label]: name }, value: values[name] ?? 0 }));
    return other === undefined
      ? points
      : [...points, { labels: { stream, [metric.label]: OTHER }, value: other[0] ?? 0 }];
  }

  #shards(streams: readonly [string, StreamStats][]): NumberFamily[] {
    const chosen = streams
      .filter(([stream]) => stream !== OTHER)
      .map(([stream, stats]) => this.#shardsOf(stream, stats));
    const families = [...SHARD_COUNTERS, ...SHARD_GAUGES];
    return families.map((metric, index) => ({
      metric,
      isOfShards: true,
      points: chosen.flatMap((points) => points.map(({ labels, values }) => ({ labels, value: values[index] ?? 0 }))),
    }));
  }

  /** Values of a stream's shards: first the counters, then the gauges. */
  #shardsOf(stream: string, { shards }: StreamStats): { labels: PointLabels; values: readonly number[] }[] {
    const busiestFirst = Object.entries(shards).sort(([, a], [, b]) => b.bytesDelivered - a.bytesDelivered);
    const rows = new Map(busiestFirst.map(([id, stats]) => [id, SHARD_COUNTERS.map((metric) => metric.read(stats))]));
    const { shown, other } = this.#choice(`shards ${stream}`, this.#maxShards).choose(rows);
    const points = shown.map((shard) => ({
      labels: { stream, shard },
      values: [...(rows.get(shard) ?? []), ...SHARD_GAUGES.map((metric) => metric.read(shards[shard] as ShardStats))],
    }));
    if (other === undefined) return points;
    const hidden = Object.keys(shards).filter((id) => !shown.includes(id));
    const gauges = SHARD_GAUGES.map((metric) => combined(metric, hidden, shards));
    return [...points, { labels: { stream, shard: OTHER }, values: [...other, ...gauges] }];
  }
}

/** Metrics of spools have no point where there is no spool. */
function spoolFamilies(snapshots: readonly ProducerStats[]): NumberFamily[] {
  const spools = spoolsOf(snapshots);
  return SPOOL_METRICS.map((metric) => {
    const values = spools.map((spool) => metric.read(spool));
    const add = metric.unit === "milliseconds" ? Math.max : (a: number, b: number): number => a + b;
    return { metric, points: values.length === 0 ? [] : [{ labels: {}, value: values.reduce((a, b) => add(a, b)) }] };
  });
}

function spoolsOf(snapshots: readonly SpoolSnapshot[]): SpoolStats[] {
  return snapshots.flatMap(({ spool }) => spool ?? []);
}

/** Without a hidden shard the value of an idle one. */
function combined(metric: ShardGauge, ids: readonly string[], shards: StreamStats["shards"]): number {
  const values = ids.map((id) => metric.read(shards[id] as ShardStats));
  return values.length > 0 ? values.reduce((a, b) => metric.combine(a, b)) : metric.combine === Math.min ? 1 : 0;
}

function streamOf(key: string): string {
  return key.slice(key.indexOf(" ") + 1);
}
