import { describe, expect, it } from "vitest";
import { prometheusText } from "../../../src/prometheus/index.js";
import { parsePrometheusText } from "../../support/parse-prometheus-text.js";
import { producerStats, scriptedSource, shardStats, streamStats } from "../../support/sample-stats.js";

/** The value of a series, by its exact text. */
function sampleOf(text: string, series: string): string | undefined {
  return text
    .split("\n")
    .find((line) => line.startsWith(`${series} `))
    ?.slice(series.length + 1);
}

function shardsOf(...ids: string[]): Record<string, ReturnType<typeof shardStats>> {
  return Object.fromEntries(ids.map((id, index) => [id, shardStats({ bytesDelivered: 1_000 * (index + 1) })]));
}

describe("the text for Prometheus", () => {
  it("is what a parser of the format reads, metric by metric", () => {
    const families = parsePrometheusText(prometheusText(scriptedSource()));

    const byName = new Map(families.map((family) => [family.name, family]));
    expect(byName.get("kinesis_producer_user_records_delivered_total")).toEqual({
      name: "kinesis_producer_user_records_delivered_total",
      help: "User records delivered.",
      type: "COUNTER",
      metrics: [{ value: "80", labels: { stream: "clicks" } }],
    });
    expect(byName.get("kinesis_producer_oldest_record_age_seconds")?.metrics).toEqual([
      { value: "1.25", labels: { stream: "clicks" } },
    ]);
    expect(byName.get("kinesis_producer_entry_errors_total")?.metrics).toEqual([
      { value: "10", labels: { stream: "clicks", code: "ProvisionedThroughputExceededException" } },
      { value: "3", labels: { stream: "clicks", code: "InternalFailure" } },
    ]);
    expect(byName.get("kinesis_producer_record_latency_seconds")?.type).toBe("HISTOGRAM");
    expect(families.every(({ help, metrics }) => help.length > 0 && metrics.length > 0)).toBe(true);
  });

  it("has cumulative buckets with fixed bounds in seconds", () => {
    const text = prometheusText(scriptedSource());

    const buckets = text
      .split("\n")
      .filter((line) => line.startsWith("kinesis_producer_record_latency_seconds_bucket"));
    const counts = buckets.map((line) => line.replace(/.*le="([^"]*)"\} /, "$1: "));
    expect(counts).toEqual([
      "0.001: 0",
      "0.0025: 0",
      "0.005: 1",
      "0.01: 2",
      "0.025: 3",
      "0.05: 4",
      "0.1: 4",
      "0.25: 4",
      "0.5: 4",
      "1: 5",
      "2.5: 5",
      "5: 5",
      "10: 5",
      "30: 5",
      "60: 5",
      "+Inf: 5",
    ]);
    expect(sampleOf(text, 'kinesis_producer_record_latency_seconds_sum{stream="clicks"}')).toBe("0.764");
    expect(sampleOf(text, 'kinesis_producer_record_latency_seconds_count{stream="clicks"}')).toBe("5");
  });

  it("escapes labels", () => {
    const name = 'a "quoted" \\ name\nof two lines';
    const source = scriptedSource(producerStats({ streams: { [name]: streamStats() } }));

    const text = prometheusText(source);

    expect(text).toContain('stream="a \\"quoted\\" \\\\ name\\nof two lines"');
    const read = parsePrometheusText(text).find((each) => each.name === "kinesis_producer_retries_total");
    expect(read?.metrics).toEqual([{ value: "12", labels: { stream: name } }]);
  });

  it("takes a prefix and labels", () => {
    const text = prometheusText(scriptedSource(), { prefix: "kp_", labels: { service: "checkout" } });

    expect(sampleOf(text, 'kp_retries_total{service="checkout",stream="clicks"}')).toBe("12");
    expect(text).not.toContain("kinesis_producer_");
  });

  it.each([
    [{ prefix: "kp-" }, 'prefix must match [a-zA-Z_:][a-zA-Z0-9_:]*, got "kp-"'],
    [{ labels: { le: "1" } }, 'labels must not have "le": the exporter sets this label'],
    [{ labels: { "a-b": "1" } }, 'got "a-b"'],
    [{ labels: { __name__: "x" } }, 'got "__name__"'],
    [{ shards: -1 }, "shards must be a whole number from 0, got -1"],
    [{ maxStreams: 0.5 }, "maxStreams must be a whole number from 0, got 0.5"],
  ])("refuses %j", (options, message) => {
    expect(() => prometheusText(scriptedSource(), options)).toThrow(message);
  });

  it("refuses a value that is no producer", () => {
    expect(() => prometheusText({} as never)).toThrow("producer must have a stats() method, got an object");
  });

  it("adds streams of the same name in several producers up, and keeps the greatest age", () => {
    const first = scriptedSource();
    const second = scriptedSource(producerStats({ streams: { clicks: streamStats({ oldestAgeMs: 9_000 }) } }));

    const text = prometheusText([first, second]);

    expect(sampleOf(text, 'kinesis_producer_user_records_delivered_total{stream="clicks"}')).toBe("160");
    expect(sampleOf(text, 'kinesis_producer_oldest_record_age_seconds{stream="clicks"}')).toBe("9");
    expect(sampleOf(text, 'kinesis_producer_record_latency_seconds_bucket{stream="clicks",le="0.01"}')).toBe("4");
    expect(sampleOf(text, 'kinesis_producer_routing{stream="clicks",mode="mapped"}')).toBe("1");
  });
});

describe("streams that leave stats() when they are idle", () => {
  const delivered = (stream: string): string => `kinesis_producer_user_records_delivered_total{stream="${stream}"}`;

  it("leave the text, and begin again as new series", () => {
    const source = scriptedSource(producerStats({ streams: { a: streamStats(), b: streamStats() } }));
    prometheusText(source);
    source.next = producerStats({ streams: { a: streamStats() } });
    const without = prometheusText(source);
    const again = { requests: 1, userRecordsAccepted: 5, userRecordsDelivered: 5 };
    source.next = producerStats({ streams: { a: streamStats(), b: streamStats(again) } });

    const text = prometheusText(source);

    expect(without).not.toContain('stream="b"');
    expect(sampleOf(text, delivered("a"))).toBe("80");
    expect(sampleOf(text, delivered("b"))).toBe("5");
  });

  it("do not let the counters of other fall", () => {
    const source = scriptedSource(producerStats({ streams: { a: streamStats(), b: streamStats(), c: streamStats() } }));
    const before = prometheusText(source, { maxStreams: 1 });
    source.next = producerStats({ streams: { a: streamStats(), c: streamStats({ userRecordsDelivered: 81 }) } });
    const after = prometheusText(source, { maxStreams: 1 });
    source.next = producerStats({ streams: { a: streamStats() } });

    const last = prometheusText(source, { maxStreams: 1 });

    expect([before, after, last].map((text) => sampleOf(text, delivered("other")))).toEqual(["160", "161", "161"]);
    expect(sampleOf(last, 'kinesis_producer_buffered_records{stream="other"}')).toBe("0");
  });

  it("do not let the sum over several producers fall", () => {
    const first = scriptedSource();
    const second = scriptedSource();
    const before = prometheusText([first, second]);
    second.next = producerStats({ streams: {} });

    const after = prometheusText([first, second]);

    expect([before, after].map((text) => sampleOf(text, delivered("clicks")))).toEqual(["160", "160"]);
    expect(sampleOf(after, 'kinesis_producer_record_latency_seconds_count{stream="clicks"}')).toBe("10");
    expect(sampleOf(after, 'kinesis_producer_buffered_records{stream="clicks"}')).toBe("14");
  });
});

describe("the labels of shards", () => {
  it("are absent unless asked for", () => {
    expect(prometheusText(scriptedSource())).not.toContain("shard=");
  });

  it("leave with a closed shard, while the totals of the stream stay", () => {
    const source = scriptedSource();
    const before = prometheusText(source, { shards: true });
    const { "shardId-000000000000": _closed, ...open } = source.next.streams.clicks?.shards ?? {};
    source.next = producerStats({ streams: { clicks: streamStats({ shards: open }) } });

    const after = prometheusText(source, { shards: true });

    expect(before).toContain('shard="shardId-000000000000"');
    expect(after).not.toContain('shard="shardId-000000000000"');
    expect(after).not.toContain('shard="other"');
    expect(sampleOf(after, 'kinesis_producer_user_records_delivered_total{stream="clicks"}')).toBe("80");
  });

  it("go to the busiest shards, and the others are added up as other", () => {
    const shards = shardsOf("a", "b", "c", "d");
    const text = prometheusText(scriptedSource(producerStats({ streams: { s: streamStats({ shards }) } })), {
      shards: 2,
    });

    expect(sampleOf(text, 'kinesis_producer_shard_delivered_bytes_total{stream="s",shard="d"}')).toBe("4000");
    expect(sampleOf(text, 'kinesis_producer_shard_delivered_bytes_total{stream="s",shard="c"}')).toBe("3000");
    expect(sampleOf(text, 'kinesis_producer_shard_delivered_bytes_total{stream="s",shard="other"}')).toBe("3000");
    expect(sampleOf(text, 'kinesis_producer_shard_kinesis_records_waiting{stream="s",shard="other"}')).toBe("14");
    expect(sampleOf(text, 'kinesis_producer_shard_rate_factor_ratio{stream="s",shard="other"}')).toBe("0.75");
    expect(text).not.toContain('shard="a"');
  });

  it("never let a counter of other fall when a shard of it gets a free place", () => {
    const source = scriptedSource(producerStats({ streams: { s: streamStats({ shards: shardsOf("a", "b", "c") }) } }));
    const other = 'kinesis_producer_shard_delivered_bytes_total{stream="s",shard="other"}';
    const first = sampleOf(prometheusText(source, { shards: 2 }), other);
    const { c: _closed, ...open } = shardsOf("a", "b", "c");
    source.next = producerStats({
      streams: { s: streamStats({ shards: { ...open, a: shardStats({ bytesDelivered: 1_700 }) } }) },
    });

    const text = prometheusText(source, { shards: 2 });

    expect(first).toBe("1000");
    expect(sampleOf(text, other)).toBe("1700");
    expect(sampleOf(text, 'kinesis_producer_shard_delivered_bytes_total{stream="s",shard="a"}')).toBe("1700");
  });
});

describe("the labels of streams and codes", () => {
  it("are bounded: streams beyond the limit are added up as other", () => {
    const streams = { a: streamStats(), b: streamStats(), c: streamStats() };

    const text = prometheusText(scriptedSource(producerStats({ streams })), { maxStreams: 1, shards: true });

    expect(sampleOf(text, 'kinesis_producer_user_records_delivered_total{stream="a"}')).toBe("80");
    expect(sampleOf(text, 'kinesis_producer_user_records_delivered_total{stream="other"}')).toBe("160");
    expect(text).not.toContain('stream="b"');
  });

  it("are bounded: a transport that invents codes does not fill the monitoring", () => {
    const failures = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`Code${index}`, 1]));

    const text = prometheusText(scriptedSource(producerStats({ streams: { s: streamStats({ failures }) } })));

    const lines = text.split("\n").filter((line) => line.startsWith("kinesis_producer_failures_total{"));
    expect(lines).toHaveLength(51);
    expect(sampleOf(text, 'kinesis_producer_failures_total{stream="s",code="other"}')).toBe("950");
  });
});
