import { Counter, Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { prometheusText, registerMetrics } from "../../../src/prometheus/index.js";
import { parsePrometheusText } from "../../support/parse-prometheus-text.js";
import { scriptedSource } from "../../support/sample-stats.js";

describe("the metrics in a registry of prom-client", () => {
  it("are read from one snapshot at each scrape", async () => {
    const source = scriptedSource();
    const registry = new Registry();
    registerMetrics(registry, source);

    await registry.metrics();
    await registry.metrics();

    expect(source.reads).toBe(2);
  });

  it("come out as prometheusText writes them, beside the caller's own", async () => {
    const source = scriptedSource();
    const registry = new Registry();
    new Counter({ name: "orders_total", help: "Orders.", registers: [registry] }).inc(3);
    registerMetrics(registry, source, { shards: true, labels: { service: "checkout" } });

    const families = parsePrometheusText(await registry.metrics());

    const [own, ...ours] = families;
    expect(own?.metrics).toEqual([{ value: "3" }]);
    expect(ours).toEqual(
      parsePrometheusText(prometheusText(source, { shards: true, labels: { service: "checkout" } })),
    );
    expect(ours.length).toBeGreaterThan(40);
  });

  it("take the default labels of the registry, and leave it when they are unregistered", async () => {
    const registry = new Registry();
    registry.setDefaultLabels({ host: "h1" });
    const registered = registerMetrics(registry, scriptedSource());
    const one = await registry.getSingleMetricAsString("kinesis_producer_retries_total");

    registered.unregister();

    expect(one).toContain('kinesis_producer_retries_total{stream="clicks",host="h1"} 12');
    expect(registry.getMetricsAsArray()).toEqual([]);
  });

  it("have the names of counters of a registry for OpenMetrics", async () => {
    const registry = new Registry();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    const registered = registerMetrics(registry, scriptedSource());

    await registry.metrics();
    const second = await registry.metrics();
    registered.unregister();

    expect(second).toContain("# TYPE kinesis_producer_retries counter\n");
    expect(second).toContain('\nkinesis_producer_retries_total{stream="clicks"} 12\n');
    expect(second).not.toContain("_total_total");
    expect(registry.getMetricsAsArray()).toEqual([]);
  });

  it("are removed again when one name is taken", async () => {
    const registry = new Registry();
    new Counter({ name: "kinesis_producer_retries_total", help: "Mine.", registers: [registry] });

    expect(() => registerMetrics(registry, scriptedSource())).toThrow("has already been registered");

    expect(registry.getMetricsAsArray()).toHaveLength(1);
  });
});
