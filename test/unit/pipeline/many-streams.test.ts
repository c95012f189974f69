import { describe, expect, test } from "vitest";

import type { StreamRef } from "../../../src/core/ports.js";
import type { ProducerOptions } from "../../../src/options.js";
import { KinesisProducer } from "../../../src/producer.js";
import { ManualClock } from "../../../src/testing/manual-clock.js";
import { requestFailure } from "../../../src/testing/scripted-answers.js";
import { SimulatedKinesis } from "../../../src/testing/simulated-kinesis.js";
import { virtualProducer } from "../../support/virtual-producer.js";

/** A producer for `count` streams, and the time and name of each call to the service. */
function manyStreams(count: number, options: ProducerOptions = {}) {
  const clock = new ManualClock();
  const begin = clock.now();
  const names = Array.from({ length: count }, (_, i) => `stream-${i}`);
  const kinesis = new SimulatedKinesis({
    clock,
    latencyMs: 20,
    limits: true,
    streams: Object.fromEntries(names.map((name) => [name, { shards: 1 }])),
  });
  const listings: { readonly at: number; readonly name: string }[] = [];
  const summaries: number[] = [];
  const warnings: string[] = [];
  let running = 0;
  let mostAtOnce = 0;
  const counted = async <T>(answer: Promise<T>): Promise<T> => {
    mostAtOnce = Math.max(mostAtOnce, ++running);
    const told = await answer;
    running--;
    return told;
  };
  const producer = new KinesisProducer({
    clock,
    transport: kinesis,
    directory: {
      listShards: (stream: StreamRef, selection) => {
        listings.push({ at: clock.now() - begin, name: stream.streamName });
        return counted(kinesis.listShards(stream, selection));
      },
      describeStream: (stream: StreamRef) => {
        summaries.push(clock.now() - begin);
        return counted(kinesis.describeStream(stream));
      },
    },
    logger: { warn: (_, message) => void warnings.push(message), error: () => undefined },
    ...options,
  });
  const put = (streamName: string) => producer.put({ streamName, partitionKey: "k", data: "x" });
  return { clock, names, kinesis, producer, put, listings, summaries, warnings, atOnce: () => mostAtOnce };
}

test("a stream that was forgotten while ListShards was being asked is not asked about again", async () => {
  const { clock, transport, directory, put } = virtualProducer();
  directory.listings.next("hold");
  put({ streamName: "old", data: "a" });
  await clock.advanceAsync(700_000);
  put({ streamName: "new", data: "b" });
  await clock.advanceAsync(1_000);
  directory.listings.held[0]?.answer(requestFailure("InternalFailure", { statusCode: 500 }));
  for (let i = 0; i < 20; i++) {
    put({ streamName: "new", data: "c" });
    await clock.advanceAsync(10_000);
  }

  expect(transport.requests).toHaveLength(22);
  expect(directory.listings.calls.map(({ stream }) => stream.streamName)).toEqual(["old", "new"]);
  expect(clock.pendingTimers).toBe(0);
});

describe("a producer for thousands of streams", { timeout: 60_000 }, () => {
  test("delivers a record to each of 10,000 while their shard maps come one by one", async () => {
    const { clock, names, put, listings, summaries, warnings, atOnce } = manyStreams(10_000);
    const outcomes = Promise.allSettled(names.map(put));

    await clock.advanceAsync(30_000);

    expect((await outcomes).filter(({ status }) => status === "rejected")).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining("more streams than ListShards can be called for")]);
    expect(listings.length).toBeLessThanOrEqual(100 + 30 * 100);
    expect(summaries.length).toBeLessThanOrEqual(10 + 30 * 10);
    expect(atOnce()).toBeLessThanOrEqual(8 + 4);
  });

  test("asks for the maps and the summaries of those that wait, at the pace of the service, as long as it is used", async () => {
    const { clock, names, put, producer, summaries } = manyStreams(300);
    await Promise.all([...names.map(put), clock.advanceAsync(6_000)]);

    for (let i = 0; i < 40; i++) await Promise.all([put("stream-0"), clock.advanceAsync(1_000)]);

    const { streams } = producer.stats();
    expect(new Set(Object.values(streams).map(({ routing }) => routing))).toEqual(new Set(["mapped"]));
    expect(summaries).toHaveLength(300);
    expect(summaries.filter((at) => at < 10_000).length).toBeLessThanOrEqual(110);
  });

  test("does not wait for a turn that comes after the bound, nor for a summary's; ready() resolves", async () => {
    const { clock, names, producer, put } = manyStreams(2_000);
    const waiting = names.slice(0, -1).map(put);
    const begin = clock.now();
    let readyAt = 0;
    const last = producer.ready("stream-1999").then(() => {
      readyAt = clock.now() - begin;
    });

    await clock.advanceAsync(10_000);
    await Promise.all([...waiting, last]);

    expect(readyAt).toBeLessThan(5_000);
  });

  test("holds no timer for its queue when everything is delivered", async () => {
    const { clock, names, put, producer, summaries } = manyStreams(300);
    await Promise.all([...names.map(put), clock.advanceAsync(8_000)]);

    await clock.advanceAsync(1_000);

    expect(summaries.length).toBeLessThan(300);
    expect(clock.pendingTimers).toBe(0);
    const closed = producer.close();
    await clock.settle();
    await closed;
  });

  test("asks again for the map of a stream in use before new ones had all their turns", async () => {
    const { clock, names, put, kinesis, listings } = manyStreams(2_000);
    await Promise.all([put("stream-0"), clock.advanceAsync(1_000)]);
    const others = Promise.all(names.slice(1).map(put));
    await clock.advanceAsync(100);
    kinesis.splitShard("stream-0", "shardId-000000000000");
    const record = put("stream-0");
    await clock.advanceAsync(5_000);
    await Promise.all([record, others]);

    const ofFirst = listings.filter(({ name }) => name === "stream-0").map(({ at }) => at);
    expect(ofFirst.length).toBeGreaterThan(1);
    // Behind 1,900 others it would be 20 s.
    expect(ofFirst[1]).toBeLessThan(3_000);
  });
});
