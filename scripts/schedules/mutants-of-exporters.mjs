import { edit } from "./mutant.mjs";

/**
 * Metrics that Prometheus, OpenTelemetry and CloudWatch are shown.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_EXPORTERS = [
  {
    name: "a shard that gets a free place takes its counters out of other",
    edits: [
      edit(
        "exporting/bounded-names.ts",
        "const before = this.#hidden;",
        "const before = this.#hidden;\n    this.#other = undefined;",
      ),
    ],
    caughtBy: "test/unit/exporting/bounded-names.test.ts",
  },
  {
    name: "the growth of a shard before it got its place is lost",
    edits: [edit("exporting/bounded-names.ts", "if (!hasPlace || last !== undefined)", "if (!hasPlace)")],
    caughtBy: "test/unit/exporting/bounded-names.test.ts",
  },
  {
    name: "a busier shard takes the place of another one",
    edits: [
      edit(
        "exporting/bounded-names.ts",
        "for (const name of this.#shown) if (!rows.has(name)) this.#shown.delete(name);",
        "this.#shown.clear();",
      ),
    ],
    caughtBy: "test/unit/exporting/bounded-names.test.ts",
  },
  {
    name: "an idle stream that leaves takes its counters out of the sum",
    edits: [
      edit(
        "exporting/stream-totals.ts",
        "this.#totals.set(name, total === undefined ? growth : merged(total, growth));",
        "this.#totals.set(name, present.has(name) && total !== undefined ? merged(total, stats) : stats);",
      ),
    ],
    caughtBy: "test/unit/prometheus/prometheus-text.test.ts",
  },
  {
    name: "a stream that began again counts from where it left",
    edits: [
      edit(
        "exporting/stream-totals.ts",
        "if (now === undefined && !this.#lasting.has(name)) this.#totals.delete(name);\n      else ",
        "if (now !== undefined || this.#lasting.has(name)) ",
      ),
    ],
    caughtBy: "test/unit/prometheus/prometheus-text.test.ts",
  },
  {
    name: "a label is written as it is",
    edits: [edit("prometheus/prometheus-text.ts", "return escapedHelp(text).replaceAll(", "return text.replaceAll(")],
    caughtBy: "test/unit/prometheus/prometheus-text.test.ts",
  },
  {
    name: "buckets are not cumulative",
    edits: [edit("prometheus/samples.ts", "cumulative += count;", "cumulative = count;")],
    caughtBy: "test/unit/prometheus/prometheus-text.test.ts",
  },
  {
    name: "each metric of a registry reads its own snapshot",
    edits: [edit("prometheus/register-metrics.ts", "if (taken === undefined) {", "if (taken === undefined || true) {")],
    caughtBy: "test/unit/prometheus/register-metrics.test.ts",
  },
  {
    name: "the values of a failed minute are lost",
    edits: [
      edit(
        "cloudwatch/cloudwatch-reporter.ts",
        "failed += batch.data.length;",
        "failed += batch.data.length;\n          this.#growth.commit(batch.series);",
      ),
    ],
    caughtBy: "test/unit/cloudwatch/cloudwatch-reporter.test.ts",
  },
  {
    name: "the values of a minute are sent again with the next one",
    edits: [edit("cloudwatch/cloudwatch-reporter.ts", "          this.#growth.commit(batch.series);\n", "")],
    caughtBy: "test/unit/cloudwatch/cloudwatch-reporter.test.ts",
  },
  {
    name: "a PutMetricData that hangs stops the reporter",
    edits: [
      edit(
        "cloudwatch/metric-data-client.ts",
        "await Promise.race([client.putMetricData(input, { abortSignal: aborter.signal }), late]);",
        "await client.putMetricData(input, { abortSignal: aborter.signal });",
      ),
    ],
    caughtBy: "test/unit/cloudwatch/cloudwatch-reporter.test.ts",
  },
  {
    name: "two flushes run at the same time, and send the same values",
    edits: [edit("cloudwatch/cloudwatch-reporter.ts", "    this.#running = running;\n", "")],
    caughtBy: "test/unit/cloudwatch/cloudwatch-reporter.test.ts",
  },
  {
    name: "a failed record is no attempt in UserRecordsPut",
    edits: [
      edit(
        "cloudwatch/measure.ts",
        "return { count, sum, min: sum < count ? 0 : 1, max: sum > 0 ? 1 : 0 };",
        "return ones(sum);",
      ),
    ],
    caughtBy: "test/unit/cloudwatch/kpl-metrics.test.ts",
  },
  {
    name: "the sum of values with counts is that of the buckets' bounds",
    edits: [edit("cloudwatch/measure.ts", "approximate > 0 ? sum / approximate : 1", "1")],
    caughtBy: "test/unit/cloudwatch/cloudwatch-reporter.test.ts",
  },
  {
    name: "the extra metrics are on",
    edits: [edit("cloudwatch/cloudwatch-options.ts", "extra = false", "extra = true")],
    caughtBy: "test/unit/cloudwatch/kpl-metrics.test.ts",
  },
  {
    name: "records that were never sent count as messages sent",
    edits: [
      edit("otel/metrics/register-metrics.ts", 'labels.code?.startsWith("KP_") === false', "labels.code !== undefined"),
    ],
    caughtBy: "test/unit/otel/metrics/otel-metrics.test.ts",
  },
  {
    name: "the duration has the requests of every producer of the process",
    edits: [
      edit(
        "otel/metrics/request-durations.ts",
        "if (own.has((message as RequestMessage).producer)) startedAt",
        "startedAt",
      ),
    ],
    caughtBy: "test/unit/otel/metrics/otel-metrics.test.ts",
  },
];
