import { expect, it } from "vitest";
import { CloudWatchReporter, embeddedMetrics } from "../../../src/cloudwatch/index.js";
import { registerMetrics, StatsMetricProducer } from "../../../src/otel/index.js";
import { prometheusText } from "../../../src/prometheus/index.js";
import { ManualClock } from "../../../src/testing/manual-clock.js";
import { scriptedSource } from "../../support/sample-stats.js";

const source = scriptedSource();
const client = { putMetricData: async () => ({}) };

it.each<[string, () => unknown, string]>([
  [
    "prometheusText",
    () => prometheusText(source, { lables: {} } as never),
    'the exporter for Prometheus has no option "lables"; did you mean labels?',
  ],
  [
    "CloudWatchReporter",
    () => new CloudWatchReporter({ producer: source, client, interval: 5 } as never),
    'CloudWatchReporter has no option "interval"; did you mean intervalMs?',
  ],
  [
    "embeddedMetrics",
    () => embeddedMetrics(source, { granularty: "stream" } as never),
    'embeddedMetrics has no option "granularty"; did you mean granularity?',
  ],
  [
    "registerMetrics",
    () => registerMetrics({} as never, source, { shards: true } as never),
    'registerMetrics has no option "shards"; known are maxStreams',
  ],
  [
    "StatsMetricProducer",
    () => new StatsMetricProducer(source, { shard: 1 } as never),
    'StatsMetricProducer has no option "shard"; did you mean shards?',
  ],
])("a misspelt option of %s is refused, with the name that was probably meant", (_, call, message) => {
  expect(call).toThrow(message);
});

it.each<[string, () => unknown, string]>([
  [
    "nothing",
    () => new CloudWatchReporter(undefined as never),
    "the options of CloudWatchReporter must be an object, got undefined",
  ],
  ["null", () => prometheusText(source, null as never), "must be an object, got null"],
  [
    "labels that are null",
    () => prometheusText(source, { labels: null } as never),
    "labels must be an object, got null",
  ],
  [
    "extra that is a text",
    () => embeddedMetrics(source, { extra: "no" } as never),
    'extra must be true or false, got "no"',
  ],
])("%s in place of options is refused", (_, call, message) => {
  expect(call).toThrow(message);
});

it("every option that exists is taken", async () => {
  expect(prometheusText(source, { prefix: "p_", labels: { a: "b" }, shards: 2, maxStreams: 3 })).toContain("p_");
  const reporter = new CloudWatchReporter({
    producer: source,
    client,
    namespace: "Mine",
    level: "summary",
    granularity: "stream",
    extra: true,
    dimensions: [],
    maxStreams: 1,
    maxShards: 1,
    intervalMs: 60_000,
    timeoutMs: 1_000,
    logger: { warn: () => undefined },
    clock: new ManualClock(),
  });
  await reporter.close();
});
