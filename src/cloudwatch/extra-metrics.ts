import { DISTRIBUTION_METRICS, STREAM_METRICS } from "../exporting/catalogue.js";
import type { Described } from "../exporting/metric.js";
import type { CloudWatchMetric, CloudWatchUnit } from "./kpl-metrics.js";
import { single } from "./measure.js";

/** Rows of the catalogue that say what no metric of the KPL says. */
const NAMES: ReadonlySet<string> = new Set([
  "user_records_refused",
  "user_records_may_be_duplicate",
  "requests",
  "requests_not_sent",
  "requests_failed",
  "kinesis_records_throttled",
  "kinesis_sent_bytes",
  "retries",
  "wrong_shard",
  "shard_map_refreshes",
  "buffered_bytes",
  "waiting_puts",
  "oldest_record_age",
  "hottest_shard_utilisation",
  "slowest_shard_rate_factor",
  "record_latency",
  "pacing_time",
]);

/**
 * Metrics that the KPL does not have, of streams alone, with names in the KPL's form. They are off unless asked for: each
 * one costs money for each stream.
 */
export const EXTRA_METRICS: readonly CloudWatchMetric[] = [
  ...STREAM_METRICS.filter(({ name }) => NAMES.has(name)).map(
    (metric): CloudWatchMetric => ({
      ...described(metric),
      values: metric.kind === "counter" ? "total" : "sample",
      stream: (stats) => single(metric.read(stats)),
    }),
  ),
  ...DISTRIBUTION_METRICS.filter(({ name }) => NAMES.has(name)).map(
    (metric): CloudWatchMetric => ({ ...described(metric), values: "buckets", stream: metric.read }),
  ),
];

function described({ name, unit }: Described): Pick<CloudWatchMetric, "name" | "level" | "unit"> {
  return {
    name: name.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    level: "extra",
    unit: unitOf(unit),
  };
}

function unitOf(unit: Described["unit"]): CloudWatchUnit {
  if (unit === "milliseconds") return "Milliseconds";
  if (unit === "bytes") return "Bytes";
  return unit === "ratio" ? "None" : "Count";
}
