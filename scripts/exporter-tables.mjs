/** The tables of docs/exporters.md, made from the tables of the exporters in `dist/`. */
import { pathToFileURL } from "node:url";
import { markdownTable } from "./marked-places.mjs";

/** @param {string} file */
const load = (file) => import(pathToFileURL(file).href);

/** @typedef {{ name: string, kind: string, unit: string, help: string, label?: string }} Metric */
/** @typedef {{ name: string, level: string, unit: string, shard?: object }} CloudWatchMetric */

/**
 * The tables by the names of their places.
 *
 * @returns {Promise<Record<string, string>>}
 */
export async function exporterTables() {
  return {
    names: markdownTable(["Prometheus", "OpenTelemetry", "kind", "labels", "meaning"], await exportedRows()),
    cloudwatch: markdownTable(["CloudWatch", "level", "unit", "dimensions"], await cloudWatchRows()),
  };
}

/** Metrics of the catalogue, with their names and labels in Prometheus. */
async function exportedRows() {
  /** @type {Record<string, readonly Metric[]>} */
  const catalogue = await load("dist/exporting/catalogue.js");
  /** @type {{ prometheusName(metric: Metric, prefix: string): string }} */
  const { prometheusName } = await load("dist/prometheus/prometheus-names.js");
  /** @type {{ otelName(metric: Metric): string }} */
  const { otelName } = await load("dist/otel/metrics/otel-names.js");
  const parts = ["PRODUCER_METRICS", "SPOOL_METRICS", "STREAM_METRICS", "LABELLED_METRICS", "DISTRIBUTION_METRICS"];
  return [...parts, "SHARD_COUNTERS", "SHARD_GAUGES"].flatMap((part) =>
    (catalogue[part] ?? []).map((metric) => {
      const own =
        part === "PRODUCER_METRICS" || part === "SPOOL_METRICS"
          ? []
          : part.startsWith("SHARD_")
            ? ["stream", "shard"]
            : ["stream"];
      const labels = metric.label === undefined ? own : [...own, metric.label];
      const names = [prometheusName(metric, "kinesis_producer_"), otelName(metric)];
      return [...names.map(code), metric.kind, labels.map(code).join(", ") || "–", metric.help];
    }),
  );
}

async function cloudWatchRows() {
  /** @type {{ KPL_METRICS: readonly CloudWatchMetric[], ERRORS_BY_CODE: CloudWatchMetric }} */
  const { KPL_METRICS, ERRORS_BY_CODE } = await load("dist/cloudwatch/kpl-metrics.js");
  /** @type {{ EXTRA_METRICS: readonly CloudWatchMetric[] }} */
  const { EXTRA_METRICS } = await load("dist/cloudwatch/extra-metrics.js");
  return [...KPL_METRICS, ERRORS_BY_CODE, ...EXTRA_METRICS].map((metric) => {
    const { name, level, unit, shard } = metric;
    const finest = ["StreamName", ...(shard === undefined ? [] : ["ShardId"])];
    return [
      code(name),
      level,
      unit,
      (metric === ERRORS_BY_CODE ? ["ErrorCode", ...finest] : finest).map(code).join(", "),
    ];
  });
}

/** @param {string} text */
function code(text) {
  return `\`${text}\``;
}
