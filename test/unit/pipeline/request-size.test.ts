import { describe, expect, test } from "vitest";

import { evenShards } from "../../../src/testing/even-shards.js";
import { textsByRequest, type VirtualProducer, virtualProducer } from "../../support/virtual-producer.js";

/** The last hash key of all. */
const LAST = String(2n ** 128n - 1n);

/** A producer without aggregation, with one request in flight. */
async function withOneInFlight(options: Parameters<typeof virtualProducer>[0] = {}): Promise<VirtualProducer> {
  const virtual = virtualProducer({ aggregation: false, lingerMs: 100, ...options });
  await virtual.start();
  virtual.transport.always("hold");
  virtual.put({ data: "first" });
  await virtual.clock.settle();
  await virtual.clock.advanceAsync(options.lingerMs ?? 100);
  expect(virtual.transport.requests).toHaveLength(1);
  return virtual;
}

describe("while a request is in flight", () => {
  test("little that is due waits for its answer, and goes together then", async () => {
    const { clock, transport, put } = await withOneInFlight();

    put({ data: "a" });
    await clock.advanceAsync(10);
    put({ data: "b" });
    await clock.advanceAsync(10);
    const before = transport.requests.length;
    transport.held[0]?.answer();
    await clock.settle();

    expect(before).toBe(1);
    expect(textsByRequest(transport)).toEqual([["first"], ["a", "b"]]);
  });

  test("it waits no longer than the linger, counted from its acceptance", async () => {
    const { clock, transport, put } = await withOneInFlight();

    put({ data: "a" });
    await clock.advanceAsync(99);
    const before = transport.requests.length;
    await clock.advanceAsync(1);

    expect(before).toBe(1);
    expect(textsByRequest(transport)).toEqual([["first"], ["a"]]);
  });

  test("what is worth a request by its bytes goes at once", async () => {
    const { clock, transport, put } = await withOneInFlight({
      maxRecordBytes: 10_485_760,
      shardLimits: { bytesPerSecond: 1e9 },
    });

    put({ data: "x".repeat(24 * 51_200 - 2) });
    await clock.settle();
    const below = transport.requests.length;
    put({ data: "y" });
    await clock.settle();

    expect(below).toBe(1);
    expect(transport.requests[1]?.entries).toHaveLength(2);
  });

  test("what is worth a request by its number of records goes at once", async () => {
    const { clock, transport, put } = await withOneInFlight({ maxRequestRecords: 3 });

    put({ data: "a" });
    put({ data: "b" });
    await clock.settle();
    const below = transport.requests.length;
    put({ data: "c" });
    await clock.settle();

    expect(below).toBe(1);
    expect(textsByRequest(transport)).toEqual([["first"], ["a", "b", "c"]]);
  });

  test("a flush does not wait", async () => {
    const { clock, transport, producer, put } = await withOneInFlight();

    put({ data: "a" });
    void producer.flush();
    await clock.settle();

    expect(textsByRequest(transport)).toEqual([["first"], ["a"]]);
  });

  test("nor does what a flush covers and quota held up", async () => {
    const { clock, transport, producer, put } = await withOneInFlight({
      lingerMs: 20_000,
      shardLimits: { recordsPerSecond: 1 },
    });

    put({ data: "a" });
    put({ data: "b" });
    void producer.flush();
    await clock.settle();
    await clock.advanceAsync(3_000);

    expect(textsByRequest(transport)).toEqual([["first"], ["a"], ["b"]]);
  });

  test("after a flush everything is as before it", async () => {
    const { clock, transport, producer, put } = await withOneInFlight();
    put({ data: "a" });
    void producer.flush();
    await clock.settle();
    for (const held of [...transport.held]) held.answer();
    await clock.settle();

    put({ data: "b" });
    await clock.advanceAsync(10);
    put({ data: "c" });
    await clock.advanceAsync(50);

    expect(textsByRequest(transport)).toEqual([["first"], ["a"], ["b"]]);
  });

  test("the requests of another stream are no reason to wait", async () => {
    const { clock, transport, put } = await withOneInFlight();

    put({ data: "a", streamName: "other" });
    await clock.settle();

    expect(textsByRequest(transport)).toEqual([["first"], ["a"]]);
  });

  test("a full buffer does not end the growth of aggregates when half of it is in flight: the answer will make room", async () => {
    const { clock, transport, put, start } = virtualProducer({ maxBufferedRecords: 4 });
    await start();
    transport.always("hold");
    for (const data of ["1", "2"]) put({ data });
    await clock.advanceAsync(100);

    for (const data of ["a", "b", "found room"]) put({ data });
    await clock.advanceAsync(50);
    const before = transport.requests.length;
    transport.held[0]?.answer();
    await clock.settle();
    await clock.advanceAsync(50);

    expect(before).toBe(1);
    expect(textsByRequest(transport)).toEqual([
      ["1", "2"],
      ["a", "b", "found room"],
    ]);
  });

  test("a full buffer ends it when less is in flight, though it goes only when it may", async () => {
    const { clock, transport, put, start } = virtualProducer(
      { maxBufferedRecords: 4, lingerMs: 20_000 },
      evenShards(2),
    );
    await start();
    transport.always("hold");
    put({ explicitHashKey: "0", data: "1" });
    await clock.advanceAsync(20_000);

    for (const data of ["a", "b", "c"]) put({ explicitHashKey: LAST, data });
    put({ explicitHashKey: LAST, data: "waits for room" });
    await clock.settle();
    transport.held[0]?.answer();
    await clock.settle();

    expect(textsByRequest(transport)).toEqual([["1"], ["a", "b", "c"]]);
  });

  test("a full buffer ends the growth of aggregates when no answer is going to make room", async () => {
    const { clock, transport, put, start } = virtualProducer({ maxBufferedRecords: 2 });
    await start();

    for (const data of ["a", "b", "c"]) put({ data });
    await clock.settle();

    expect(textsByRequest(transport)[0]).toEqual(["a", "b"]);
  });
});
