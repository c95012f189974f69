import { describe, expect, test } from "vitest";

import type { RequestFailure } from "../../../src/core/ports.js";
import { shardIdOf } from "../../../src/testing/even-shards.js";
import { acceptAll, connectionLost } from "../../../src/testing/scripted-answers.js";
import { virtualProducer } from "../../support/virtual-producer.js";

/** A connection that had died while it was idle: no byte came back. */
const STALE: RequestFailure = { ...connectionLost(), isStaleConnection: true };
const accept = acceptAll(shardIdOf(0));

describe("a request over a connection that had died while idle", () => {
  test("goes again at once, and the result says that it may be there twice", async () => {
    const { clock, transport, put, start } = virtualProducer({ lingerMs: 0 });
    await start();
    transport.next(STALE);
    transport.always(accept);

    const record = put({ data: "a" });
    await clock.settle();

    expect(record.state).toBe("resolved");
    expect(record.value).toMatchObject({
      mayBeDuplicate: true,
      attempts: [{ errorCode: "ECONNRESET", errorMessage: "scripted ECONNRESET" }, { delayMs: 0 }],
    });
    expect(transport.requests[1]?.entries).toEqual(transport.requests[0]?.entries);
  });

  test("goes before newer records of its shard", async () => {
    const { clock, transport, put, start } = virtualProducer({ aggregation: false, lingerMs: 0 });
    await start();
    transport.always("hold");
    put({ data: "old" });
    await clock.settle();
    put({ data: "new" });
    await clock.settle();

    transport.held[0]?.answer(STALE);
    transport.held[0]?.answer(accept);
    await clock.settle();

    const texts = transport.requests.map(({ entries }) => entries.map(({ data }) => Buffer.from(data).toString()));
    expect(texts).toEqual([["old"], ["new"], ["old"]]);
  });

  test("pauses the next time, however often other requests make connections that can be used again", async () => {
    const { clock, transport, put, start } = virtualProducer({ lingerMs: 0, recordTtlMs: 100_000 });
    await start();
    const sentAt: number[] = [];
    transport.always(() => {
      sentAt.push(clock.now());
      return STALE;
    });

    const record = put({ data: "cut off by some device on the way" });
    await clock.advanceAsync(100_000);

    const delays = sentAt.slice(1).map((at, i) => at - (sentAt[i] as number));
    expect(delays.filter((_, i) => i % 2 === 0).every((ms) => ms === 0)).toBe(true);
    // Half, by the random number, of 50, 100, 200, ... up to 5 s, as long as there is plenty of time to live.
    const pauses = delays.filter((_, i) => i % 2 === 1);
    expect(pauses.slice(0, 9).map(Math.round)).toEqual([25, 50, 100, 200, 400, 800, 1_600, 2_500, 2_500]);
    expect(record.error).toMatchObject({ code: "KP_RECORD_EXPIRED", delivery: "unknown" });
  });

  test("counts against maxAttempts", async () => {
    const { clock, transport, put, start } = virtualProducer({ lingerMs: 0, maxAttempts: 1 });
    await start();
    transport.always(STALE);

    const record = put({ data: "a" });
    await clock.settle();

    expect(transport.requests).toHaveLength(1);
    expect(record.error).toMatchObject({ code: "KP_RECORD_FAILED", serviceCode: "ECONNRESET", delivery: "unknown" });
  });

  test("does not lower the number of requests in flight: 24 dead connections say nothing of the service", async () => {
    const { clock, transport, put, start } = virtualProducer({
      ...{ aggregation: false, lingerMs: 0, maxRequestRecords: 1, maxInFlightRequests: 24 },
    });
    await start();
    transport.always("hold");
    const records = Array.from({ length: 24 }, (_, i) => put({ data: String(i) }));
    await clock.settle();
    expect(transport.held).toHaveLength(24);

    for (const held of [...transport.held]) held.answer(STALE);
    await clock.settle();

    expect(transport.held).toHaveLength(24);
    for (const held of [...transport.held]) held.answer(accept);
    await clock.settle();
    expect(records.every(({ state }) => state === "resolved")).toBe(true);
  });

  test("does not go past a pause that another failure began", async () => {
    const { clock, transport, put, start } = virtualProducer({ aggregation: false, lingerMs: 0, maxRequestRecords: 1 });
    await start();
    transport.always("hold");
    put({ data: "a" });
    put({ data: "b" });
    await clock.settle();

    transport.held[0]?.answer(connectionLost());
    transport.held[0]?.answer(STALE);
    await clock.settle();
    expect(transport.requests).toHaveLength(2);

    await clock.advanceAsync(25);
    expect(transport.requests).toHaveLength(4);
  });
});
