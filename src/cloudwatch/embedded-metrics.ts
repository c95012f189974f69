import { InvalidOptionError } from "../base-errors.js";
import { refuseUnknownOptions } from "../exporting/known-options.js";
import type { StatsSource } from "../exporting/stats-source.js";
import { show } from "../wording/shown-value.js";
import {
  type CloudWatchMetricOptions,
  cloudWatchSettings,
  type Dimension,
  METRIC_OPTIONS,
} from "./cloudwatch-options.js";
import { EXTRA_METRICS } from "./extra-metrics.js";
import { type GrownSeries, Growth } from "./growth.js";
import { ERRORS_BY_CODE, KPL_METRICS } from "./kpl-metrics.js";
import { countedValues, type Measure } from "./measure.js";

/** Metrics of a directive, and values of a metric (specification of the embedded metric format, read 2026-11). */
const MAX_METRICS = 100;
const MAX_VALUES = 100;

/** Options of {@link embeddedMetrics}. */
export interface EmbeddedMetricsOptions extends CloudWatchMetricOptions {
  /**
   * Milliseconds since the Unix epoch, for the `Timestamp` of the lines.
   *
   * @defaultValue Date.now
   */
  readonly epochNow?: () => number;
}

/**
 * A producer's metrics as lines in CloudWatch's embedded metric format, for a Lambda function: CloudWatch Logs makes
 * metrics of each line that the function prints. No client, no timer, no request.
 *
 * @example
 * ```ts
 * const metrics = embeddedMetrics(producer);
 * export async function handler() {
 *   await producer.flush();
 *   for (const line of metrics()) console.log(line);
 * }
 * ```
 *
 * @returns a function that gives the lines for all values since its last call, each a JSON object
 * @throws InvalidOptionError when an option cannot be used
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(
  producer: StatsSource | readonly StatsSource[],
  options: EmbeddedMetricsOptions = {},
): () => string[] {
  refuseUnknownOptions(options, "embeddedMetrics", [...METRIC_OPTIONS, "epochNow"]);
  const settings = cloudWatchSettings(options, "stream");
  for (const { name } of settings.dimensions) {
    if (isMember(name))
      throw new InvalidOptionError(
        "dimensions",
        `dimensions must not have ${show(name)}: a line has another member of this name`,
      );
  }
  const growth = new Growth(producer, settings);
  const { epochNow = Date.now } = options;
  return () => {
    const grown = growth.read();
    growth.commit(grown);
    return [...byDimensions(grown).values()]
      .flatMap(directives)
      .map((series) => JSON.stringify(document(series, settings.namespace, epochNow())));
  };
}

/** In a line the dimensions are beside `_aws` and the metrics. */
function isMember(name: string): boolean {
  return name === "_aws" || [ERRORS_BY_CODE, ...KPL_METRICS, ...EXTRA_METRICS].some((metric) => metric.name === name);
}

function byDimensions(all: readonly GrownSeries[]): Map<string, GrownSeries[]> {
  const groups = new Map<string, GrownSeries[]>();
  for (const series of all) {
    const key = JSON.stringify(series.dimensions);
    groups.set(key, [...(groups.get(key) ?? []), series]);
  }
  return groups;
}

function directives(series: readonly GrownSeries[]): GrownSeries[][] {
  return Array.from({ length: Math.ceil(series.length / MAX_METRICS) }, (_, index) =>
    series.slice(index * MAX_METRICS, (index + 1) * MAX_METRICS),
  );
}

/** Series with the same dimensions, as one line. */
function document(series: readonly GrownSeries[], namespace: string, timestamp: number): object {
  const dimensions: readonly Dimension[] = series[0]?.dimensions ?? [];
  return {
    _aws: {
      Timestamp: Math.floor(timestamp),
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          Dimensions: [dimensions.map(({ Name }) => Name)],
          Metrics: series.map(({ metric }) => ({ Name: metric.name, Unit: metric.unit })),
        },
      ],
    },
    ...Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])),
    ...Object.fromEntries(series.map(({ metric, growth }) => [metric.name, emfValue(growth)])),
  };
}

/**
 * A number, or the members that the exporter of the OpenTelemetry Collector (`awsemf`) writes for statistics and
 * distributions: CloudWatch Logs takes them, though the specification names only numbers and arrays.
 */
function emfValue(growth: Measure): number | object {
  const { count, sum, min, max } = growth;
  if (count === 1 && growth.buckets === undefined) return sum;
  const statistics = { Max: max, Min: min, Count: count, Sum: sum };
  if (growth.buckets === undefined) return statistics;
  const { values, counts } = countedValues(growth, MAX_VALUES);
  return { Values: values, Counts: counts, ...statistics };
}
