import { describe, expect, test } from "vitest";

import { connectionLost, requestFailure } from "../../../src/testing/scripted-answers.js";
import { STREAM, textsByRequest, virtualProducer, watch } from "../../support/virtual-producer.js";

describe("close", () => {
  test("of a producer that was never used resolves and opens nothing", async () => {
    const { producer, clock, transport, directory } = virtualProducer();

    const close = watch(producer.close());
    await clock.settle();

    expect(close.value).toEqual({ delivered: 0, failed: 0 });
    expect(directory.listings.calls).toHaveLength(0);
    expect(transport.closeCalls).toBe(1);
    expect(clock.isRefed).toBe(false);
  });

  test.each([Number.NaN, -1])("with timeoutMs %s is refused, and fails no record", async (timeoutMs) => {
    const { producer, clock, put, start } = virtualProducer();
    await start();
    const record = put({ data: "a" });

    const close = watch(producer.close({ timeoutMs }));
    await clock.advanceAsync(200);

    expect(close.error).toMatchObject({ code: "KP_INVALID_OPTION", message: expect.stringContaining(`${timeoutMs}`) });
    expect(record.state).toBe("resolved");
  });

  test("delivers what is buffered, in flight and waiting for room, then resolves", async () => {
    const { producer, clock, transport, put, start } = virtualProducer({ maxBufferedRecords: 2 });
    await start();
    transport.next("hold");
    put({ data: "in flight" });
    await clock.advanceAsync(100);
    const records = ["buffered", "waits 1", "waits 2"].map((data) => put({ data }));

    const close = watch(producer.close());
    await clock.settle();
    expect(close.state).toBe("pending");
    transport.held[0]?.answer();
    await clock.settle();

    expect(records.map(({ state }) => state)).toEqual(["resolved", "resolved", "resolved"]);
    expect(close.value).toEqual({ delivered: 4, failed: 0 });
    expect(transport.closeCalls).toBe(1);
  });

  test("refuses everything from its call on, in every way there is", async () => {
    const { producer, clock, transport, put, start } = virtualProducer();
    await start();
    transport.next("hold");
    put({});
    const close = watch(producer.close());
    const record = { partitionKey: "k", data: "" };

    const late = [watch(producer.put(record)), watch(producer.tryPut(record)), watch(producer.ready())];
    expect(() => producer.enqueue(record)).toThrow(expect.objectContaining({ code: "KP_CLOSED" }));
    await clock.settle();
    transport.held[0]?.answer();
    await clock.settle();

    expect(late.map(({ error }) => error?.code)).toEqual(["KP_CLOSED", "KP_CLOSED", "KP_CLOSED"]);
    expect(close.value).toEqual({ delivered: 1, failed: 0 });
  });

  test("may be called again, before and after it has resolved, with the same report", async () => {
    const { producer, clock, transport, put } = virtualProducer();
    put({});

    const closes = [watch(producer.close()), watch(producer.close({ timeoutMs: 60_000 }))];
    await clock.advanceAsync(100);
    closes.push(watch(producer.close()), watch(producer.close({ timeoutMs: 0 })));
    closes.push(watch(producer.close({ signal: AbortSignal.abort() })));
    await clock.settle();

    expect(closes.map(({ value }) => value)).toEqual(Array(5).fill({ delivered: 1, failed: 0 }));
    expect(transport.closeCalls).toBe(1);
    expect(clock.isRefed).toBe(false);
  });

  test("without a timeout waits as long as the records live", async () => {
    const { producer, clock, transport, put, start } = virtualProducer({ recordTtlMs: 30_000 });
    await start();
    transport.always(requestFailure("ServiceUnavailable", { statusCode: 503 }));
    const record = put({});

    const close = watch(producer.close(), clock);
    await clock.advanceAsync(60_000);

    expect(record.error?.code).toBe("KP_RECORD_EXPIRED");
    expect(close.settledAt).toBe(31_000);
    expect(close.value).toEqual({ delivered: 0, failed: 1 });
  });

  test("after timeoutMs everything left fails: buffered and waiting with none, in flight with unknown", async () => {
    const { producer, clock, transport, put, start } = virtualProducer({
      maxBufferedRecords: 2,
      maxInFlightRequests: 1,
    });
    await start();
    transport.always("hold");
    const inFlight = put({ data: "in flight" });
    await clock.advanceAsync(100);
    const buffered = put({ data: "buffered" });
    const waits = put({ data: "waits" });

    const close = watch(producer.close({ timeoutMs: 250 }), clock);
    await clock.advanceAsync(1_000);

    const errors = [inFlight, buffered, waits].map(({ error }) => [error?.code, error?.delivery]);
    expect(errors).toEqual([
      ["KP_CLOSED", "unknown"],
      ["KP_CLOSED", "none"],
      ["KP_CLOSED", "none"],
    ]);
    expect(close.settledAt).toBe(1_350);
    expect(close.value).toEqual({ delivered: 0, failed: 3 });
    expect(clock.isRefed).toBe(false);
  });

  test("an attempt that was lost before the timeout leaves the record unknown, though it waits in a queue", async () => {
    const { producer, clock, transport, put, start } = virtualProducer();
    await start();
    transport.always(connectionLost());
    const record = put({});
    await clock.advanceAsync(100);

    watch(producer.close({ timeoutMs: 0 }));
    await clock.advanceAsync(0);

    expect(record.error).toMatchObject({ code: "KP_CLOSED", delivery: "unknown" });
  });

  test("answers after the timeout settle nothing twice and count nothing", async () => {
    const failures: string[] = [];
    const { producer, clock, transport, outcomes, start } = virtualProducer({
      onFailed: ({ code }) => void failures.push(code),
    });
    await start();
    transport.always("hold");
    producer.enqueue({ partitionKey: "k", data: "a" }, "a");
    const put = watch(producer.put({ partitionKey: "k", data: "b" }));
    await clock.advanceAsync(100);
    const close = watch(producer.close({ timeoutMs: 10 }));
    await clock.advanceAsync(10);

    transport.held[0]?.answer();
    await clock.advanceAsync(60_000);

    expect(failures).toEqual(["KP_CLOSED", "KP_CLOSED"]);
    expect(outcomes).toHaveLength(1);
    expect(put.error?.code).toBe("KP_CLOSED");
    expect(close.value).toEqual({ delivered: 0, failed: 2 });
    expect(producer.stats()).toMatchObject({ outstandingRecords: 0, bufferedRecords: 0, bufferedBytes: 0 });
    expect(producer.stats().streams[STREAM]?.userRecordsDelivered).toBe(0);
    expect(clock.isRefed).toBe(false);
  });

  test("a refusal after the timeout is not tried again", async () => {
    const { producer, clock, transport, put, start } = virtualProducer();
    await start();
    transport.always("hold");
    put({});
    await clock.advanceAsync(100);
    watch(producer.close({ timeoutMs: 10 }));
    await clock.advanceAsync(10);

    transport.held[0]?.answer(requestFailure("ValidationException"));
    await clock.advanceAsync(60_000);

    expect(transport.requests).toHaveLength(1);
    expect(clock.isRefed).toBe(false);
  });

  test("the earliest of several timeouts and signals wins", async () => {
    const { producer, clock, transport, put, start } = virtualProducer();
    await start();
    transport.always("hold");
    const record = put({});
    const controller = new AbortController();
    watch(producer.close({ timeoutMs: 5_000 }));
    watch(producer.close({ signal: controller.signal }));
    watch(producer.close({ timeoutMs: 400 }));
    watch(producer.close());

    await clock.advanceAsync(399);
    expect(record.state).toBe("pending");
    await clock.advanceAsync(1);

    expect(record.error?.message).toContain("400 ms");
    expect(clock.isRefed).toBe(false);
  });

  test("its signal means: the timeout is now", async () => {
    const { producer, clock, transport, put, start } = virtualProducer();
    await start();
    transport.always("hold");
    const record = put({});
    const controller = new AbortController();
    const close = watch(producer.close({ signal: controller.signal }));
    await clock.settle();

    controller.abort(new Error("SIGTERM"));
    await clock.settle();

    expect(record.error).toMatchObject({ code: "KP_CLOSED", cause: controller.signal.reason });
    expect(close.state).toBe("resolved");
  });

  test("a signal that fires within onFailed, in the middle of an expiry, ends the others and breaks nothing", async () => {
    const controller = new AbortController();
    const { producer, clock, transport, put, start } = virtualProducer({
      aggregation: false,
      recordTtlMs: 500,
      onFailed: () => controller.abort(),
    });
    await start();
    transport.always(requestFailure("ServiceUnavailable", { statusCode: 503 }));
    const records = [put({ data: "a" }), put({ data: "b" })];
    await clock.advanceAsync(0);
    await clock.advanceAsync(1);
    records.push(put({ data: "c" }));

    const close = watch(producer.close({ signal: controller.signal }));
    await clock.advanceAsync(500);

    expect(records.map(({ error }) => error?.code)).toEqual(["KP_RECORD_EXPIRED", "KP_RECORD_EXPIRED", "KP_CLOSED"]);
    expect(close.value).toEqual({ delivered: 0, failed: 3 });
    expect(clock.isRefed).toBe(false);
  });

  test("ends a ready() that waits for the map", async () => {
    const { producer, clock, directory } = virtualProducer();
    directory.listings.always("hold");
    const ready = watch(producer.ready());
    await clock.settle();

    const close = watch(producer.close());
    await clock.settle();

    expect(ready.error?.code).toBe("KP_CLOSED");
    expect(close.state).toBe("resolved");
    expect(clock.isRefed).toBe(false);
  });

  test("ends a ready() that waits for room, whose turn would come too late to be of use", async () => {
    const { producer, clock, transport, put, start } = virtualProducer({ maxBufferedRecords: 1 });
    await start();
    transport.next("hold");
    put({});
    const ready = watch(producer.ready());
    await clock.settle();

    const close = watch(producer.close());
    await clock.settle();
    expect(ready.error?.code).toBe("KP_CLOSED");
    transport.held[0]?.answer();
    await clock.settle();

    expect(close.value).toEqual({ delivered: 1, failed: 0 });
    expect(producer.stats().bufferedRecords).toBe(0);
  });

  test("reports the whole life of the producer, streams that were retired meanwhile included", async () => {
    const { producer, clock, put } = virtualProducer();
    put({ streamName: "first" });
    await clock.advanceAsync(700_000);
    put({ streamName: "second" });
    await clock.advanceAsync(1_000);
    expect(Object.keys(producer.stats().streams)).toEqual(["second"]);

    const close = watch(producer.close());
    await clock.settle();

    expect(close.value).toEqual({ delivered: 2, failed: 0 });
  });

  test("waits for a record of the producer's own stream that was retired and is used again", async () => {
    const { producer, clock, put } = virtualProducer();
    put({});
    await clock.advanceAsync(700_000);
    put({ streamName: "second" });
    await clock.advanceAsync(1_000);
    const again = put({});

    const close = watch(producer.close());
    await clock.settle();

    expect(again.state).toBe("resolved");
    expect(close.value).toEqual({ delivered: 3, failed: 0 });
  });

  test("is what `await using` calls", async () => {
    const { producer, clock, transport, put } = virtualProducer();
    const record = put({ data: "a" });

    const disposed = watch(producer[Symbol.asyncDispose]());
    await clock.settle();

    expect(record.state).toBe("resolved");
    expect(disposed.state).toBe("resolved");
    expect(textsByRequest(transport)).toEqual([["a"]]);
  });

  test("a timeout of Infinity is none", async () => {
    const { producer, clock, transport, put, start } = virtualProducer();
    await start();
    transport.next("hold");
    put({});

    const close = watch(producer.close({ timeoutMs: Number.POSITIVE_INFINITY }));
    await clock.settle();
    transport.held[0]?.answer();
    await clock.settle();

    expect(close.value).toEqual({ delivered: 1, failed: 0 });
    expect(clock.isRefed).toBe(false);
  });

  test("counts every record that failed before it, the refused ones too: as many as onFailed has seen", async () => {
    const codes: string[] = [];
    const { producer, clock, transport, put, start } = virtualProducer({
      maxBufferedRecords: 1,
      maxWaitingPuts: 1,
      recordTtlMs: 500,
      onFailed: ({ code }) => codes.push(code),
    });
    await start();
    transport.next("hold");
    put({ data: "in flight" });
    put({ data: "waits, and expires" });
    put({ data: "too many wait" });
    put({ data: 5 as never });
    expect(() => producer.enqueue({ partitionKey: "", data: "" })).toThrow("partitionKey");
    expect(producer.tryPut({ partitionKey: "k", data: "" })).toBeUndefined();
    expect(producer.enqueue({ partitionKey: "k", data: "" })).toBe(false);
    put({ data: "aborted" }, { signal: AbortSignal.abort() });
    const summary = watch(Promise.resolve(producer.putMany([{ partitionKey: "k", data: 5 as never }])));
    await clock.advanceAsync(1_000);

    const close = watch(producer.close());
    put({ data: "closed" });
    transport.held[0]?.answer();
    await clock.advanceAsync(1_000);

    expect(summary.value).toEqual({ delivered: 0, failed: 1 });
    expect([...codes].sort()).toEqual([
      "KP_ABORTED",
      "KP_BUFFER_FULL",
      "KP_CLOSED",
      "KP_INVALID_RECORD",
      "KP_INVALID_RECORD",
      "KP_INVALID_RECORD",
    ]);
    // All but the one that came after close().
    expect(close.value).toEqual({ delivered: 2, failed: codes.length - 1 });
  });
});
