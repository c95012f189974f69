import { describe, expect, test } from "vitest";

import { requestFailure } from "../../../src/testing/scripted-answers.js";
import { textsByRequest, virtualProducer, watch } from "../../support/virtual-producer.js";

describe("flush", () => {
  test("of nothing resolves, and opens nothing", async () => {
    const { producer, clock, transport, directory } = virtualProducer();

    const flush = watch(producer.flush());
    await clock.settle();

    expect(flush.state).toBe("resolved");
    expect(transport.requests).toHaveLength(0);
    expect(directory.listings.calls).toHaveLength(0);
    expect(clock.isRefed).toBe(false);
  });

  test("makes what is buffered due at once, and resolves when it is settled", async () => {
    const { producer, clock, transport, put, start } = virtualProducer();
    await start();
    transport.next("hold");
    const record = put({ data: "a" });

    const flush = watch(producer.flush());
    await clock.settle();
    expect(textsByRequest(transport)).toEqual([["a"]]);
    expect(flush.state).toBe("pending");
    transport.held[0]?.answer();
    await clock.settle();

    expect(record.state).toBe("resolved");
    expect(flush.state).toBe("resolved");
    expect(clock.now()).toBe(1_000);
  });

  test("covers puts that wait for room, and makes them due when they are in", async () => {
    const { producer, clock, transport, put, start } = virtualProducer({ maxBufferedRecords: 2 });
    await start();
    const records = ["a", "b", "c", "d", "e"].map((data) => put({ data }));

    const flush = watch(producer.flush());
    await clock.settle();

    expect(textsByRequest(transport)).toEqual([["a", "b"], ["c", "d"], ["e"]]);
    expect(records.map(({ state }) => state)).toEqual(Array(5).fill("resolved"));
    expect(flush.state).toBe("resolved");
    expect(clock.now()).toBe(1_000);
  });

  test("does not wait for what is handed over later, though it goes to the same lane", async () => {
    const { producer, clock, transport, put, start } = virtualProducer();
    await start();
    transport.next("hold", "hold");
    put({ data: "before" });
    const flush = watch(producer.flush());
    await clock.settle();
    const later = put({ data: "later" });
    await clock.advanceAsync(100);

    transport.held[0]?.answer();
    await clock.settle();

    expect(textsByRequest(transport)).toEqual([["before"], ["later"]]);
    expect(flush.state).toBe("resolved");
    expect(later.state).toBe("pending");
  });

  test("bypasses neither a pause nor the shard's quota", async () => {
    const { producer, clock, transport, put, start } = virtualProducer({
      aggregation: false,
      shardLimits: { recordsPerSecond: 1 },
    });
    await start();
    for (const data of ["a", "b", "c"]) put({ data });

    const flush = watch(producer.flush(), clock);
    await clock.advanceAsync(5_000);

    expect(textsByRequest(transport)).toEqual([["a"], ["b"], ["c"]]);
    expect(flush.settledAt).toBeCloseTo(3_000, 0);
  });

  test("waits out the pause of the stream", async () => {
    const { producer, clock, transport, put, start } = virtualProducer();
    await start();
    transport.next(requestFailure("ThrottlingException"));
    put({ data: "a" });

    const flush = watch(producer.flush(), clock);
    await clock.advanceAsync(1_000);

    expect(flush.settledAt).toBe(1_025);
  });

  test("resolves after every promise and callback of what it covers", async () => {
    const told: string[] = [];
    const { producer, clock, start } = virtualProducer({
      onDelivery: (batch) => {
        for (const { context } of batch) told.push(String(context));
      },
    });
    await start();
    producer.enqueue({ partitionKey: "k", data: "" }, "callback");
    const put = producer.put({ partitionKey: "k", data: "" });
    void put.then(() => Promise.resolve()).then(() => told.push("promise"));

    void producer.flush().then(() => told.push("flush"));
    await clock.settle();

    expect(told).toEqual(["callback", "promise", "flush"]);
  });

  test("resolves a turn after what expires: its caller has time to answer", async () => {
    const told: string[] = [];
    const { producer, clock, directory } = virtualProducer({ recordTtlMs: 1_000 });
    directory.listings.always("hold");
    const answering = async (): Promise<void> => {
      await producer.put({ partitionKey: "k", data: "" }).catch(() => undefined);
      for (let i = 0; i < 10; i++) await Promise.resolve();
      told.push("caller");
    };
    void answering();

    void producer.flush().then(() => told.push("flush"));
    await clock.advanceAsync(1_000);

    expect(told).toEqual(["caller", "flush"]);
  });

  test("resolves when what it covers has failed", async () => {
    const { producer, clock, transport, put, start } = virtualProducer();
    await start();
    transport.next(requestFailure("AccessDeniedException"));
    const record = put({});

    const flush = watch(producer.flush());
    await clock.settle();

    expect(record.error?.code).toBe("KP_RECORD_FAILED");
    expect(flush.state).toBe("resolved");
  });

  test("several at once each wait for their own", async () => {
    const { producer, clock, transport, put, start } = virtualProducer();
    await start();
    transport.next("hold", "hold");
    put({ data: "a" });
    const first = [watch(producer.flush()), watch(producer.flush())];
    await clock.settle();
    put({ data: "b" });
    const second = watch(producer.flush());
    await clock.settle();

    transport.held[1]?.answer();
    await clock.settle();
    expect([...first, second].map(({ state }) => state)).toEqual(["pending", "pending", "pending"]);
    transport.held[0]?.answer();
    await clock.settle();

    expect([...first, second].map(({ state }) => state)).toEqual(["resolved", "resolved", "resolved"]);
  });

  test("a signal ends the waiting and nothing else", async () => {
    const { producer, clock, transport, put, start } = virtualProducer();
    await start();
    transport.next("hold");
    const record = put({});
    const controller = new AbortController();

    const flush = watch(producer.flush({ signal: controller.signal }));
    await clock.settle();
    controller.abort(new Error("enough"));
    await clock.settle();
    expect(flush.error).toMatchObject({ code: "KP_ABORTED", cause: controller.signal.reason });
    transport.held[0]?.answer();
    await clock.settle();

    expect(record.state).toBe("resolved");
    expect(clock.isRefed).toBe(false);
  });

  test("a signal that has fired before refuses at once", async () => {
    const { producer, clock } = virtualProducer();

    const flush = watch(producer.flush({ signal: AbortSignal.abort() }));
    await clock.settle();

    expect(flush.error?.code).toBe("KP_ABORTED");
  });

  test("after close resolves: it does not hang on a loop that has stopped", async () => {
    const { producer, clock, put } = virtualProducer();
    put({});
    const close = watch(producer.close());
    await clock.advanceAsync(100);
    expect(close.state).toBe("resolved");

    const flush = watch(producer.flush());
    await clock.settle();

    expect(flush.state).toBe("resolved");
    expect(clock.isRefed).toBe(false);
  });

  test("called in the very turn in which close ends resolves too", async () => {
    const { producer, clock, transport, start } = virtualProducer();
    await start();
    transport.next("hold");
    const put = producer.put({ partitionKey: "k", data: "" });
    let flush: { state: string } = { state: "not called" };
    void put.then(() => {
      flush = watch(producer.flush());
    });
    const close = watch(producer.close());
    await clock.settle();

    transport.held[0]?.answer();
    await clock.settle();

    expect(close.state).toBe("resolved");
    expect(flush.state).toBe("resolved");
  });
});
