import { getEventListeners } from "node:events";
import { beforeEach, describe, expect, test, vi } from "vitest";

import { LaneQueue } from "../../../src/core/lane/lane-queue.js";
import { evenShards } from "../../../src/testing/even-shards.js";
import { acceptAll, requestFailure } from "../../../src/testing/scripted-answers.js";
import { textsByRequest, virtualProducer } from "../../support/virtual-producer.js";

const reason = new Error("the user has left");

function abortable() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort(reason) };
}

describe("a put's signal", () => {
  test("that has fired before ends the record before it is accepted", async () => {
    const { producer, clock, put } = virtualProducer();

    const record = put({}, { signal: AbortSignal.abort(reason) });
    await clock.settle();

    expect(record.error).toMatchObject({ code: "KP_ABORTED", delivery: "none", cause: reason, attempts: [] });
    expect(producer.stats().outstandingRecords).toBe(0);
    expect(clock.isRefed).toBe(false);
  });

  test("ends a record that lingers, and leaves the others of its aggregate alone", async () => {
    const { producer, clock, transport, put, start } = virtualProducer();
    await start();
    const { signal, abort } = abortable();
    const before = put({ data: "before" });
    const aborted = put({ data: "aborted" }, { signal });
    const after = put({ data: "after" });

    abort();
    await clock.settle();
    expect(aborted.error).toMatchObject({ code: "KP_ABORTED", delivery: "none", cause: reason });
    expect(producer.stats().bufferedRecords).toBe(2);
    await clock.advanceAsync(100);

    expect(textsByRequest(transport)).toEqual([["before", "after"]]);
    expect([before, after].map(({ value }) => value?.subSequenceNumber)).toEqual([0, 1]);
  });

  test("ends the only record, and with it the timer", async () => {
    const { clock, put, start } = virtualProducer();
    await start();
    const { signal, abort } = abortable();
    put({}, { signal });

    abort();
    await clock.settle();

    expect(clock.isRefed).toBe(false);
  });

  test("ends a record that waits for the first map", async () => {
    const { clock, directory, put } = virtualProducer();
    directory.listings.always("hold");
    const { signal, abort } = abortable();
    const record = put({}, { signal });
    await clock.settle();

    abort();
    await clock.settle();

    expect(record.error?.code).toBe("KP_ABORTED");
  });

  test("does not end a record in flight: its answer does", async () => {
    const { clock, transport, put, start } = virtualProducer();
    await start();
    transport.next("hold");
    const { signal, abort } = abortable();
    const record = put({}, { signal });
    await clock.advanceAsync(100);

    abort();
    await clock.settle();
    expect(record.state).toBe("pending");
    transport.held[0]?.answer();
    await clock.settle();

    expect(record.state).toBe("resolved");
  });

  test("ends a record in flight when its answer sends it back", async () => {
    const { clock, transport, put, start } = virtualProducer();
    await start();
    transport.next("hold");
    const { signal, abort } = abortable();
    const record = put({}, { signal });
    await clock.advanceAsync(100);

    abort();
    transport.held[0]?.answer(requestFailure("ServiceUnavailable", { statusCode: 503, mayBeStored: true }));
    await clock.settle();

    expect(record.error).toMatchObject({ code: "KP_ABORTED", delivery: "unknown", attempts: [{}] });
    expect(clock.isRefed).toBe(false);
  });

  test("ends a record in a pause", async () => {
    const { clock, transport, put, start } = virtualProducer();
    await start();
    transport.always(requestFailure("ThrottlingException"));
    const { signal, abort } = abortable();
    const record = put({}, { signal });
    await clock.advanceAsync(1_000);

    abort();
    await clock.settle();

    expect(record.error).toMatchObject({ code: "KP_ABORTED", delivery: "none" });
    expect(clock.isRefed).toBe(false);
  });

  test("does not end a held record; it does when the record is re-packed", async () => {
    const two = evenShards(2);
    const { clock, transport, directory, put, start } = virtualProducer({}, two);
    await start();
    directory.listings.next("hold");
    transport.next(acceptAll("shardId-000000000001"));
    const { signal, abort } = abortable();
    const record = put({ explicitHashKey: "0" }, { signal });
    put({ explicitHashKey: "1" });
    await clock.advanceAsync(100);

    abort();
    await clock.settle();
    expect(record.state).toBe("pending");
    directory.listings.held[0]?.answer();
    await clock.settle();

    expect(record.error).toMatchObject({ code: "KP_ABORTED", delivery: "unknown" });
  });

  test("is let go of when the record is settled", async () => {
    const { clock, put, start } = virtualProducer();
    await start();
    const { signal, abort } = abortable();
    const record = put({}, { signal });
    await clock.advanceAsync(100);

    abort();
    await clock.advanceAsync(100);

    expect(record.state).toBe("resolved");
    expect(clock.isRefed).toBe(false);
  });

  test("shared by many records is listened to once: Node takes more than ten listeners for a leak", async () => {
    const { clock, put, start } = virtualProducer({ maxBufferedRecords: 15 });
    await start();
    const { signal } = abortable();
    const records = Array.from({ length: 30 }, () => put({}, { signal }));

    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    await clock.advanceAsync(500);

    expect(records.map(({ state }) => state)).toEqual(Array(30).fill("resolved"));
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  test("may end many records at once", async () => {
    const { producer, clock, transport, put, start } = virtualProducer({ maxBufferedRecords: 5 });
    await start();
    const { signal, abort } = abortable();
    const records = Array.from({ length: 20 }, (_, i) => put({ data: `${i}` }, { signal }));

    abort();
    await clock.settle();

    expect(records.map(({ error }) => error?.code)).toEqual(Array(20).fill("KP_ABORTED"));
    expect(producer.stats()).toMatchObject({ outstandingRecords: 0, bufferedRecords: 0, bufferedBytes: 0 });
    expect(transport.requests).toHaveLength(0);
    expect(clock.isRefed).toBe(false);
  });
});

describe("an aborted record that is in flight", () => {
  let sweeps = vi.spyOn(LaneQueue.prototype, "sweep");

  beforeEach(() => {
    sweeps = vi.spyOn(LaneQueue.prototype, "sweep");
    sweeps.mockClear();
  });

  /** One put in flight, whose answer is held; others wait behind it. */
  async function withOneInFlight(signal: AbortSignal) {
    const virtual = virtualProducer({ aggregation: false });
    const { transport, put, start, clock } = virtual;
    await start();
    transport.next("hold");
    const inFlight = put({ data: "in flight" }, { signal });
    await clock.advanceAsync(200);
    return { ...virtual, inFlight };
  }

  test("has the queues searched once, not in each drain until its answer", async () => {
    const { signal, abort } = abortable();
    const { put, clock, transport, inFlight } = await withOneInFlight(signal);

    abort();
    await clock.settle();
    const atFirst = sweeps.mock.calls.length;
    for (let i = 0; i < 20; i++) {
      put({ data: `after ${i}` });
      await clock.advanceAsync(100);
    }

    expect(atFirst).toBeGreaterThan(0);
    expect(sweeps.mock.calls.length).toBe(atFirst);
    transport.held[0]?.answer(requestFailure("InternalFailure", { statusCode: 500 }));
    await clock.advanceAsync(100);
    expect(inFlight.error?.code).toBe("KP_ABORTED");
    expect(sweeps.mock.calls.length).toBeGreaterThan(atFirst);
  });

  test("by a signal that fires twice counts once: nothing is searched after it has ended", async () => {
    const listeners: (() => void)[] = [];
    const signal = {
      aborted: false,
      reason,
      addEventListener: (_: string, listener: () => void) => listeners.push(listener),
      removeEventListener: () => {},
    } as unknown as AbortSignal;
    const { put, clock, transport, inFlight } = await withOneInFlight(signal);

    for (const fire of [...listeners, ...listeners]) fire();
    await clock.settle();
    transport.held[0]?.answer(requestFailure("InternalFailure", { statusCode: 500 }));
    await clock.advanceAsync(1_000);
    expect(inFlight.error?.code).toBe("KP_ABORTED");
    const soFar = sweeps.mock.calls.length;
    transport.next("hold");
    put({ data: "another" });
    await clock.advanceAsync(200);
    transport.held[0]?.answer(requestFailure("InternalFailure", { statusCode: 500 }));
    await clock.advanceAsync(1_000);

    expect(sweeps.mock.calls.length).toBe(soFar);
  });
});
