import { describe, expect, test } from "vitest";

import type { ProducerOptions } from "../../../src/options.js";
import { KinesisProducer } from "../../../src/producer.js";
import { ManualClock } from "../../../src/testing/manual-clock.js";
import { requestFailure } from "../../../src/testing/scripted-answers.js";
import { SimulatedKinesis } from "../../../src/testing/simulated-kinesis.js";
import { textsByRequest, virtualProducer, watch } from "../../support/virtual-producer.js";

const STREAM = "s";

interface Run {
  readonly kinesisRecords: number;
  readonly settledAfterMs: number;
}

/** Hands over more records than there is room for, in one turn, and `then` does the rest. */
async function handOver(
  records: number,
  options: Partial<ProducerOptions>,
  then: (producer: KinesisProducer, i: number) => void,
  shards = 1,
): Promise<Run> {
  const clock = new ManualClock();
  const kinesis = new SimulatedKinesis({ clock, streams: { [STREAM]: { shards } }, latencyMs: 20, limits: true });
  const producer = new KinesisProducer({
    ...{ streamName: STREAM, clock, transport: kinesis, directory: kinesis, recordTtlMs: Number.POSITIVE_INFINITY },
    ...options,
  });
  const ready = producer.ready();
  await clock.advanceAsync(200);
  await ready;
  const startedAt = clock.now();
  let open = records;
  let settledAt = Number.NaN;
  for (let i = 0; i < records; i++) {
    void producer.put({ partitionKey: `k${i % 100}`, data: "x".repeat(100) }).then(() => {
      if (--open === 0) settledAt = clock.now();
    });
    then(producer, i);
  }
  while (open > 0 && clock.now() - startedAt < 300_000) await clock.advanceAsync(100);
  const close = watch(producer.close());
  await clock.advanceAsync(1_000);
  expect(close.state).toBe("resolved");
  return { kinesisRecords: kinesis.records(STREAM).length, settledAfterMs: settledAt - startedAt };
}

function abortable(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

describe("what a flush covers is packed as well as it would be otherwise", () => {
  const FULL = { maxBufferedRecords: 1_000 };
  const last = (records: number, act: (producer: KinesisProducer) => unknown) => {
    return (producer: KinesisProducer, i: number): void => {
      if (i === records - 1) void act(producer);
    };
  };

  test.each([
    ["flush()", (producer: KinesisProducer) => producer.flush()],
    ["close()", (producer: KinesisProducer) => producer.close()],
    ["two flushes and close()", (producer: KinesisProducer) => [producer.flush(), producer.flush(), producer.close()]],
  ])("%s while 9,000 puts wait for room: neither more Kinesis records, nor more time", async (_, act) => {
    const without = await handOver(10_000, FULL, () => undefined);

    const run = await handOver(10_000, FULL, last(10_000, act));

    expect(run.kinesisRecords).toBeLessThanOrEqual(without.kinesisRecords + 1);
    expect(run.settledAfterMs).toBeLessThanOrEqual(without.settledAfterMs);
  });

  test("on four shards with little room each", async () => {
    const without = await handOver(10_000, FULL, () => undefined, 4);

    const run = await handOver(
      10_000,
      FULL,
      last(10_000, (producer) => producer.close()),
      4,
    );

    // The last of each shard goes at once, where it would wait out its linger.
    expect(run.kinesisRecords).toBeLessThanOrEqual(without.kinesisRecords + 8);
  });

  test("a flush after every put, while puts wait for room", async () => {
    const without = await handOver(10_000, FULL, () => undefined);

    const run = await handOver(10_000, FULL, (producer) => void producer.flush());

    expect(run.kinesisRecords).toBeLessThanOrEqual(without.kinesisRecords + 2);
  });

  test("a flush after every put, all in one turn", async () => {
    const { producer, clock, transport, put, start } = virtualProducer();
    await start();

    const flushes = ["a", "b", "c"].map((data) => {
      put({ data });
      return watch(producer.flush());
    });
    await clock.settle();

    expect(transport.requests.map(({ entries }) => entries.length)).toEqual([1]);
    expect(textsByRequest(transport)).toEqual([["a", "b", "c"]]);
    expect(flushes.map(({ state }) => state)).toEqual(["resolved", "resolved", "resolved"]);
  });

  test("while its shard pauses, later records join what the flush covers, and it does not wait for those behind", async () => {
    const { producer, clock, transport, put, start } = virtualProducer({ lingerMs: 10 });
    await start();
    transport.next(requestFailure("ThrottlingException"));
    put({ data: "refused" });
    await clock.advanceAsync(10);
    put({ data: "a" });

    const flush = watch(producer.flush(), clock);
    put({ data: "b" });
    await clock.settle();
    expect(transport.requests).toHaveLength(1);
    transport.always("hold");
    await clock.advanceAsync(100);
    put({ data: "c" });
    await clock.advanceAsync(10);
    transport.held[0]?.answer();
    await clock.settle();

    expect(textsByRequest(transport)).toEqual([["refused"], ["refused", "a", "b"], ["c"]]);
    expect(flush.state).toBe("resolved");
  });

  test("a flush is over when its own records are, though one that joined them is not", async () => {
    const { producer, clock, transport, put, start } = virtualProducer({ lingerMs: 10 });
    await start();
    transport.next(requestFailure("ThrottlingException"));
    const { signal, abort } = abortable();
    const refused = put({ data: "refused" }, { signal });
    await clock.advanceAsync(10);
    const covered = put({ data: "a" }, { signal });
    const flush = watch(producer.flush());
    const joined = put({ data: "b" });

    abort();
    await clock.settle();

    expect([refused, covered, joined, flush].map(({ state }) => state)).toEqual([
      "rejected",
      "rejected",
      "pending",
      "resolved",
    ]);
  });

  test("a steady stream does not hold up a flush", async () => {
    const { producer, clock, transport, put, start } = virtualProducer();
    await start();
    transport.always("hold");
    put({});
    const flush = watch(producer.flush(), clock);
    for (let i = 0; i < 100; i++) {
      await clock.advanceAsync(10);
      put({});
      if (i === 10) transport.held[0]?.answer();
    }

    expect(flush.settledAt).toBe(1_110);
  });
});
