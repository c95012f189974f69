import { describe, expect, test } from "vitest";

import { evenShards, shardIdOf } from "../../../src/testing/even-shards.js";
import { acceptAll, connectionLost, requestFailure } from "../../../src/testing/scripted-answers.js";
import { STREAM, textsByRequest, textsOf, virtualProducer, watch } from "../../support/virtual-producer.js";

const DENIED = requestFailure("AccessDeniedException", { message: "not authorized to perform kinesis:ListShards" });
const two = evenShards(2);
const LOW = "0";
const HIGH = String(2n ** 128n - 1n);

describe("before the first map", () => {
  test("records wait for it, and then find their shards", async () => {
    const { clock, directory, transport, put } = virtualProducer({}, two);
    directory.listings.next("hold");
    put({ explicitHashKey: LOW, data: "a" });
    put({ explicitHashKey: HIGH, data: "b" });
    put({ explicitHashKey: LOW, data: "c" });

    await clock.advanceAsync(1_000);
    expect(transport.requests).toHaveLength(0);
    directory.listings.held[0]?.answer();
    await clock.settle();

    expect(transport.requests[0]?.entries.map(textsOf)).toEqual([["a", "c"], ["b"]]);
  });

  test("ListShards and DescribeStreamSummary are asked once, by the first record", async () => {
    const { clock, directory, put } = virtualProducer();
    for (let i = 0; i < 10; i++) put({ partitionKey: `${i}` });
    await clock.advanceAsync(1_000);

    expect(directory.listings.calls).toHaveLength(1);
    expect(directory.summaries.calls).toHaveLength(1);
  });

  test("a DescribeStreamSummary that hangs keeps the map away no longer than the bound", async () => {
    const { clock, directory, transport, put } = virtualProducer({ shardMapTimeoutMs: 1_000 }, two);
    directory.summaries.always("hold");
    put({ explicitHashKey: LOW, data: "a" });
    put({ explicitHashKey: LOW, data: "b" });

    await clock.advanceAsync(999);
    expect(transport.requests).toHaveLength(0);
    await clock.advanceAsync(1);

    expect(transport.requests[0]?.entries.map(textsOf)).toEqual([["a", "b"]]);
    expect(directory.listings.calls).toHaveLength(1);
  });

  test("a map that comes after the bound is used at once, though DescribeStreamSummary hangs", async () => {
    const { clock, directory, transport, put } = virtualProducer({ shardMapTimeoutMs: 1_000 }, two);
    directory.summaries.always("hold");
    directory.listings.next("hold");
    put({ explicitHashKey: LOW, data: "before" });
    await clock.advanceAsync(1_000);
    directory.listings.held[0]?.answer();
    await clock.settle();

    put({ explicitHashKey: LOW, data: "a" });
    put({ explicitHashKey: LOW, data: "b" });
    await clock.advanceAsync(1_000);

    expect(transport.requests.map(({ entries }) => entries.map(textsOf))).toEqual([[["before"]], [["a", "b"]]]);
  });

  test("a list with a gap is not taken for a map: asked again, with backoff", async () => {
    const { clock, directory, transport, put } = virtualProducer({}, two);
    directory.listings.next({ kind: "shards", shards: two.slice(1) });
    put({ explicitHashKey: LOW });
    await clock.settle();
    expect(transport.requests).toHaveLength(0);
    await clock.advanceAsync(200);

    expect(directory.listings.calls).toHaveLength(2);
    expect(transport.requests).toHaveLength(1);
  });

  test("a directory that throws, before or after it makes a promise, is asked again", async () => {
    let calls = 0;
    const { clock, put, directory } = virtualProducer();
    const working = directory.listShards.bind(directory);
    directory.listShards = (...args) => {
      if (calls++ === 0) throw new Error("at once");
      return calls === 2 ? Promise.reject(new Error("later")) : working(...args);
    };
    const record = put({});

    await clock.advanceAsync(2_000);

    expect(record.state).toBe("resolved");
  });

  test("a summary that is throttled holds nothing up once the map is there", async () => {
    const { clock, directory, put } = virtualProducer();
    directory.summaries.always(requestFailure("LimitExceededException"));
    const record = put({});

    await clock.settle();

    expect(record.state).toBe("resolved");
  });
});

describe("without a map", () => {
  test("because ListShards is refused: goes on at once, one key to an aggregate, and says so once", async () => {
    const { producer, clock, directory, transport, warnings, put, start } = virtualProducer();
    directory.listings.always(DENIED);
    await start();
    put({ partitionKey: "x", data: "a" });
    put({ partitionKey: "y", data: "b" });
    put({ partitionKey: "x", data: "c" });

    await clock.advanceAsync(100);
    put({});
    await clock.advanceAsync(60_000);

    expect(transport.requests[0]?.entries.map(textsOf)).toEqual([["a", "c"], ["b"]]);
    expect(warnings).toEqual([expect.stringContaining("kinesis:ListShards")]);
    expect(producer.stats().streams[STREAM]?.routing).toBe("unmapped");
  });

  test("and without a summary: raw, for the stream might be AUTO", async () => {
    const { clock, directory, transport, warnings, put, start } = virtualProducer();
    directory.listings.always(DENIED);
    directory.summaries.always(requestFailure("AccessDeniedException"));
    await start();
    for (const data of ["a", "b", "c"]) put({ data });

    await clock.advanceAsync(100);

    expect(transport.requests[0]?.entries.map(textsOf)).toEqual([["a"], ["b"], ["c"]]);
    expect(warnings).toHaveLength(2);
  });

  test("and without a summary, but told the distribution: one key to an aggregate", async () => {
    const { clock, directory, transport, put, start } = virtualProducer({ recordDistribution: "USER_PARTITION_KEY" });
    directory.listings.always(DENIED);
    directory.summaries.always(requestFailure("AccessDeniedException"));
    await start();
    for (const data of ["a", "b", "c"]) put({ data });

    await clock.advanceAsync(100);

    expect(transport.requests[0]?.entries.map(textsOf)).toEqual([["a", "b", "c"]]);
  });

  test("because nobody answers: after shardMapTimeoutMs it goes on without", async () => {
    const { clock, directory, transport, put } = virtualProducer({ shardMapTimeoutMs: 2_000 });
    directory.listings.always("hold");
    put({ data: "a" });

    await clock.advanceAsync(1_999);
    expect(transport.requests).toHaveLength(0);
    await clock.advanceAsync(1);

    expect(textsByRequest(transport)).toEqual([["a"]]);
  });

  test("a map that comes later is used from then on", async () => {
    const { producer, clock, directory, transport, put, start } = virtualProducer({}, two);
    directory.listings.next(DENIED);
    await start();
    expect(producer.stats().streams[STREAM]?.routing).toBe("unmapped");
    put({ explicitHashKey: LOW, partitionKey: "x", data: "a" });
    put({ explicitHashKey: "1", partitionKey: "y", data: "b" });

    await clock.advanceAsync(30_000);
    put({ explicitHashKey: LOW, partitionKey: "x", data: "c" });
    put({ explicitHashKey: "1", partitionKey: "y", data: "d" });
    await clock.advanceAsync(100);

    expect(producer.stats().streams[STREAM]?.routing).toBe("mapped");
    expect(transport.requests.at(-1)?.entries.map(textsOf)).toEqual([["c", "d"]]);
  });

  test("an unreachable endpoint: records wait within their time to live", async () => {
    const { clock, directory, transport, put } = virtualProducer({ recordTtlMs: 10_000 });
    directory.listings.always(connectionLost("ECONNREFUSED"));
    transport.always({ ...connectionLost("ECONNREFUSED"), mayBeStored: false });
    const lost = put({});
    await clock.advanceAsync(5_000);
    const found = put({});
    await clock.advanceAsync(6_000);
    transport.always(acceptAll(shardIdOf(0)));
    await clock.advanceAsync(6_000);

    expect(lost.error).toMatchObject({ code: "KP_RECORD_EXPIRED", delivery: "none" });
    expect(found.state).toBe("resolved");
  });
});

describe("a stream that does not exist", () => {
  const MISSING = requestFailure("ResourceNotFoundException", { message: "Stream virtual not found" });

  test("told by ListShards before any answer: everything buffered fails at once", async () => {
    const { clock, directory, transport, put } = virtualProducer();
    directory.listings.always(MISSING);
    const records = [put({}), put({})];

    await clock.settle();

    for (const { error } of records) {
      expect(error).toMatchObject({ serviceCode: "ResourceNotFoundException", delivery: "none" });
      expect(error?.message).toContain("Stream virtual not found");
    }
    expect(transport.requests).toHaveLength(0);
    expect(clock.isRefed).toBe(false);
  });

  test("a record that comes when the first ones have failed is not forgotten", async () => {
    const { clock, directory, put } = virtualProducer();
    directory.listings.next(MISSING);
    put({});
    await clock.settle();
    const record = put({});

    await clock.advanceAsync(5_000);

    expect(record.state).toBe("resolved");
    expect(record.settledAt).toBeLessThan(2_000);
    expect(clock.isRefed).toBe(false);
  });

  test("told by PutRecords before any answer: everything buffered fails at once", async () => {
    const { clock, transport, put, start } = virtualProducer({
      aggregation: false,
      maxRequestRecords: 1,
      maxInFlightRequests: 1,
    });
    await start();
    transport.always(MISSING);
    const records = ["a", "b", "c"].map((data) => put({ data }));

    await clock.advanceAsync(100);

    expect(records.map(({ error }) => error?.serviceCode)).toEqual(Array(3).fill("ResourceNotFoundException"));
    expect(transport.requests).toHaveLength(1);
  });

  test("after it has answered: that request fails, the rest waits for a new map within its time to live", async () => {
    const { clock, directory, transport, put, start } = virtualProducer({ lingerMs: 0, maxInFlightRequests: 1 });
    await start();
    const before = put({});
    await clock.settle();
    transport.next("hold");
    const inFlight = put({ data: "in flight" });
    await clock.settle();
    const waits = put({ data: "waits" });
    directory.listings.next("hold");
    transport.held[0]?.answer(MISSING);
    await clock.advanceAsync(1_000);
    expect(waits.state).toBe("pending");

    directory.listings.held[0]?.answer();
    await clock.settle();

    expect(before.state).toBe("resolved");
    expect(inFlight.error?.serviceCode).toBe("ResourceNotFoundException");
    expect(waits.state).toBe("resolved");
  });

  test("flush and close do not hang on it", async () => {
    const { producer, clock, directory, put } = virtualProducer();
    directory.listings.always(MISSING);
    put({});
    const flush = watch(producer.flush());
    const close = watch(producer.close());
    await clock.settle();

    expect([flush.state, close.state]).toEqual(["resolved", "resolved"]);
    expect(clock.isRefed).toBe(false);
  });
});

describe("the map's age", () => {
  test("an old map is refreshed at the next put, never by an idle timer, and used meanwhile", async () => {
    const { clock, directory, put } = virtualProducer({ shardMapMaxAgeMs: 10_000 });
    put({});
    await clock.advanceAsync(100_000);
    expect(directory.listings.calls).toHaveLength(1);
    expect(clock.isRefed).toBe(false);
    directory.listings.always("hold");

    const record = put({});
    await clock.advanceAsync(100);

    expect(directory.listings.calls).toHaveLength(2);
    expect(record.state).toBe("resolved");
  });
});
