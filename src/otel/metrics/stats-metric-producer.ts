import type { Attributes, HrTime } from "@opentelemetry/api";
import { foldBuckets } from "../../exporting/fold-buckets.js";
import { refuseUnknownOptions } from "../../exporting/known-options.js";
import {
  type DistributionFamily,
  type Family,
  type LabelLimits,
  type NumberFamily,
  Sampler,
} from "../../exporting/sampler.js";
import { type StatsSource, sourcesOf } from "../../exporting/stats-source.js";
import type { Distribution } from "../../stats.js";
import { isOfNumbers, otelAttributes, otelName, otelUnit, otelValue, SCOPE } from "./otel-names.js";

/** Name, meaning and unit of a metric. */
export interface MetricDescription {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  /** `ValueType.DOUBLE`. */
  readonly valueType: 1;
}

/** A value with its attributes, since the start time. */
export interface MetricPoint<T> {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly attributes: Attributes;
  readonly value: T;
}

/** The value of a histogram. `counts` has one more than `boundaries`. */
export interface HistogramValue {
  readonly buckets: { boundaries: number[]; counts: number[] };
  readonly count: number;
  readonly sum: number;
  readonly min?: number;
  readonly max?: number;
}

interface Cumulative {
  readonly descriptor: MetricDescription;
  /** `AggregationTemporality.CUMULATIVE`. */
  readonly aggregationTemporality: 1;
}

/** A histogram of the SDK: `DataPointType.HISTOGRAM`. */
export interface HistogramData extends Cumulative {
  readonly dataPointType: 0;
  readonly dataPoints: MetricPoint<HistogramValue>[];
}

/** A gauge of the SDK: `DataPointType.GAUGE`. */
export interface GaugeData extends Cumulative {
  readonly dataPointType: 2;
  readonly dataPoints: MetricPoint<number>[];
}

/** A counter of the SDK: `DataPointType.SUM`. */
export interface CounterData extends Cumulative {
  readonly dataPointType: 3;
  readonly isMonotonic: true;
  readonly dataPoints: MetricPoint<number>[];
}

/** A metric, in the form of the SDK's `MetricData`. */
export type StatsMetricData = HistogramData | GaugeData | CounterData;

/** The resource of a collection: empty, because a reader takes the resource of its provider. */
export interface EmptyResource {
  readonly attributes: Attributes;
  merge<R>(other: R | null): R;
  getRawAttributes(): [];
}

/** The result of a collection, in the form of the SDK's `CollectionResult`. */
export interface StatsCollection {
  readonly resourceMetrics: {
    readonly resource: EmptyResource;
    readonly scopeMetrics: { readonly scope: { readonly name: string }; readonly metrics: StatsMetricData[] }[];
  };
  readonly errors: unknown[];
}

/**
 * Metrics of a producer for a reader of the OpenTelemetry SDK that instruments cannot have. First the distributions:
 * latency, buffering time, pacing time, request time, retries, sizes of aggregates and requests; an instrument takes
 * single values, a reader takes whole histograms. Then, with `shards`, the metrics of single shards; an instrument would
 * go on exporting closed shards.
 *
 * It is a `MetricProducer` of `@opentelemetry/sdk-metrics` from 2.0. All points are cumulative.
 *
 * @example
 * ```ts
 * const stats = new StatsMetricProducer(producer, { shards: true });
 * const reader = new PeriodicExportingMetricReader({ exporter, metricProducers: [stats] });
 * ```
 */
export class StatsMetricProducer {
  readonly #sources: readonly StatsSource[];
  readonly #sampler: Sampler;
  readonly #startTime: HrTime = hrTime(Date.now());

  /** @throws InvalidOptionError when a limit cannot be used */
  constructor(producers: StatsSource | readonly StatsSource[], options: LabelLimits = {}) {
    this.#sources = sourcesOf(producers);
    refuseUnknownOptions(options, "StatsMetricProducer", ["shards", "maxStreams"]);
    this.#sampler = new Sampler(options);
  }

  /** The metrics of now, for the SDK. Does not reject. */
  async collect(): Promise<StatsCollection> {
    const errors: unknown[] = [];
    let metrics: StatsMetricData[] = [];
    try {
      const families = this.#sampler.sample(this.#sources.map((source) => source.stats()));
      metrics = families.filter(isForReaders).map((family) => this.#metric(family, hrTime(Date.now())));
    } catch (error) {
      errors.push(error);
    }
    return { resourceMetrics: { resource: NO_RESOURCE, scopeMetrics: [{ scope: { name: SCOPE }, metrics }] }, errors };
  }

  #metric(family: Family, endTime: HrTime): StatsMetricData {
    const times = { startTime: this.#startTime, endTime };
    return isOfNumbers(family) ? numberData(family, times) : histogramData(family, times);
  }
}

type Times = Pick<MetricPoint<number>, "startTime" | "endTime">;

const NO_RESOURCE: EmptyResource = {
  attributes: {},
  merge: <R>(other: R | null): R => other ?? (NO_RESOURCE as R),
  getRawAttributes: () => [],
};

/** Distributions, and metrics of shards. The others have instruments. */
function isForReaders(family: Family): boolean {
  return !isOfNumbers(family) || family.isOfShards === true;
}

function described({ metric }: Family): Cumulative {
  return {
    descriptor: { name: otelName(metric), description: metric.help, unit: otelUnit(metric), valueType: 1 },
    aggregationTemporality: 1,
  };
}

function numberData(family: NumberFamily, times: Times): GaugeData | CounterData {
  const { metric, points } = family;
  const dataPoints = points.map(({ labels, value }) => {
    return { ...times, attributes: otelAttributes(labels), value: otelValue(metric, value) };
  });
  return metric.kind === "counter"
    ? { ...described(family), dataPointType: 3, isMonotonic: true, dataPoints }
    : { ...described(family), dataPointType: 2, dataPoints };
}

function histogramData(family: DistributionFamily, times: Times): HistogramData {
  const { metric, points } = family;
  const inUnit = (value: number): number => otelValue(metric, value);
  const histogramOf = (value: Distribution): HistogramValue => ({
    buckets: { boundaries: metric.bounds.map(inUnit), counts: foldBuckets(value, metric.bounds) },
    count: value.count,
    sum: inUnit(value.sum),
    ...(value.count === 0 ? {} : { min: inUnit(value.min), max: inUnit(value.max) }),
  });
  return {
    ...described(family),
    dataPointType: 0,
    dataPoints: points.map(({ labels, value }) => ({
      ...times,
      attributes: otelAttributes(labels),
      value: histogramOf(value),
    })),
  };
}

/** Seconds and nanoseconds since the Unix epoch. */
function hrTime(epochMs: number): HrTime {
  return [Math.floor(epochMs / 1_000), Math.round((epochMs % 1_000) * 1e6)];
}
