/**
 * `kinesis-producer/prometheus`: the metrics of a producer for Prometheus. No dependency; prom-client is optional.
 *
 * @module
 */
export type { LabelLimits } from "../exporting/sampler.js";
export type { StatsSource } from "../exporting/stats-source.js";
export type { PrometheusOptions } from "./prometheus-options.js";
export { PROMETHEUS_CONTENT_TYPE, prometheusText } from "./prometheus-text.js";
export { type PrometheusRegistry, type RegisteredMetrics, registerMetrics } from "./register-metrics.js";
