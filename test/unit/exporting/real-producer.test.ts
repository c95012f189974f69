import { describe, expect, it } from "vitest";
import { CloudWatchReporter, embeddedMetrics, type MetricDatum } from "../../../src/cloudwatch/index.js";
import { StatsMetricProducer } from "../../../src/otel/index.js";
import { prometheusText } from "../../../src/prometheus/index.js";
import { evenShards } from "../../../src/testing/even-shards.js";
import { STREAM, virtualProducer } from "../../support/virtual-producer.js";

describe("the exporters over a producer", () => {
  it("all show the records that it delivered", async () => {
    const { producer, clock, put, start } = virtualProducer({}, evenShards(2));
    await start();
    const puts = Array.from({ length: 20 }, (_, index) => put({ partitionKey: `k${index}`, data: "abc" }));
    await clock.advanceAsync(1_000);
    const sent: MetricDatum[] = [];
    const client = {
      putMetricData: async (input: { MetricData: MetricDatum[] }) => void sent.push(...input.MetricData),
    };
    const reporter = new CloudWatchReporter({ producer, client, clock });
    const lines = embeddedMetrics(producer);

    await reporter.close();
    const text = prometheusText(producer, { shards: true });
    const { errors, resourceMetrics } = await new StatsMetricProducer(producer).collect();

    expect(puts.every(({ state }) => state === "resolved")).toBe(true);
    expect(text).toContain(`kinesis_producer_user_records_delivered_total{stream="${STREAM}"} 20\n`);
    expect(text).toContain(`kinesis_producer_record_latency_seconds_count{stream="${STREAM}"} 20\n`);
    expect(text).not.toMatch(/NaN|undefined/);
    expect(text.match(/kinesis_producer_shard_delivered_bytes_total\{/g)).toHaveLength(2);
    const ofStream = sent.filter(({ Dimensions }) => Dimensions.length === 1 && Dimensions[0]?.Value === STREAM);
    expect(ofStream.find(({ MetricName }) => MetricName === "UserRecordsDataPut")?.StatisticValues).toEqual({
      SampleCount: 20,
      Sum: 60,
      Minimum: 3,
      Maximum: 3,
    });
    expect(ofStream.map(({ MetricName }) => MetricName)).toContain("BufferingTime");
    expect(lines().some((line) => line.includes(`"StreamName":"${STREAM}"`))).toBe(true);
    expect(errors).toEqual([]);
    const metrics = resourceMetrics.scopeMetrics[0]?.metrics ?? [];
    const latency = metrics.find(({ descriptor: { name } }) => name === "kinesis_producer.record_latency");
    expect(latency?.dataPoints[0]?.value).toMatchObject({ count: 20 });
  });

  it("count each life of a stream that was forgotten and opened again between two snapshots", async () => {
    const { producer, clock, put, start } = virtualProducer();
    await start();
    const metrics = embeddedMetrics(producer);
    const received: unknown[] = [];
    for (let turn = 1; turn <= 2; turn++) {
      // A stream that is opened makes the producer forget the idle ones.
      put({ streamName: `opened-${turn}` });
      for (let index = 0; index < 100; index++) put({ partitionKey: `k${index}` });
      await clock.advanceAsync(1_000);
      const lines = metrics().map((line) => JSON.parse(line));
      received.push(lines.find((line) => line.StreamName === STREAM)?.UserRecordsReceived);
      prometheusText(producer);
      await clock.advanceAsync(900_000);
    }

    expect(received).toEqual([100, 100].map((count) => ({ Max: 1, Min: 1, Count: count, Sum: count })));
    expect(prometheusText(producer)).toContain(`user_records_accepted_total{stream="${STREAM}"} 200\n`);
    expect(producer.stats().streams[STREAM]?.userRecordsAccepted).toBe(100);
  });
});
