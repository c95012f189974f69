import { describe, expect, test } from "vitest";

import { DrainLoop } from "../../../src/pipeline/drain-loop.js";
import { ManualClock } from "../../../src/testing/manual-clock.js";
import { virtualProducer } from "../../support/virtual-producer.js";

function drainLoop(nextAt: () => number) {
  const clock = new ManualClock({ now: 1_000 });
  const drains: number[] = [];
  const loop = new DrainLoop(clock);
  loop.drive({
    drain: (now) => {
      drains.push(now);
      return nextAt();
    },
  });
  return { clock, loop, drains };
}

describe("the drain loop", () => {
  test("makes one drain of all triggers of a turn, at its end", () => {
    const { clock, loop, drains } = drainLoop(() => Number.POSITIVE_INFINITY);

    loop.wake();
    loop.wake();
    loop.wake();
    expect(drains).toEqual([]);
    clock.runDeferred();

    expect(drains).toEqual([1_000]);
    expect(clock.isRefed).toBe(false);
  });

  test("arms one timer for the moment that the drain names, and none when it names none", () => {
    let next = 1_500;
    const { clock, loop, drains } = drainLoop(() => next);

    loop.wake();
    clock.runDeferred();
    expect(clock.pendingTimers).toBe(1);
    expect(clock.nextTimerAt).toBe(1_500);
    next = Number.POSITIVE_INFINITY;
    clock.advance(500);

    expect(drains).toEqual([1_000, 1_500]);
    expect(clock.pendingTimers).toBe(0);
  });

  test("brings its timer forward for something due earlier, and leaves it for something due later", () => {
    const { clock, loop } = drainLoop(() => 2_000);
    loop.wake();
    clock.runDeferred();

    loop.wakeAt(3_000);
    expect(clock.nextTimerAt).toBe(2_000);
    loop.wakeAt(1_200);

    expect(clock.nextTimerAt).toBe(1_200);
    expect(clock.pendingTimers).toBe(1);
  });

  test("takes what is due already for a trigger: it does not wait for a timer", () => {
    const { clock, loop, drains } = drainLoop(() => Number.POSITIVE_INFINITY);

    loop.wakeAt(1_000);
    expect(clock.pendingTimers).toBe(0);
    clock.runDeferred();

    expect(drains).toEqual([1_000]);
  });

  test("does nothing any more once it is stopped, woken or not", () => {
    const { clock, loop, drains } = drainLoop(() => 2_000);
    loop.wake();
    clock.runDeferred();

    loop.wake();
    loop.stop();
    loop.wakeAt(1_100);
    clock.advance(5_000);

    expect(drains).toEqual([1_000]);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("a producer's timers", () => {
  test("there is none before the first record, and none after the last one is settled", async () => {
    const { producer, clock, put, start } = virtualProducer();
    expect(clock.isRefed).toBe(false);
    await start();
    expect(clock.isRefed).toBe(false);

    const record = put({});
    expect(clock.pendingTimers).toBe(1);
    await clock.advanceAsync(100);

    expect(record.state).toBe("resolved");
    expect(clock.isRefed).toBe(false);
    expect(producer.stats().outstandingRecords).toBe(0);
  });

  test("however many records, shards and streams wait, there is one", async () => {
    const { producer, clock, put } = virtualProducer({ lingerMs: 1_000 });
    for (let i = 0; i < 3; i++) put({ streamName: `stream-${i}` });
    await clock.settle();

    for (let i = 0; i < 99; i++) put({ partitionKey: `key-${i}`, streamName: `stream-${i % 3}` });
    await clock.settle();

    expect(clock.pendingTimers).toBe(1);
    expect(producer.stats().outstandingRecords).toBe(99);
  });
});
