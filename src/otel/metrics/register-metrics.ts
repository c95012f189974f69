import type { Attributes, BatchObservableResult, Meter, MeterProvider, Observable } from "@opentelemetry/api";
import { InvalidOptionError } from "../../base-errors.js";
import { refuseUnknownOptions } from "../../exporting/known-options.js";
import { type Family, type LabelLimits, type NumberFamily, Sampler } from "../../exporting/sampler.js";
import { type StatsSource, sourcesOf } from "../../exporting/stats-source.js";
import { show } from "../../wording/shown-value.js";
import {
  isOfNumbers,
  messagingMetricAttributes,
  otelAttributes,
  otelName,
  otelUnit,
  otelValue,
  SCOPE,
} from "./otel-names.js";
import { recordDurations } from "./request-durations.js";

/** Options of {@link registerMetrics}. */
export type OtelMetricsOptions = Pick<LabelLimits, "maxStreams">;

/** Ends the metrics. */
export interface OtelMetrics {
  unregister(): void;
}

function meterOf(target: Meter | MeterProvider): Meter {
  const { getMeter, createHistogram } = (target ?? {}) as Partial<Meter & MeterProvider>;
  if (typeof getMeter === "function") return (target as MeterProvider).getMeter(SCOPE);
  if (typeof createHistogram === "function") return target as Meter;
  const message = `target must be a meter or a provider of meters of OpenTelemetry, got ${show(target)}`;
  throw new InvalidOptionError("target", message);
}

/** Bounds of `messaging.client.operation.duration` in the conventions, in seconds. */
const DURATION_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/**
 * Makes the metrics of one or several producers known to OpenTelemetry: `messaging.client.sent.messages` and
 * `messaging.client.operation.duration` of the semantic conventions, and the counters and gauges of `stats()` as
 * `kinesis_producer.…`. Counters and gauges cost nothing between two collections. The duration is recorded once for each
 * request.
 *
 * Distributions, such as the latency of records, and the metrics of single shards need a `StatsMetricProducer` beside it.
 *
 * @param target - a meter, or a provider of meters such as the SDK's `MeterProvider`
 * @throws InvalidOptionError when a limit cannot be used
 *
 * @example
 * ```ts
 * import { metrics } from "@opentelemetry/api";
 * registerMetrics(metrics.getMeterProvider(), producer);
 * ```
 */
export function registerMetrics(
  target: Meter | MeterProvider,
  producers: StatsSource | readonly StatsSource[],
  options: OtelMetricsOptions = {},
): OtelMetrics {
  const sources = sourcesOf(producers);
  refuseUnknownOptions(options, "registerMetrics", ["maxStreams"]);
  const sampler = new Sampler({ ...options, shards: false });
  const meter = meterOf(target);
  const observed = sampler
    .metricsOf(sources)
    .filter((metric): metric is NumberFamily["metric"] => metric.kind !== "histogram");
  const instruments = new Map<string, Observable>(observed.map((metric) => [metric.name, instrumentOf(meter, metric)]));
  const messages = meter.createObservableCounter("messaging.client.sent.messages", {
    description: "User records that were sent, delivered or not.",
    unit: "{message}",
  });
  const observables = [...instruments.values(), messages];
  const observe = (result: BatchObservableResult): void => {
    const families = sampler.sample(sources.map((source) => source.stats()));
    for (const { metric, points } of families.filter(isOfNumbers)) {
      const instrument = instruments.get(metric.name);
      if (instrument === undefined) continue;
      for (const { labels, value } of points)
        result.observe(instrument, otelValue(metric, value), otelAttributes(labels));
    }
    for (const { labels, value } of sentMessages(families)) result.observe(messages, value, labels);
  };
  meter.addBatchObservableCallback(observe, observables);
  const duration = meter.createHistogram("messaging.client.operation.duration", {
    description: "Duration of a PutRecords request.",
    unit: "s",
    advice: { explicitBucketBoundaries: DURATION_BOUNDS },
  });
  const stop = recordDurations(sources, duration, messagingMetricAttributes);
  return {
    unregister: () => {
      stop();
      meter.removeBatchObservableCallback(observe, observables);
    },
  };
}

function instrumentOf(meter: Meter, metric: NumberFamily["metric"]): Observable {
  const about = { description: metric.help, unit: otelUnit(metric) };
  return metric.kind === "counter"
    ? meter.createObservableCounter(otelName(metric), about)
    : meter.createObservableGauge(otelName(metric), about);
}

/**
 * Each user record once, at its end. A record that failed for a reason of this library (its code begins with `KP_`: it
 * expired, its put was aborted) may never have been sent, and the conventions forbid to count it.
 */
function sentMessages(families: readonly Family[]): { labels: Attributes; value: number }[] {
  const pointsOf = (name: string): NumberFamily["points"] =>
    families.filter(isOfNumbers).find(({ metric }) => metric.name === name)?.points ?? [];
  const failures = pointsOf("failures").filter(({ labels }) => labels.code?.startsWith("KP_") === false);
  return [...pointsOf("user_records_delivered"), ...failures].map(({ labels: { stream = "", code }, value }) => ({
    labels: { ...messagingMetricAttributes(stream), ...(code === undefined ? {} : { "error.type": code }) },
    value,
  }));
}
