import process from "node:process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { RecordFailedError } from "../../../src/errors.js";
import type { DeliveryBatch } from "../../../src/pipeline/settlement/delivery-batch.js";
import { requestFailure } from "../../../src/testing/scripted-answers.js";
import { STREAM, virtualProducer, watch } from "../../support/virtual-producer.js";

const record = { partitionKey: "k", data: "" };

describe("onDelivery", () => {
  test("tells the outcomes of an aggregate together, each with its context and its own result", async () => {
    const batches: DeliveryBatch[] = [];
    const { producer, clock, start } = virtualProducer({ onDelivery: (batch) => void batches.push(batch) });
    await start();
    for (const context of ["a", { b: 1 }, undefined]) producer.enqueue(record, context);

    await clock.advanceAsync(100);

    expect(batches).toHaveLength(1);
    expect(batches[0]?.length).toBe(3);
    const outcomes = [...(batches[0] ?? [])];
    expect(outcomes.map(({ context }) => context)).toEqual(["a", { b: 1 }, undefined]);
    expect(outcomes.map(({ result }) => result?.subSequenceNumber)).toEqual([0, 1, 2]);
    expect([...(batches[0] ?? [])]).toEqual(outcomes);
  });

  test("tells a context that is a function, and does not call it: delivered, and failed", async () => {
    const { producer, clock, transport, outcomes, put, start } = virtualProducer();
    await start();
    let calls = 0;
    const context = (): number => calls++;
    producer.enqueue(record, context);
    const between = put({});
    await clock.advanceAsync(100);
    transport.next(requestFailure("AccessDeniedException", { statusCode: 400, mayBeStored: false }));
    producer.enqueue(record, context);
    await clock.advanceAsync(100);

    expect(outcomes.map((outcome) => [outcome.context === context, outcome.error?.serviceCode])).toEqual([
      [true, undefined],
      [true, "AccessDeniedException"],
    ]);
    expect(between.state).toBe("resolved");
    expect(calls).toBe(0);
  });

  test("leaves puts in the same aggregate to their promises", async () => {
    const { producer, clock, outcomes, put, start } = virtualProducer();
    await start();
    producer.enqueue(record, "a");
    const between = put({});
    producer.enqueue(record, "c");

    await clock.advanceAsync(100);

    expect(between.value?.subSequenceNumber).toBe(1);
    expect(outcomes.map(({ context, result }) => [context, result?.subSequenceNumber])).toEqual([
      ["a", 0],
      ["c", 2],
    ]);
  });

  test("tells failures, with the context", async () => {
    const { producer, clock, transport, outcomes, start } = virtualProducer();
    await start();
    transport.next(requestFailure("AccessDeniedException"));
    producer.enqueue(record, "a");

    await clock.advanceAsync(100);

    expect(outcomes).toMatchObject([{ context: "a", error: { serviceCode: "AccessDeniedException" } }]);
  });

  test("may hand over more from within, up to the brim and beyond", async () => {
    let left = 50;
    const { producer, clock, start } = virtualProducer({
      maxBufferedRecords: 2,
      onDelivery: (batch) => {
        for (const _ of batch) {
          while (left > 0 && producer.enqueue(record, left)) left--;
        }
      },
    });
    await start();
    producer.enqueue(record);

    await clock.advanceAsync(10_000);

    expect(left).toBe(0);
    expect(producer.stats().streams[STREAM]?.userRecordsDelivered).toBe(51);
    expect(clock.isRefed).toBe(false);
  });

  test("may flush from within: it does not wait for itself", async () => {
    const flushes: { state: string }[] = [];
    const { producer, clock, start } = virtualProducer({
      onDelivery: () => void flushes.push(watch(producer.flush())),
    });
    await start();
    producer.enqueue(record);

    await clock.advanceAsync(100);

    expect(flushes.map(({ state }) => state)).toEqual(["resolved"]);
  });
});

describe("onFailed", () => {
  test("hears of every failure: put or enqueued, accepted or not", async () => {
    const failures: RecordFailedError[] = [];
    const { producer, clock, transport, put, start } = virtualProducer({
      recordTtlMs: 500,
      maxBufferedRecords: 3,
      maxWaitingPuts: 1,
      onFailed: (error) => void failures.push(error),
    });
    await start();
    transport.always(requestFailure("ServiceUnavailable", { statusCode: 503 }));
    producer.enqueue(record);
    put({});
    expect(() => producer.enqueue({ ...record, partitionKey: "" })).toThrow();
    put({ partitionKey: "" });
    put({}, { signal: AbortSignal.abort() });
    put({});
    put({});
    put({});
    await clock.advanceAsync(600);
    expect(failures.map(({ code }) => code)).toEqual([
      "KP_INVALID_RECORD",
      "KP_INVALID_RECORD",
      "KP_ABORTED",
      "KP_BUFFER_FULL",
      "KP_RECORD_EXPIRED",
      "KP_RECORD_EXPIRED",
      "KP_RECORD_EXPIRED",
    ]);

    void producer.close({ timeoutMs: 0 });
    await clock.advanceAsync(0);
    put({});
    await clock.settle();

    expect(failures.slice(7).map(({ code }) => code)).toEqual(["KP_CLOSED", "KP_CLOSED"]);
  });

  test("runs before the promise settles", async () => {
    const told: string[] = [];
    const { producer, clock, transport, start } = virtualProducer({ onFailed: () => void told.push("onFailed") });
    await start();
    transport.next(requestFailure("AccessDeniedException"));
    producer.put(record).catch(() => told.push("promise"));

    await clock.advanceAsync(100);

    expect(told).toEqual(["onFailed", "promise"]);
  });

  test("may hand the record over again from within, also in the middle of an expiry", async () => {
    const failures: string[] = [];
    const { producer, clock, transport, put, start } = virtualProducer({
      aggregation: false,
      recordTtlMs: 500,
      onFailed: ({ record: failed, code }) => {
        failures.push(code);
        if (failures.length <= 3) producer.enqueue({ ...failed, partitionKey: "again" });
      },
    });
    await start();
    transport.always(requestFailure("ServiceUnavailable", { statusCode: 503 }));
    for (const data of ["a", "b", "c"]) put({ data });

    await clock.advanceAsync(2_000);

    expect(failures).toEqual(Array(6).fill("KP_RECORD_EXPIRED"));
    expect(producer.stats()).toMatchObject({ outstandingRecords: 0, bufferedBytes: 0 });
    expect(clock.isRefed).toBe(false);
  });
});

describe("a callback that throws", () => {
  test("is an uncaught exception, and changes no record's fate", async () => {
    const bug = new Error("the caller's bug");
    let calls = 0;
    const { producer, clock, put, start } = virtualProducer({
      onDelivery: () => {
        calls++;
        throw bug;
      },
    });
    await start();
    producer.enqueue(record);
    const beside = put({});
    const flush = watch(producer.flush());

    // A real event loop reports an error of a deferred callback as uncaught.
    await expect(clock.settle()).rejects.toBe(bug);
    await clock.settle();

    expect(calls).toBe(1);
    expect(beside.state).toBe("resolved");
    expect(flush.state).toBe("resolved");
    expect(producer.stats().outstandingRecords).toBe(0);
  });

  test("in onFailed neither keeps the promise from rejecting nor the other reports from running", async () => {
    const bug = new Error("the caller's bug");
    let calls = 0;
    const { producer, clock, transport, put, start } = virtualProducer({
      onFailed: () => {
        calls++;
        throw bug;
      },
    });
    await start();
    transport.next(requestFailure("AccessDeniedException"));
    const records = [put({}), put({})];
    const flush = watch(producer.flush());

    await expect(clock.settle()).rejects.toBe(bug);
    await expect(clock.settle()).rejects.toBe(bug);
    await clock.settle();

    expect(calls).toBe(2);
    expect(records.map(({ state }) => state)).toEqual(["rejected", "rejected"]);
    expect(flush.state).toBe("resolved");
  });
});

describe("a promise that nobody looks at", () => {
  const unhandled: unknown[] = [];
  const listener = (reason: unknown): void => void unhandled.push(reason);

  beforeEach(() => {
    unhandled.length = 0;
    process.on("unhandledRejection", listener);
  });
  afterEach(() => {
    process.off("unhandledRejection", listener);
  });

  test("with onFailed set is no unhandled rejection, whether the record was accepted or not", async () => {
    const { producer, clock, transport, start } = virtualProducer({
      maxBufferedRecords: 1,
      maxWaitingPuts: 0,
      onFailed: () => undefined,
    });
    await start();
    transport.always(requestFailure("AccessDeniedException"));

    void producer.put(record);
    void producer.put(record);
    void producer.put({ partitionKey: "", data: "" });
    void producer.tryPut({ partitionKey: "", data: "" });
    void producer.put(record, { signal: AbortSignal.abort() });
    await clock.advanceAsync(200);
    void producer.close();
    await clock.settle();
    void producer.put(record);
    await clock.settle();

    expect(unhandled).toEqual([]);
  });
});
