import { describe, expect, test } from "vitest";
import type { KinesisProducer } from "../../../src/producer.js";
import { shardIdOf } from "../../../src/testing/even-shards.js";
import { acceptAll, requestFailure } from "../../../src/testing/scripted-answers.js";
import { STREAM, textsByRequest, virtualProducer, watch } from "../../support/virtual-producer.js";

const record = { partitionKey: "k", data: "" };

describe("a full buffer", () => {
  test("by records: put waits, tryPut and enqueue say so", async () => {
    const { producer, put, start } = virtualProducer({ maxBufferedRecords: 2 });
    await start();
    put({});

    expect(producer.enqueue(record)).toBe(true);
    expect(producer.enqueue(record)).toBe(false);
    expect(producer.tryPut(record)).toBeUndefined();
    const waits = put({});

    expect(waits.state).toBe("pending");
    expect(producer.stats()).toMatchObject({ bufferedRecords: 2, outstandingRecords: 3 });
    expect(producer.stats().streams[STREAM]?.waitingPuts).toBe(1);
  });

  test("by bytes of key and data, to the byte", async () => {
    const { producer, start } = virtualProducer({ maxBufferedBytes: 2_048 });
    await start();

    expect(producer.enqueue({ partitionKey: "kk", data: "x".repeat(1_046) })).toBe(true);
    expect(producer.enqueue({ partitionKey: "é", data: "x".repeat(999) })).toBe(false);
    expect(producer.enqueue({ partitionKey: "é", data: "x".repeat(998) })).toBe(true);

    expect(producer.stats().bufferedBytes).toBe(2_048);
  });

  test("makes waiting out the linger pointless: what is in it goes at once", async () => {
    const { clock, transport, put, start } = virtualProducer({ maxBufferedRecords: 2, lingerMs: 1_000 });
    await start();

    for (const data of ["a", "b", "c"]) put({ data });
    await clock.settle();

    expect(textsByRequest(transport)).toEqual([["a", "b"]]);
  });

  test("that those who waited fill again goes at once, too", async () => {
    const { clock, transport, put, start } = virtualProducer({ maxBufferedRecords: 2, lingerMs: 1_000 });
    await start();

    for (const data of ["a", "b", "c", "d", "e", "f", "g"]) put({ data });
    await clock.settle();
    expect(textsByRequest(transport)).toEqual([
      ["a", "b"],
      ["c", "d"],
      ["e", "f"],
    ]);
    await clock.advanceAsync(1_000);

    expect(textsByRequest(transport)[3]).toEqual(["g"]);
    expect(clock.now()).toBe(2_000);
  });

  test.each([
    ["enqueue", (producer: KinesisProducer) => producer.enqueue(record)],
    ["tryPut", (producer: KinesisProducer) => producer.tryPut(record) !== undefined],
  ])("does not wait out the linger for those who wait with ready(): %s", async (_, offer) => {
    const { producer, clock, transport, start } = virtualProducer({ maxBufferedRecords: 10, lingerMs: 1_000 });
    await start();
    const hand = async (): Promise<void> => {
      while (!offer(producer)) await producer.ready();
    };

    const handedOver = watch(Promise.all(Array.from({ length: 100 }, hand)), clock);
    await clock.advanceAsync(1_000);

    expect(handedOver.settledAt).toBe(1_000);
    expect(transport.requests).toHaveLength(10);
  });

  test("does not make a storm of drains while nothing can be done about it", async () => {
    const { clock, transport, put, start } = virtualProducer({ maxBufferedRecords: 1 });
    await start();
    transport.next("hold");
    for (const data of ["a", "b"]) put({ data });

    await clock.settle();

    expect(clock.pendingDeferred).toBe(0);
    expect(transport.requests).toHaveLength(1);
  });

  test("counts what is in flight and what waits for a retry", async () => {
    const { producer, clock, transport, put, start } = virtualProducer({ maxBufferedRecords: 1 });
    await start();
    transport.next("hold");
    put({});
    await clock.advanceAsync(100);
    expect(producer.enqueue(record)).toBe(false);

    transport.held[0]?.answer(requestFailure("ThrottlingException"));
    await clock.settle();
    expect(producer.enqueue(record)).toBe(false);
    await clock.advanceAsync(100);

    expect(producer.enqueue(record)).toBe(true);
  });

  test("lets those who wait in by their order, the small not before the large", async () => {
    const { clock, transport, put, start } = virtualProducer({ maxBufferedBytes: 1_024, aggregation: false });
    await start();
    transport.always("hold");
    put({ data: "1".repeat(600) });
    put({ data: "2".repeat(400) });
    put({ data: "3".repeat(600) });
    put({ data: "4" });
    await clock.settle();
    expect(
      textsByRequest(transport)
        .flat()
        .map((text) => text[0]),
    ).toEqual(["1", "2"]);

    transport.held[0]?.answer();
    await clock.settle();

    expect(
      textsByRequest(transport)
        .flat()
        .map((text) => text[0]),
    ).toEqual(["1", "2", "3", "4"]);
  });

  test("nobody overtakes a put that waits, though there is room for less", async () => {
    const { producer, clock, transport, put, start } = virtualProducer({ maxBufferedBytes: 1_024 });
    await start();
    transport.always("hold");
    put({ data: "x".repeat(600) });
    put({ data: "y".repeat(600) });
    await clock.settle();

    expect(producer.tryPut(record)).toBeUndefined();
    expect(producer.enqueue(record)).toBe(false);
  });

  test("nobody overtakes a ready() that waits", async () => {
    const { producer, clock, transport, put, start } = virtualProducer({ maxBufferedRecords: 1 });
    await start();
    transport.always("hold");
    put({});
    const ready = watch(producer.ready());
    await clock.settle();
    const before = producer.enqueue(record);

    transport.held[0]?.answer();
    await clock.settle();

    expect(before).toBe(false);
    expect(ready.state).toBe("resolved");
  });

  test("refuses a record larger than the whole of it at once", async () => {
    const { clock, put, start } = virtualProducer({ maxBufferedBytes: 1_024 });
    await start();

    const fits = put({ data: "x".repeat(1_023) });
    const tooLarge = put({ data: "x".repeat(1_024) });
    await clock.advanceAsync(100);

    expect(fits.state).toBe("resolved");
    expect(tooLarge.error).toMatchObject({ code: "KP_RECORD_TOO_LARGE", delivery: "none" });
    expect(tooLarge.error?.message).toContain("1025");
  });

  test("beyond maxWaitingPuts refuses with advice, and counts down again", async () => {
    const { clock, put, start } = virtualProducer({ maxBufferedRecords: 1, maxWaitingPuts: 2 });
    await start();
    const records = ["a", "b", "c", "d"].map((data) => put({ data }));
    await clock.settle();

    expect(records[3]?.error).toMatchObject({ code: "KP_BUFFER_FULL", delivery: "none" });
    expect(records[3]?.error?.message).toMatch(/putMany.*ready/);
    await clock.advanceAsync(100);
    expect(records.map(({ state }) => state)).toEqual(["resolved", "resolved", "resolved", "rejected"]);
    const again = ["e", "f", "g"].map((data) => put({ data }));
    await clock.advanceAsync(100);

    expect(again.map(({ state }) => state)).toEqual(["resolved", "resolved", "resolved"]);
  });

  test("beyond maxWaitingBytes refuses with advice, to the byte, and counts down again", async () => {
    const { producer, clock, transport, put, start } = virtualProducer({
      maxBufferedRecords: 1,
      maxWaitingBytes: 1_000,
    });
    await start();
    transport.next("hold");
    put({});
    const controller = new AbortController();
    const waiting = put({ data: "x".repeat(599) }, { signal: controller.signal });

    const tooMuch = put({ data: "x".repeat(400) });
    const fits = put({ data: "x".repeat(399) });
    await clock.settle();
    expect(tooMuch.error).toMatchObject({ code: "KP_BUFFER_FULL", delivery: "none" });
    expect(tooMuch.error?.message).toMatch(
      /has 401 bytes.* 600 bytes are waiting.*1000 \(maxWaitingBytes\).*putMany.*ready/,
    );
    controller.abort();
    // Its bytes are given back when its caller has heard of it.
    await clock.settle();
    const again = put({ data: "x".repeat(599) });
    transport.held[0]?.answer();
    await clock.advanceAsync(300);

    expect([waiting, fits, again].map(({ state }) => state)).toEqual(["rejected", "resolved", "resolved"]);
    put({});
    const asMuch = put({ data: "x".repeat(999) });
    await clock.advanceAsync(300);
    expect(asMuch.state).toBe("resolved");
    expect(producer.stats().outstandingRecords).toBe(0);
  });

  test("300 MB of puts at once wait for room by default", async () => {
    const { producer, transport, put, start } = virtualProducer();
    await start();
    transport.always("hold");
    const data = "x".repeat(100_000);

    const puts = Array.from({ length: 3_000 }, () => put({ data }));
    await Promise.resolve();

    expect(puts.every(({ state }) => state === "pending")).toBe(true);
    expect(producer.stats().outstandingRecords).toBe(3_000);
  });

  test("an aborted put leaves the queue, and its place", async () => {
    const { producer, clock, transport, put, start } = virtualProducer({ maxBufferedRecords: 1, maxWaitingPuts: 2 });
    await start();
    transport.next("hold");
    put({ data: "a" });
    const controller = new AbortController();
    const aborted = put({ data: "b" }, { signal: controller.signal });
    const waits = put({ data: "c" });

    controller.abort();
    await clock.settle();
    expect(aborted.error).toMatchObject({ code: "KP_ABORTED", delivery: "none" });
    expect(producer.stats().streams[STREAM]?.waitingPuts).toBe(1);
    transport.held[0]?.answer();
    await clock.advanceAsync(100);

    expect(waits.state).toBe("resolved");
    expect(textsByRequest(transport)).toEqual([["a"], ["c"]]);
    expect(producer.stats().streams[STREAM]?.waitingPuts).toBe(0);
  });
});

describe("two streams", () => {
  const fill = (producer: ReturnType<typeof virtualProducer>["producer"], streamName: string): number => {
    let taken = 0;
    while (producer.enqueue({ ...record, streamName })) taken++;
    return taken;
  };

  test("one stream alone may fill the buffer", async () => {
    const { producer, transport, start } = virtualProducer({ maxBufferedRecords: 8 });
    await start();
    transport.always("hold");

    expect(fill(producer, STREAM)).toBe(8);
  });

  test("with a second one it holds maxBufferedShare, and the second one always gets its part of the rest", async () => {
    const { producer, clock, transport } = virtualProducer({ maxBufferedRecords: 16, maxBufferedShare: 0.75 });
    watch(producer.put({ ...record, streamName: "quiet" }));
    await clock.advanceAsync(100);
    transport.always("hold");

    expect(fill(producer, "busy")).toBe(12);
    expect(fill(producer, "quiet")).toBe(4);
    expect(fill(producer, "busy")).toBe(0);
  });

  test("a third one gets a record in, though the buffer is full", async () => {
    const { producer, transport, start } = virtualProducer({ maxBufferedRecords: 8 });
    await start();
    transport.always("hold");
    fill(producer, STREAM);

    expect(fill(producer, "second")).toBeGreaterThanOrEqual(1);
    expect(fill(producer, "third")).toBeGreaterThanOrEqual(1);
  });

  test("a throttled stream does not hold up the other", async () => {
    const { producer, clock, transport, put } = virtualProducer({ maxBufferedRecords: 8 });
    put({ streamName: "quiet" });
    await clock.advanceAsync(100);
    transport.always((call) =>
      call.stream.streamName === "busy"
        ? requestFailure("ThrottlingException")
        : {
            kind: "answered",
            entries: call.entries.map(() => ({ shardId: "shardId-000000000000", sequenceNumber: "1" })),
          },
    );
    for (let i = 0; i < 20; i++) put({ streamName: "busy" });
    await clock.advanceAsync(1_000);

    const quiet = Array.from({ length: 20 }, () => put({ streamName: "quiet" }));
    await clock.advanceAsync(1_000);

    expect(quiet.map(({ state }) => state)).toEqual(Array(20).fill("resolved"));
    expect(producer.stats().streams.busy).toMatchObject({ bufferedRecords: 6, waitingPuts: 14 });
  });

  test("the put of one stream gets in for which the records of another made room", async () => {
    const { clock, transport, put } = virtualProducer({
      aggregation: false,
      lingerMs: 0,
      maxBufferedRecords: 4,
      maxRequestRecords: 1,
      maxBufferedShare: 0.75,
    });
    transport.always("hold");
    for (const streamName of ["a", "a", "a", "b"]) put({ streamName });
    await clock.advanceAsync(100);
    const waiting = put({ streamName: "b" });
    await clock.advanceAsync(100);
    const held = transport.held.length;
    transport.held.find(({ call }) => call.stream.streamName === "a")?.answer(acceptAll(shardIdOf(0)));
    await clock.advanceAsync(100);

    expect(transport.held.length).toBe(held);
    expect(transport.held.filter(({ call }) => call.stream.streamName === "b")).toHaveLength(2);
    expect(waiting.state).toBe("pending");
  });
});
