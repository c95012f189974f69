import { tracingChannel } from "node:diagnostics_channel";
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { afterEach, describe, expect, it } from "vitest";
import { type OtelMetrics, registerMetrics, StatsMetricProducer } from "../../../../src/otel/index.js";
import { requestFailure } from "../../../../src/testing/scripted-answers.js";
import { producerStats, scriptedSource, shardStats, streamStats } from "../../../support/sample-stats.js";
import { STREAM, virtualProducer } from "../../../support/virtual-producer.js";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Reading {
  readonly provider: MeterProvider;
  /** Collects, and gives the metrics of that collection by name. */
  read(): Promise<Map<string, MetricData>>;
}

/** A provider of the real SDK with an exporter in memory. */
function reading(distributions?: StatsMetricProducer): Reading {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: 2 ** 30,
    ...(distributions === undefined ? {} : { metricProducers: [distributions] }),
  });
  const provider = new MeterProvider({ readers: [reader] });
  closers.push(() => provider.shutdown());
  return {
    provider,
    read: async () => {
      await provider.forceFlush();
      const collected = exporter.getMetrics().at(-1);
      const all = collected?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? [];
      return new Map(all.map((metric) => [metric.descriptor.name, metric]));
    },
  };
}

function register(...parameters: Parameters<typeof registerMetrics>): OtelMetrics {
  const registered = registerMetrics(...parameters);
  closers.push(registered.unregister);
  return registered;
}

function points(metric: MetricData | undefined): { attributes: object; value: unknown }[] {
  return (metric?.dataPoints ?? []).map(({ attributes, value }: DataPoint<unknown>) => ({ attributes, value }));
}

/** One request, as the producer publishes it. */
async function request(producer: object, streamName: string, error?: { code: string }): Promise<void> {
  const context = { producer, streamName };
  const send = async (): Promise<void> => {
    if (error !== undefined) throw Object.assign(new Error("failed"), error);
  };
  await tracingChannel("kinesis-producer:put-records")
    .tracePromise(send, context)
    .catch(() => {});
}

const SYSTEM = { "messaging.system.name": "aws.kinesis" };
const SEND = {
  ...SYSTEM,
  "messaging.operation.name": "send",
  "messaging.operation.type": "send",
  "messaging.destination.name": "clicks",
};

describe("the metrics for OpenTelemetry, read by its SDK", () => {
  it("count the messages that were sent, by the conventions", async () => {
    const { provider, read } = reading();
    register(provider, scriptedSource());

    const metric = (await read()).get("messaging.client.sent.messages");

    expect(metric).toMatchObject({
      descriptor: { unit: "{message}" },
      dataPointType: DataPointType.SUM,
      isMonotonic: true,
    });
    // The four that expired are not messages that were sent.
    expect(points(metric)).toEqual([
      { attributes: SEND, value: 80 },
      { attributes: { ...SEND, "error.type": "ProvisionedThroughputExceededException" }, value: 2 },
    ]);
  });

  it("have the duration of each request of this producer, with the type of its error", async () => {
    const { provider, read } = reading();
    const source = scriptedSource();
    register(provider, source);
    await request(source, "clicks");
    await request(source, "clicks", { code: "InternalFailure" });
    await request({}, "clicks");

    const metric = (await read()).get("messaging.client.operation.duration");

    expect(metric?.descriptor.unit).toBe("s");
    expect(points(metric)).toEqual([
      { attributes: SEND, value: expect.objectContaining({ count: 1 }) },
      { attributes: { ...SEND, "error.type": "InternalFailure" }, value: expect.objectContaining({ count: 1 }) },
    ]);
    expect(points(metric)[0]?.value).toMatchObject({
      buckets: { boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] },
    });
  });

  it("hear the requests of a real producer: one that failed whole, with its code, and one that was answered", async () => {
    const { provider, read } = reading();
    const run = virtualProducer();
    const other = virtualProducer();
    register(provider, run.producer);
    await run.start();
    await other.start();
    run.transport.next(requestFailure("ServiceUnavailable", { statusCode: 503 }));
    run.put({ data: "record" });
    other.put({ data: "of another producer" });
    await run.clock.advanceAsync(5_000);
    await other.clock.advanceAsync(5_000);

    const metrics = await read();

    const ofVirtual = { ...SEND, "messaging.destination.name": STREAM };
    expect(points(metrics.get("messaging.client.operation.duration"))).toEqual([
      {
        attributes: { ...ofVirtual, "error.type": "ServiceUnavailable" },
        value: expect.objectContaining({ count: 1 }),
      },
      { attributes: ofVirtual, value: expect.objectContaining({ count: 1 }) },
    ]);
    expect(points(metrics.get("messaging.client.sent.messages"))).toEqual([{ attributes: ofVirtual, value: 1 }]);
  });

  it("have our counters and gauges, with times in seconds", async () => {
    const { provider, read } = reading();
    register(provider.getMeter("mine"), scriptedSource());

    const metrics = await read();

    const clicks = { ...SYSTEM, "messaging.destination.name": "clicks" };
    expect(points(metrics.get("kinesis_producer.user_records_delivered"))).toEqual([{ attributes: clicks, value: 80 }]);
    expect(points(metrics.get("kinesis_producer.oldest_record_age"))).toEqual([{ attributes: clicks, value: 1.25 }]);
    expect(metrics.get("kinesis_producer.oldest_record_age")?.descriptor.unit).toBe("s");
    expect(points(metrics.get("kinesis_producer.buffer_limit_bytes"))).toEqual([
      { attributes: SYSTEM, value: 64_000_000 },
    ]);
    expect(points(metrics.get("kinesis_producer.entry_errors"))).toContainEqual({
      attributes: { ...clicks, "error.type": "InternalFailure" },
      value: 3,
    });
    expect([...metrics.keys()].filter((name) => name.includes(".shard_"))).toEqual([
      "kinesis_producer.shard_map_refreshes",
    ]);
  });

  it("read stats() once for each collection", async () => {
    const { provider, read } = reading();
    const source = scriptedSource();
    register(provider, source);

    await read();
    await read();

    expect(source.reads).toBe(2);
  });

  it("end when they are unregistered", async () => {
    const { provider, read } = reading();
    const source = scriptedSource();
    const registered = register(provider, source);

    registered.unregister();
    await request(source, "clicks");

    expect([...(await read()).values()].flatMap(points)).toEqual([]);
  });
});

describe("the metrics of stats(), collected by a reader of the SDK", () => {
  it("have whole histograms in seconds", async () => {
    const { provider, read } = reading(new StatsMetricProducer(scriptedSource()));
    provider.getMeter("mine").createCounter("own").add(1);

    const metrics = await read();

    expect(metrics.get("own")).toBeDefined();
    expect(metrics.get("kinesis_producer.record_latency")).toMatchObject({
      descriptor: { unit: "s" },
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: DataPointType.HISTOGRAM,
    });
    expect(points(metrics.get("kinesis_producer.record_latency"))).toEqual([
      {
        attributes: { ...SYSTEM, "messaging.destination.name": "clicks" },
        value: {
          buckets: {
            boundaries: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
            counts: [0, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0],
          },
          count: 5,
          sum: 0.764,
          min: 0.004,
          max: 0.7,
        },
      },
    ]);
  });

  it("come with counters and gauges of shards, which leave with a closed shard", async () => {
    const source = scriptedSource();
    const { provider, read } = reading(new StatsMetricProducer(source, { shards: true }));
    provider.getMeter("mine").createCounter("own").add(1);
    const before = await read();
    const shards = { "shardId-000000000001": shardStats({ userRecordsDelivered: 41 }) };
    source.next = producerStats({ streams: { clicks: streamStats({ shards }) } });

    const after = await read();

    const ofShard = (id: string): object => ({
      ...SYSTEM,
      "messaging.destination.name": "clicks",
      "messaging.destination.partition.id": id,
    });
    expect(points(before.get("kinesis_producer.shard_bytes_utilisation"))).toEqual([
      { attributes: ofShard("shardId-000000000000"), value: 0.5 },
      { attributes: ofShard("shardId-000000000001"), value: 0.25 },
    ]);
    expect(after.get("kinesis_producer.shard_user_records_delivered")).toMatchObject({ isMonotonic: true });
    expect(points(after.get("kinesis_producer.shard_user_records_delivered"))).toEqual([
      { attributes: ofShard("shardId-000000000001"), value: 41 },
    ]);
  });

  it("report an error of stats(), and let the other metrics through", async () => {
    const source = {
      stats: (): never => {
        throw new Error("a bug");
      },
    };

    const { errors } = await new StatsMetricProducer(source).collect();

    expect(errors).toEqual([new Error("a bug")]);
  });
});
