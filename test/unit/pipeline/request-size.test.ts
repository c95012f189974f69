import { describe, expect, test } from "vitest";

import { textsByRequest, type VirtualProducer, virtualProducer } from "../../support/virtual-producer.js";

/** A producer whose every record is a Kinesis record of its own, due at once, and whose first request is on its way. */
async function withOneOnItsWay(options: Parameters<typeof virtualProducer>[0] = {}): Promise<VirtualProducer> {
  const virtual = virtualProducer({ aggregation: false, lingerMs: 100, ...options });
  await virtual.start();
  virtual.transport.always("hold");
  virtual.put({ data: "first" });
  await virtual.clock.settle();
  await virtual.clock.advanceAsync(options.lingerMs ?? 100);
  expect(virtual.transport.requests).toHaveLength(1);
  return virtual;
}

describe("while a request is on its way", () => {
  test("little that is due waits for its answer, and goes together then", async () => {
    const { clock, transport, put } = await withOneOnItsWay();

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
    const { clock, transport, put } = await withOneOnItsWay();

    put({ data: "a" });
    await clock.advanceAsync(99);
    const before = transport.requests.length;
    await clock.advanceAsync(1);

    expect(before).toBe(1);
    expect(textsByRequest(transport)).toEqual([["first"], ["a"]]);
  });

  test("what is worth a request by its bytes goes at once", async () => {
    const { clock, transport, put } = await withOneOnItsWay({
      maxRecordBytes: 10_485_760,
      shardLimits: { bytesPerSecond: 1e9 },
    });

    put({ data: "x".repeat(1024 * 1024 - 2) });
    await clock.settle();
    const below = transport.requests.length;
    put({ data: "y" });
    await clock.settle();

    expect(below).toBe(1);
    expect(transport.requests[1]?.entries).toHaveLength(2);
  });

  test("what is worth a request by its number of records goes at once", async () => {
    const { clock, transport, put } = await withOneOnItsWay({ maxRequestRecords: 3 });

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
    const { clock, transport, producer, put } = await withOneOnItsWay();

    put({ data: "a" });
    void producer.flush();
    await clock.settle();

    expect(textsByRequest(transport)).toEqual([["first"], ["a"]]);
  });

  test("after a flush everything is as before it", async () => {
    const { clock, transport, producer, put } = await withOneOnItsWay();
    put({ data: "a" });
    void producer.flush();
    await clock.settle();

    put({ data: "b" });
    await clock.advanceAsync(50);

    expect(textsByRequest(transport)).toEqual([["first"], ["a"]]);
  });

  test("the requests of another stream are no reason to wait", async () => {
    const { clock, transport, put } = await withOneOnItsWay();

    put({ data: "a", streamName: "other" });
    await clock.settle();

    expect(textsByRequest(transport)).toEqual([["first"], ["a"]]);
  });

  test("a full buffer does not end the growth of aggregates: the answer will make room", async () => {
    const { clock, transport, put } = await withOneOnItsWay({ aggregation: true, maxBufferedRecords: 3 });

    put({ data: "a" });
    put({ data: "b" });
    put({ data: "found room" });
    await clock.advanceAsync(50);
    const before = transport.requests.length;
    transport.held[0]?.answer();
    await clock.settle();
    await clock.advanceAsync(50);

    expect(before).toBe(1);
    expect(transport.requests[1]?.entries).toHaveLength(1);
    expect(textsByRequest(transport)).toEqual([["first"], ["a", "b", "found room"]]);
  });

  test("a full buffer ends the growth of aggregates when no answer is going to make room", async () => {
    const { clock, transport, put, start } = virtualProducer({ maxBufferedRecords: 2 });
    await start();

    for (const data of ["a", "b", "c"]) put({ data });
    await clock.settle();

    expect(textsByRequest(transport)[0]).toEqual(["a", "b"]);
  });
});
