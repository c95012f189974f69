import { describe, expect, test } from "vitest";

import { evenShards } from "../../../src/testing/even-shards.js";
import { textsByRequest, textsOf, virtualProducer } from "../../support/virtual-producer.js";

const TWO = evenShards(2);
/** An explicit hash key in the first and in the second shard. */
const LOW = "0";
const HIGH = String(2n ** 128n - 1n);

describe("lingering", () => {
  test("a record goes when it has waited lingerMs, and not a millisecond earlier", async () => {
    const { clock, transport, put, start } = virtualProducer({ lingerMs: 100 });
    await start();

    put({ data: "a" });
    await clock.advanceAsync(99);
    expect(transport.requests).toHaveLength(0);
    await clock.advanceAsync(1);

    expect(textsByRequest(transport)).toEqual([["a"]]);
  });

  test("the linger counts from the oldest record of an aggregate", async () => {
    const { clock, transport, put, start } = virtualProducer({ lingerMs: 100 });
    await start();

    put({ data: "a" });
    await clock.advanceAsync(60);
    put({ data: "b" });
    await clock.advanceAsync(40);

    expect(textsByRequest(transport)).toEqual([["a", "b"]]);
    expect(transport.requests[0]?.entries).toHaveLength(1);
  });

  test("with lingerMs 0 what was put in one turn goes together at its end", async () => {
    const { clock, transport, put, start } = virtualProducer({ lingerMs: 0 });
    await start();

    put({ data: "a" });
    put({ data: "b" });
    await clock.settle();

    expect(textsByRequest(transport)).toEqual([["a", "b"]]);
  });

  test("what has waited nine tenths of the linger goes along with what is due; what has not stays", async () => {
    const four = evenShards(4);
    const keys = four.map(({ startingHashKey }) => startingHashKey);
    const { clock, transport, put, start } = virtualProducer({ lingerMs: 100 }, four);
    await start();

    put({ explicitHashKey: keys[0] as string, data: "due" });
    await clock.advanceAsync(10);
    put({ explicitHashKey: keys[1] as string, data: "nearly" });
    await clock.advanceAsync(1);
    put({ explicitHashKey: keys[2] as string, data: "less" });
    await clock.advanceAsync(89);
    expect(textsByRequest(transport)).toEqual([["due", "nearly"]]);
    await clock.advanceAsync(11);

    expect(textsByRequest(transport)).toEqual([["due", "nearly"], ["less"]]);
  });

  test("an aggregate that is full by count or size does not wait", async () => {
    const { clock, transport, put, start } = virtualProducer({ aggregation: { maxCount: 2 } });
    await start();

    put({ data: "a" });
    put({ data: "b" });
    put({ data: "c" });
    await clock.settle();
    const atOnce = textsByRequest(transport);
    await clock.advanceAsync(100);

    // The third one tells that the second was the last; the first two are due from then on.
    expect(atOnce).toEqual([["a", "b"]]);
    expect(textsByRequest(transport)).toEqual([["a", "b"], ["c"]]);
  });

  test("aggregates hold records of one shard; a lone record goes raw, under its own keys", async () => {
    const { clock, transport, put, start } = virtualProducer({}, TWO);
    await start();

    put({ explicitHashKey: LOW, data: "low 1" });
    put({ explicitHashKey: HIGH, data: "high" });
    put({ explicitHashKey: LOW, data: "low 2" });
    await clock.advanceAsync(100);

    const { entries } = transport.requests[0] ?? { entries: [] };
    expect(entries.map(textsOf)).toEqual([["low 1", "low 2"], ["high"]]);
    expect(entries[0]).toMatchObject({ partitionKey: "a", explicitHashKey: LOW });
    expect(entries[1]).toMatchObject({ partitionKey: "k", explicitHashKey: HIGH });
    expect(entries[1]?.data).toEqual(Uint8Array.from(Buffer.from("high")));
  });

  test("while every connection is busy an aggregate keeps growing", async () => {
    const { clock, transport, put, start } = virtualProducer({ maxInFlightRequests: 1 });
    await start();
    transport.next("hold");
    put({ data: "a" });
    await clock.advanceAsync(100);

    put({ data: "b" });
    await clock.advanceAsync(500);
    put({ data: "c" });
    await clock.advanceAsync(10);
    transport.held[0]?.answer();
    await clock.settle();

    expect(transport.maxInFlight).toBe(1);
    expect(textsByRequest(transport)).toEqual([["a"], ["b", "c"]]);
  });

  test("with aggregation off every record is its own Kinesis record, never wrapped", async () => {
    const { clock, transport, put, start } = virtualProducer({ aggregation: false });
    await start();

    for (const data of ["a", "b", "c"]) put({ data });
    await clock.advanceAsync(100);

    expect(transport.requests[0]?.entries.map(({ partitionKey }) => partitionKey)).toEqual(["k", "k", "k"]);
    expect(textsByRequest(transport)).toEqual([["a", "b", "c"]]);
  });

  test("a request takes maxRequestRecords entries; the others follow at once", async () => {
    const { clock, transport, put, start } = virtualProducer({ aggregation: false, maxRequestRecords: 2 });
    await start();

    for (const data of ["a", "b", "c", "d", "e"]) put({ data });
    await clock.advanceAsync(100);

    expect(textsByRequest(transport)).toEqual([["a", "b"], ["c", "d"], ["e"]]);
  });

  test("a Kinesis record larger than maxRequestBytes goes in its own request", async () => {
    const { clock, transport, put, start } = virtualProducer({ aggregation: false, maxRequestBytes: 10 });
    await start();

    for (const data of ["1234", "x".repeat(20), "5678", "9"]) put({ data });
    await clock.advanceAsync(100);

    expect(textsByRequest(transport)).toEqual([["1234"], ["x".repeat(20)], ["5678", "9"]]);
  });

  test("streams take turns: a busy one does not keep the slots from the others", async () => {
    const { clock, transport, put, start } = virtualProducer({
      aggregation: false,
      maxRequestRecords: 1,
      maxInFlightRequests: 2,
    });
    await start();
    transport.always("hold");

    for (let i = 0; i < 10; i++) put({ data: `busy ${i}` });
    put({ data: "quiet", streamName: "quiet" });
    await clock.advanceAsync(100);

    expect(textsByRequest(transport).flat().sort()).toEqual(["busy 0", "quiet"]);
  });

  test("streams take turns also when all their records are due", async () => {
    const virtual = virtualProducer({
      aggregation: false,
      lingerMs: 0,
      maxRequestRecords: 1,
      maxInFlightRequests: 2,
    });
    const { producer, clock, transport, put, start } = virtual;
    await start();
    const isReady = producer.ready("quiet");
    await clock.settle();
    await isReady;
    transport.always("hold");

    for (let i = 0; i < 10; i++) put({ data: `busy ${i}` });
    put({ data: "quiet", streamName: "quiet" });
    await clock.advanceAsync(100);

    expect(textsByRequest(transport).flat().sort()).toEqual(["busy 0", "quiet"]);
  });
});
