import { describe, expect, test } from "vitest";

import { KinesisProducer } from "../../../src/producer.js";
import { evenShards } from "../../../src/testing/even-shards.js";
import { ManualClock } from "../../../src/testing/manual-clock.js";
import { acceptByRange, requestFailure } from "../../../src/testing/scripted-answers.js";
import { SimulatedKinesis } from "../../../src/testing/simulated-kinesis.js";
import {
  STREAM,
  textsByRequest,
  type VirtualProducer,
  virtualProducer,
  watch,
} from "../../support/virtual-producer.js";

/** Hash keys in the first, second, … of four shards. */
const IN_SHARD = [0n, 1n, 2n, 3n].map((shard) => shard << 126n);

const at = (shard: number, data = "") => ({ partitionKey: "k", explicitHashKey: IN_SHARD[shard] as bigint, data });

function onFourShards(options = {}): VirtualProducer {
  return virtualProducer({ maxBufferedRecords: 100, maxBufferedShare: 0.75, ...options }, evenShards(4));
}

const fill = (producer: KinesisProducer, shard: number): number => {
  let taken = 0;
  while (producer.enqueue(at(shard))) taken++;
  return taken;
};

describe("one hot shard", () => {
  test("takes three quarters of the buffer and its own part of the rest, and the others get theirs", async () => {
    const { producer, transport, start } = onFourShards();
    await start();
    transport.always("hold");

    expect([0, 1, 2, 3].map((shard) => fill(producer, shard))).toEqual([82, 6, 6, 6]);
    expect(producer.stats().bufferedRecords).toBe(100);
  });

  test("and a second one share what is nobody's own", async () => {
    const { producer, transport, start } = onFourShards();
    await start();
    transport.always("hold");
    for (let i = 0; i < 200; i++) for (const shard of [0, 1]) producer.enqueue(at(shard));

    expect(producer.stats().bufferedRecords).toBe(88);
    expect([fill(producer, 2), fill(producer, 3)]).toEqual([6, 6]);
  });

  test("takes nothing from a stream whose shards are even", async () => {
    const { producer, transport, start } = onFourShards();
    await start();
    transport.always("hold");
    let taken = 0;
    while (producer.enqueue(at(taken % 4))) taken++;

    expect(taken).toBe(100);
  });

  test.each([1, 2, 4])("with room for %d records in all may take it all", async (maxBufferedRecords) => {
    const { producer, transport, start } = onFourShards({ maxBufferedRecords });
    await start();
    transport.always("hold");

    expect(fill(producer, 0)).toBe(maxBufferedRecords);
    expect(fill(producer, 1)).toBe(0);
  });

  test("a record larger than a shard's share gets in where the shard holds nothing", async () => {
    const { producer, transport, start } = onFourShards({ maxBufferedBytes: 1_024 });
    await start();
    transport.always("hold");

    expect(producer.enqueue(at(0, "x".repeat(1_000)))).toBe(true);
  });

  test("of one shard alone there is no share", async () => {
    const { producer, transport, start } = virtualProducer({ maxBufferedRecords: 8 });
    await start();
    transport.always("hold");

    expect(fill(producer, 0)).toBe(8);
  });

  test.each([
    ["AUTO", "AUTO" as const, false],
    ["without a map", "USER_PARTITION_KEY" as const, true],
  ])("of a stream %s there is no share", async (_, recordDistribution, isDenied) => {
    const { producer, directory, transport, start } = onFourShards();
    directory.setSummary({ recordDistribution, openShardCount: 4 });
    if (isDenied) directory.listings.always(requestFailure("AccessDeniedException"));
    await start();
    transport.always("hold");

    expect(fill(producer, 0)).toBe(100);
  });

  test("before there is a map everything is taken; what is in stays in", async () => {
    const { producer, clock, transport, directory } = onFourShards();
    directory.listings.always("hold");
    transport.always("hold");
    const before = fill(producer, 0);

    directory.listings.held[0]?.answer();
    await clock.settle();

    expect(before).toBe(100);
    expect(producer.stats().bufferedRecords).toBe(100);
    expect(fill(producer, 1)).toBe(0);
  });
});

describe("puts that wait for the share of their shard", () => {
  test("do not hold up those of other shards, and get in in order", async () => {
    const { producer, clock, transport, put, start } = onFourShards({ aggregation: false });
    await start();
    transport.always("hold");
    fill(producer, 0);
    const hot = ["a", "b"].map((data) => put(at(0, data)));

    const idle = put(at(1, "idle"));
    const tried = watch(producer.tryPut(at(2, "tried")));
    const refused = producer.tryPut(at(0, "refused"));
    await clock.advanceAsync(100);
    expect(refused).toBeUndefined();
    expect(producer.stats().streams[STREAM]?.waitingPuts).toBe(2);
    transport.always(acceptByRange(evenShards(4)));
    while (transport.held.length > 0) transport.held[0]?.answer();
    await clock.advanceAsync(200);

    expect([...hot, idle, tried].map(({ state }) => state)).toEqual(Array(4).fill("resolved"));
    const texts = textsByRequest(transport).flat();
    expect(texts.indexOf("idle")).toBeLessThan(texts.indexOf("a"));
    expect(texts.indexOf("a")).toBeLessThan(texts.indexOf("b"));
  });

  test("are overtaken by no smaller record of their shard that would fit", async () => {
    const { producer, transport, put, start } = onFourShards({ maxBufferedBytes: 10_000 });
    await start();
    transport.always("hold");
    while (producer.enqueue(at(0, "x".repeat(1_000))));
    put(at(0, "y".repeat(1_000)));

    expect(producer.enqueue(at(0))).toBe(false);
    expect(producer.tryPut(at(0))).toBeUndefined();
    expect(producer.enqueue(at(1))).toBe(true);
  });

  test("ready() waits for the share of the record that was refused, and for no other", async () => {
    const { producer, clock, transport, start } = onFourShards();
    await start();
    transport.always("hold");
    fill(producer, 0);
    const hot = watch(producer.ready());
    fill(producer, 1);
    const other = watch(producer.ready());
    await clock.settle();

    const first = transport.held.findIndex(({ call }) => call.entries[0]?.explicitHashKey === "0");
    transport.held[first]?.answer();
    await clock.settle();

    expect(hot.state).toBe("resolved");
    expect(other.state).toBe("resolved");
    expect(producer.enqueue(at(2))).toBe(true);
  });

  test("are due at once where they only wait for a linger: their lane goes, and nobody else's", async () => {
    const { producer, clock, transport, put, start } = onFourShards({ lingerMs: 1_000 });
    await start();
    put(at(1, "idle"));
    for (let i = 0; i < 82; i++) put(at(0, `hot-${i}`));
    put(at(0, "waits"));

    await clock.settle();

    expect(textsByRequest(transport).map((texts) => texts.length)).toEqual([82]);
    expect(producer.stats().streams[STREAM]?.waitingPuts).toBe(0);
  });

  test("find new lanes when the shards change, in the order in which they came", async () => {
    const { producer, clock, transport, directory, put, start } = onFourShards({
      aggregation: false,
      shardMapMaxAgeMs: 1_000,
    });
    await start();
    transport.always("hold");
    fill(producer, 0);
    fill(producer, 3);
    put(at(0, "a"));
    put(at(3, "b"));
    put(at(0, "c"));
    await clock.advanceAsync(1_100);
    directory.listings.always({ kind: "shards", shards: evenShards(1, 4) });
    put(at(1));
    await clock.settle();
    put(at(3, "d"));

    transport.always(acceptByRange(evenShards(1, 4)));
    while (transport.held.length > 0) transport.held[0]?.answer(requestFailure("InternalFailure"));
    await clock.advanceAsync(20_000);

    const texts = textsByRequest(transport).flat();
    const waiting = texts.filter((text) => text !== "");
    expect(waiting).toEqual(["a", "b", "c", "d"]);
    expect(producer.stats()).toMatchObject({ outstandingRecords: 0, bufferedRecords: 0, bufferedBytes: 0 });
  });
});

test("a hot key at three times what its shard takes: the idle shards' records are never refused, nor wait", async () => {
  const clock = new ManualClock();
  const kinesis = new SimulatedKinesis({ clock, streams: { s: { shards: 4 } }, latencyMs: 20, limits: true });
  const producer = new KinesisProducer({
    ...{ streamName: "s", clock, transport: kinesis, directory: kinesis, logger: { warn: () => undefined } },
    ...{ maxBufferedBytes: 1024 * 1024, onFailed: () => undefined },
  });
  const ready = producer.ready();
  await clock.advanceAsync(200);
  await ready;
  let refused = 0;
  const latencies: number[] = [];
  for (let turn = 0; turn < 120; turn++) {
    for (let i = 0; i < 8; i++) void producer.put(at(0, "x".repeat(10_000)));
    for (const shard of [1, 2, 3]) {
      if (producer.tryPut(at(shard, "x".repeat(1_000))) === undefined) refused++;
      const startedAt = clock.now();
      void producer.put(at(shard, "y")).then(
        () => latencies.push(clock.now() - startedAt),
        () => undefined,
      );
    }
    await clock.advanceAsync(25);
  }

  expect(refused).toBe(0);
  expect(latencies.length).toBeGreaterThan(330);
  expect(Math.max(...latencies)).toBeLessThanOrEqual(200);
  await Promise.all([producer.close({ timeoutMs: 0 }), clock.advanceAsync(100)]);
});

test("a full buffer does not wait for the answer to a request that has one record of it", async () => {
  const { producer, transport, clock, start } = onFourShards({ lingerMs: 1_000, onFailed: () => undefined });
  await start();
  transport.always("hold");
  void producer.put(at(0));
  void producer.flush();
  await clock.settle();
  for (let i = 0; i < 50; i++) for (const shard of [1, 2, 3]) void producer.put(at(shard));
  await clock.settle();

  expect(transport.requests.length).toBe(2);
  await Promise.all([producer.close({ timeoutMs: 0 }), clock.advanceAsync(10)]);
});

test("two shards whose puts wait for room get it in turns: the first does not take it all each time", async () => {
  const clock = new ManualClock();
  const kinesis = new SimulatedKinesis({ clock, streams: { s: { shards: 4 } }, latencyMs: 20 });
  const producer = new KinesisProducer({
    ...{ streamName: "s", clock, transport: kinesis, directory: kinesis, logger: { warn: () => undefined } },
    ...{ maxBufferedRecords: 100, onFailed: () => undefined },
  });
  const ready = producer.ready();
  await clock.advanceAsync(200);
  await ready;
  const delivered = [0, 0];
  const count = (shard: number) => (): void => {
    delivered[shard] = (delivered[shard] as number) + 1;
  };
  for (const shard of [0, 1])
    for (let i = 0; i < 2_000; i++) void producer.put(at(shard)).then(count(shard), () => undefined);
  await clock.advanceAsync(400);

  expect(Math.min(...delivered)).toBeGreaterThan(300);
  expect(Math.max(...delivered) / Math.min(...delivered)).toBeLessThan(1.5);
  await Promise.all([producer.close({ timeoutMs: 0 }), clock.advanceAsync(100)]);
});
