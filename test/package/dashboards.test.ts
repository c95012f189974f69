import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CloudWatchReporter, type MetricDatum } from "../../src/cloudwatch/index.js";
import { prometheusText } from "../../src/prometheus/index.js";
import { producerStats, scriptedSource, spoolStats } from "../support/sample-stats.js";

interface Grafana {
  readonly panels: readonly {
    readonly type: string;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly definition?: string }[] };
}

function dashboard(name: string): string {
  return readFileSync(new URL(`../../docs/dashboards/${name}.json`, import.meta.url), "utf8");
}

const grafana = JSON.parse(dashboard("grafana")) as Grafana;
const targets = grafana.panels.flatMap(({ targets = [] }) => targets);

/** Labels by name of a sample, as the exporter writes them. */
function exported(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const withSpool = Object.assign(producerStats(), { spool: spoolStats() });
  for (const line of prometheusText(scriptedSource(withSpool), { shards: true }).split("\n")) {
    const [, name, labels = ""] = /^([a-z_]+)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    found.set(name, new Set(Array.from(labels.matchAll(/(\w+)="/g), ([, label]) => label as string)));
  }
  return found;
}

describe("the dashboard for Grafana", () => {
  const known = exported();
  const expressions = [
    ...targets.map(({ expr }) => expr),
    ...grafana.templating.list.flatMap(({ definition = [] }) => definition),
  ];

  it.each(expressions)("asks for metrics and labels that there are: %s", (expression) => {
    const names = Array.from(expression.matchAll(/kinesis_producer_\w+/g), ([name]) => name);
    const asked = [
      ...Array.from(expression.matchAll(/(\w+)=~?"/g), ([, label]) => label as string),
      ...Array.from(expression.matchAll(/by \(([^)]*)\)/g), ([, list = ""]) => list.split(", ")).flat(),
    ];

    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      expect([...known.keys()]).toContain(name);
      for (const label of asked) expect([...(known.get(name) ?? [])]).toContain(label);
    }
  });

  it("names in each legend labels that its expression keeps", () => {
    for (const { expr, legendFormat } of targets) {
      const by = /^(?:histogram_quantile\([\d.]+, )?(?:sum|max|min) by \(([^)]*)\)/.exec(expr)?.[1]?.split(", ");
      const [name = ""] = /kinesis_producer_\w+/.exec(expr) ?? [];
      const kept = by ?? (expr.startsWith("sum(") ? [] : [...(known.get(name) ?? [])]);
      for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect(kept, expr).toContain(label);
    }
  });

  it("has rows for throughput, latency, buffer, throttling, errors and health", () => {
    const rows = grafana.panels.filter(({ type }) => type === "row").map(({ title }) => title);

    expect(rows).toEqual(["Throughput", "Latency", "Buffer", "Throttling and shards", "Errors", "Health"]);
  });

  it("has no panel that covers another one", () => {
    const cells = grafana.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`),
    );

    expect(new Set(cells).size).toBe(cells.length);
  });
});

describe("the alerts, and the page about operating", () => {
  const known = [...exported().keys()];
  const alerts = readFileSync(new URL("../../docs/dashboards/alerts.yml", import.meta.url), "utf8");
  const page = readFileSync(new URL("../../docs/operating.md", import.meta.url), "utf8");

  it("name metrics that there are", () => {
    for (const text of [alerts, page]) {
      const names = Array.from(text.matchAll(/kinesis_producer_\w+/g), ([name]) => name);

      expect(names.length).toBeGreaterThan(6);
      expect(known).toEqual(expect.arrayContaining(names));
    }
  });

  it("keep in each rule the label that its summary shows", () => {
    const rules = alerts.split("- alert: ").slice(1);

    expect(rules.length).toBeGreaterThan(5);
    // A spool is one for all streams.
    for (const rule of rules.filter((text) => !text.includes("kinesis_producer_spool_")))
      expect(rule).toMatch(/expr: [^\n]*by \(stream\)[\s\S]*\{\{ \$labels\.stream \}\}/);
  });
});

describe("the dashboard for CloudWatch", () => {
  type Widget = { readonly type: string; readonly properties: { readonly metrics?: readonly unknown[][] } };
  const { widgets } = JSON.parse(dashboard("cloudwatch")) as { readonly widgets: readonly Widget[] };
  const metrics = widgets.flatMap(({ properties }) => properties.metrics ?? []);

  it.each(metrics)("asks for a metric that the reporter sends: %s %s", async (...metric) => {
    const [namespace, name, ...rest] = metric.filter((part) => typeof part === "string");
    const sent: MetricDatum[] = [];
    const reporter = new CloudWatchReporter({
      producer: scriptedSource(),
      extra: true,
      client: { putMetricData: async ({ MetricData }) => void sent.push(...MetricData) },
    });
    await reporter.close();
    const asked = rest.map((part) => (part === "STREAM" ? "clicks" : part)).join(" ");

    const found = sent
      .filter(({ MetricName }) => MetricName === name)
      .map(({ Dimensions }) => Dimensions.map(({ Name, Value }) => `${Name} ${Value}`).join(" "));

    expect(namespace).toBe("KinesisProducerLibrary");
    expect(found).toContain(asked);
  });
});
