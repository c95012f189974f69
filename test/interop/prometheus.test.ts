import { expect, it } from "vitest";
import { prometheusText } from "../../src/prometheus/index.js";
import { producerStats, scriptedSource, streamStats } from "../support/sample-stats.js";
import { runClient } from "./support/client-process.js";
import { pythonProgram, pythonScript } from "./support/installed.js";

interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly (readonly [name: string, labels: Record<string, string>, value: number])[];
}

it("prometheus_client reads every family, with types, labels and buckets", async () => {
  const stream = 'a "quoted" \\ name\nof two lines';
  const source = scriptedSource(producerStats({ streams: { [stream]: streamStats() } }));
  const text = prometheusText(source, { shards: true, labels: { service: "checkout" } });

  const output = await runClient(pythonProgram("python"), [pythonScript("read_prometheus.py")], { input: text });

  const families = JSON.parse(output) as Record<string, Family>;
  const labels = { service: "checkout", stream };
  expect(Object.keys(families)).toHaveLength(text.match(/^# TYPE /gm)?.length ?? 0);
  expect(Object.values(families).every(({ type, help }) => type !== "untyped" && help !== "")).toBe(true);
  expect(families.kinesis_producer_user_records_delivered).toEqual({
    type: "counter",
    help: "User records delivered.",
    samples: [["kinesis_producer_user_records_delivered_total", labels, 80]],
  });
  const { type, samples } = families.kinesis_producer_record_latency_seconds as Family;
  expect(type).toBe("histogram");
  expect(samples.slice(-3)).toEqual([
    ["kinesis_producer_record_latency_seconds_bucket", { ...labels, le: "+Inf" }, 5],
    ["kinesis_producer_record_latency_seconds_sum", labels, 0.764],
    ["kinesis_producer_record_latency_seconds_count", labels, 5],
  ]);
});
