import { describe, expect, test } from "vitest";

import { refuseAll, requestFailure, THROTTLED } from "../../../src/testing/scripted-answers.js";
import { virtualProducer } from "../../support/virtual-producer.js";

describe("recordTtlMs", () => {
  test("a record that cannot be sent expires at its moment, by the timer alone", async () => {
    const { clock, transport, put, start } = virtualProducer({ recordTtlMs: 2_000 });
    await start();
    transport.always(requestFailure("ServiceUnavailable", { statusCode: 503 }));
    const record = put({});

    await clock.advanceAsync(10_000);

    expect(record.error).toMatchObject({ code: "KP_RECORD_EXPIRED", delivery: "none" });
    expect(record.error?.attempts.length).toBeGreaterThan(1);
    expect(record.settledAt).toBe(3_000);
    expect(clock.isRefed).toBe(false);
  });

  test("shorter than the linger it ends the waiting at its moment, not at the linger's", async () => {
    const { clock, transport, put, start } = virtualProducer({ recordTtlMs: 400, lingerMs: 1_000 });
    await start();
    const record = put({});

    await clock.advanceAsync(5_000);

    expect(record.error?.code).toBe("KP_RECORD_EXPIRED");
    expect(record.settledAt).toBe(1_400);
    expect(transport.requests).toHaveLength(0);
  });

  test("shorter than a pause it ends the waiting of a record that came during the pause", async () => {
    const { clock, transport, put, start } = virtualProducer({
      recordTtlMs: 400,
      lingerMs: 0,
      maxAttempts: 8,
      random: () => 0.999,
    });
    await start();
    transport.always(refuseAll(THROTTLED));
    // Eight refusals in a row make the pause of the shard longer than the time to live.
    for (let i = 0; i < 12; i++) {
      put({});
      await clock.advanceAsync(450);
    }
    const record = put({});
    const putAt = clock.now();

    await clock.advanceAsync(5_000);

    expect(record.settledAt).toBe(putAt + 400);
  });

  test("a record in flight is judged by its answer, however late: delivered", async () => {
    const { clock, transport, put, start } = virtualProducer({ recordTtlMs: 500 });
    await start();
    transport.next("hold");
    const record = put({});

    await clock.advanceAsync(5_000);
    expect(record.state).toBe("pending");
    transport.held[0]?.answer();
    await clock.settle();

    expect(record.state).toBe("resolved");
  });

  test("a record in flight is judged by its answer, however late: refused, it expires at once", async () => {
    const { clock, transport, put, start } = virtualProducer({ recordTtlMs: 500 });
    await start();
    transport.next("hold");
    const record = put({});
    await clock.advanceAsync(5_000);

    transport.held[0]?.answer(requestFailure("ServiceUnavailable", { statusCode: 503, mayBeStored: true }));
    await clock.settle();

    expect(record.error).toMatchObject({ code: "KP_RECORD_EXPIRED", delivery: "unknown" });
    expect(clock.isRefed).toBe(false);
  });

  test("of an aggregate that grows, those that are due expire; the others go on", async () => {
    const { clock, transport, put, start } = virtualProducer({ recordTtlMs: 500, lingerMs: 0, maxInFlightRequests: 1 });
    await start();
    transport.next("hold");
    put({ data: "busy" });
    await clock.settle();
    const first = put({ data: "first" });
    await clock.advanceAsync(300);
    const second = put({ data: "second" });

    await clock.advanceAsync(250);
    expect(first.error?.code).toBe("KP_RECORD_EXPIRED");
    expect(second.state).toBe("pending");
    transport.held[0]?.answer();
    await clock.settle();

    expect(second.value).toMatchObject({ subSequenceNumber: 0 });
    expect(transport.requests[1]?.entries[0]?.data).toEqual(Uint8Array.from(Buffer.from("second")));
  });

  test("Infinity never ends", async () => {
    const { clock, transport, put, start } = virtualProducer({ recordTtlMs: Number.POSITIVE_INFINITY });
    await start();
    transport.always(refuseAll(THROTTLED));
    const record = put({});

    await clock.advanceAsync(3_600_000);
    expect(record.state).toBe("pending");
    transport.always(() => ({ kind: "answered", entries: [{ shardId: "shardId-000000000000", sequenceNumber: "1" }] }));
    await clock.advanceAsync(5_000);

    expect(record.state).toBe("resolved");
  });

  test("does not count while a put waits for room", async () => {
    const { clock, transport, put, start } = virtualProducer({ recordTtlMs: 500, maxBufferedRecords: 1 });
    await start();
    transport.next("hold");
    put({});
    const waits = put({});
    await clock.advanceAsync(5_000);
    expect(waits.state).toBe("pending");

    transport.held[0]?.answer();
    await clock.advanceAsync(100);

    expect(waits.state).toBe("resolved");
  });

  test("ends the waiting for the first map", async () => {
    const { clock, directory, put } = virtualProducer({ recordTtlMs: 500 });
    directory.listings.always("hold");
    const record = put({});

    await clock.advanceAsync(500);

    expect(record.error?.code).toBe("KP_RECORD_EXPIRED");
    expect(record.settledAt).toBe(1_500);
  });
});
