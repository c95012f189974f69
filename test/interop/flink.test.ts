import { expect, it, onTestFinished } from "vitest";
import { LocalKinesis } from "../../src/testing/index.js";
import { javaArguments, runJava } from "./support/java-program.js";
import { Deliveries, STREAM } from "./support/kcl-application.js";
import { EVENTS, expectEachRecord, putAroundReshards } from "./support/resharded-load.js";
import { RunningClient } from "./support/running-client.js";

/** The filter of the job keeps the events from this level on. */
const LOWEST_LEVEL = 25;

async function startKinesis(): Promise<LocalKinesis> {
  const kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 2 } } });
  onTestFinished(() => kinesis.close());
  return kinesis;
}

const texts = EVENTS.map(({ data }) => Buffer.from(data, "base64").toString());

it.each(["polling", "fan-out"])(
  "a job of FlinkKinesisConsumer (%s) gets each record once through a split and a merge, and filters exactly",
  async (mode) => {
    const kinesis = await startKinesis();
    const deliveries = new Deliveries();
    const kept: string[] = [];
    const settings = { "org.slf4j.simpleLogger.defaultLogLevel": "warn" };
    const args = javaArguments("flink", [kinesis.endpoint, STREAM, mode, String(LOWEST_LEVEL)], settings);
    const job = new RunningClient("java", args, (line) => {
      const { kept: data } = JSON.parse(line) as { kept?: string };
      if (data === undefined) deliveries.take(line);
      else kept.push(data);
    });
    onTestFinished(() => job.kill());
    await job.until("has begun", () => deliveries.begun.size > 0, 90_000);

    const twice = await putAroundReshards(kinesis);
    const wanted = EVENTS.filter((_, i) => JSON.parse(texts[i] ?? "").level >= LOWEST_LEVEL).map(({ data }) => data);
    await job.until("has delivered all", () => deliveries.places.size === EVENTS.length, 120_000);
    await job.until("has filtered all", () => kept.length >= wanted.length, 30_000);
    await job.end();

    expect(expectEachRecord(deliveries, twice)).toBe(0);
    expect(deliveries.repeated).toBe(0);
    expect(kept.toSorted()).toEqual(wanted.toSorted());
  },
);

it("the schema of examples/flink gets each record, and copies only of those that may have them", async () => {
  const kinesis = await startKinesis();
  const twice = await putAroundReshards(kinesis);

  const printed = await runJava("flink-source", [
    kinesis.endpoint,
    `arn:aws:kinesis:us-east-1:000000000000:stream/${STREAM}`,
  ]);

  const counts = new Map<string, number>();
  for (const line of printed.trimEnd().split("\n")) counts.set(line, (counts.get(line) ?? 0) + 1);
  expect([...counts.keys()].toSorted()).toEqual(texts.toSorted());
  const copied = EVENTS.filter((_, i) => (counts.get(texts[i] ?? "") ?? 0) > 1);
  expect(copied.filter(({ data }) => !twice.has(data))).toEqual([]);
  expect(copied.length).toBeGreaterThan(0);
});
