/**
 * `kinesis-producer/cloudwatch`: the metrics of a producer for CloudWatch, under the names of the KPL. The caller brings the
 * client; nothing of the SDK is loaded.
 *
 * @module
 */
export type { StatsSource } from "../exporting/stats-source.js";
export type { CloudWatchMetricOptions, CustomDimension, Granularity } from "./cloudwatch-options.js";
export {
  CloudWatchReporter,
  type CloudWatchReporterOptions,
  type FlushReport,
  type ReporterLogFields,
  type ReporterLogger,
} from "./cloudwatch-reporter.js";
export { type EmbeddedMetricsOptions, embeddedMetrics } from "./embedded-metrics.js";
export type { CloudWatchUnit } from "./kpl-metrics.js";
export type { MetricDatum, PutMetricDataInput } from "./metric-data.js";
export type { MetricDataClient } from "./metric-data-client.js";
