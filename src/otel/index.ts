/**
 * `kinesis-producer/otel`: OpenTelemetry, by the optional peer `@opentelemetry/api`. No SDK, no producer.
 *
 * @module
 */

export type { LabelLimits } from "../exporting/sampler.js";
export type { StatsSource } from "../exporting/stats-source.js";
export { type OtelMetrics, type OtelMetricsOptions, registerMetrics } from "./metrics/register-metrics.js";
export {
  type CounterData,
  type EmptyResource,
  type GaugeData,
  type HistogramData,
  type HistogramValue,
  type MetricDescription,
  type MetricPoint,
  type StatsCollection,
  type StatsMetricData,
  StatsMetricProducer,
} from "./metrics/stats-metric-producer.js";
export {
  type EventRecord,
  otelProcessing,
  type ProcessingOptions,
  type ProcessingWrapper,
} from "./tracing/processing.js";
export { otelPropagation } from "./tracing/propagation.js";
export { spanContextOf, type TaggedRecord } from "./tracing/trace-context.js";
export { type TraceOptions, traceProducers } from "./tracing/trace-producers.js";
