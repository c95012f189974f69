import { describe, expect, it } from "vitest";
import { ManualClock } from "../../../../src/testing/manual-clock.js";
import { FIRST_SHARD, failsOn, letters, TriggerUnderTest } from "../../../support/trigger-under-test.js";

describe("a trigger", () => {
  it("invokes the function with what is stored, and with what comes", async () => {
    const under = new TriggerUnderTest();
    await under.put(...letters("ab"));

    await under.start();
    await under.trigger.idle();
    await under.put(...letters("c"));
    await under.clock.advanceAsync(250);

    expect(under.batches).toEqual([["a", "b"], ["c"]]);
    expect(under.trigger.stats()).toMatchObject({ invocations: 2, successes: 2, recordsRead: 3, recordsHandled: 3 });
  });

  it("cuts batches at batchSize", async () => {
    const under = new TriggerUnderTest({ batchSize: 2 });
    await under.put(...letters("abcde"));

    await under.start();
    await under.trigger.idle();

    expect(under.batches).toEqual([["a", "b"], ["c", "d"], ["e"]]);
  });

  it("gathers records for maximumBatchingWindowInSeconds, or until batchSize", async () => {
    const under = new TriggerUnderTest({ batchSize: 3, maximumBatchingWindowInSeconds: 5 });
    await under.start();
    await under.put(...letters("a"));
    await under.clock.advanceAsync(2_000);
    await under.put(...letters("b"));
    await under.clock.advanceAsync(2_999);
    expect(under.batches).toEqual([]);

    await under.clock.advanceAsync(300);
    await under.put(...letters("cde"));
    await under.clock.advanceAsync(250);

    expect(under.batches).toEqual([
      ["a", "b"],
      ["c", "d", "e"],
    ]);
  });

  it("with LATEST handles what is put after start, also at once", async () => {
    const under = new TriggerUnderTest({ startingPosition: "LATEST" });
    await under.put(...letters("a"));

    await under.trigger.start();
    await under.put(...letters("b"));
    await under.trigger.idle();

    expect(under.batches).toEqual([["b"]]);
  });

  it("with AT_TIMESTAMP begins with the records of that time", async () => {
    const clock = new ManualClock();
    const under = new TriggerUnderTest({
      startingPosition: "AT_TIMESTAMP",
      startingPositionTimestamp: new Date(clock.epochNow() + 1_000),
    });
    await under.put(...letters("a"));
    under.clock.advance(1_000);
    await under.put(...letters("b"));

    await under.start();
    await under.trigger.idle();

    expect(under.batches).toEqual([["b"]]);
  });

  it("handles the children of a shard after all of its records", async () => {
    const under = new TriggerUnderTest({ batchSize: 1, handler: failsOn("b"), maximumRetryAttempts: 3 });
    await under.put(...letters("ab"));
    under.kinesis.splitShard("clicks", FIRST_SHARD);
    await under.put(...letters("c"));
    await under.start();
    await under.clock.advanceAsync(300);
    expect(under.batches).toEqual([["a"], ["b"], ["b"], ["b"]]);

    const idle = under.trigger.idle();
    await under.clock.advanceAsync(1_000);
    await idle;

    expect(under.batches.flat().join("")).toBe("abbbbc");
    expect(under.failures).toHaveLength(1);
  });

  it("is idle only when the records of new children are handled too", async () => {
    const under = new TriggerUnderTest();
    await under.start();
    await under.trigger.idle();
    under.kinesis.splitShard("clicks", FIRST_SHARD);
    await under.put(...letters("a"));

    await under.trigger.idle();

    expect(under.batches).toEqual([["a"]]);
  });

  it("keeps the order of each key with a parallelization factor, and works on several batches at a time", async () => {
    let running = 0;
    let most = 0;
    const under = new TriggerUnderTest({
      parallelizationFactor: 4,
      batchSize: 2,
      handler: async () => {
        most = Math.max(most, ++running);
        await new Promise<void>((resolve) => under.clock.setTimer(10, resolve));
        running--;
      },
    });
    const keys = Array.from({ length: 40 }, (_, i) => `k${i % 8}`);
    await under.put(...keys.map((key, i): [string, string] => [key, `${key}:${String(i).padStart(2, "0")}`]));

    await under.start();
    const idle = under.trigger.idle();
    await under.clock.advanceAsync(500);
    await idle;

    const seen = under.batches.flat();
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
    expect(seen.toSorted()).toEqual(keys.map((key, i) => `${key}:${String(i).padStart(2, "0")}`).toSorted());
    for (const key of new Set(keys)) {
      const own = seen.filter((data) => data.startsWith(`${key}:`));
      expect(own).toEqual(own.toSorted());
    }
  });
});

describe("a filter", () => {
  it("keeps records away from the function, and the shard goes on", async () => {
    const under = new TriggerUnderTest({ filterCriteria: { filters: [{ pattern: '{"data":{"type":["buy"]}}' }] } });
    await under.put(["k", '{"type":"buy"}'], ["k", '{"type":"sell"}'], ["k", "no JSON"], ["k", '{"type":"buy","n":2}']);

    await under.start();
    await under.trigger.idle();

    expect(under.batches).toEqual([['{"type":"buy"}', '{"type":"buy","n":2}']]);
    expect(under.trigger.stats()).toMatchObject({ recordsRead: 4, recordsFiltered: 2, recordsHandled: 2 });
  });
});

describe("the life of a trigger", () => {
  it("is one start, and idle() only while it runs", async () => {
    const { trigger } = new TriggerUnderTest();
    await expect(trigger.idle()).rejects.toThrow("idle() needs a running trigger, this one is new");

    await trigger.start();
    await expect(trigger.start()).rejects.toThrow("a trigger starts once, and this one is running");
    await trigger.close();

    await expect(trigger.idle()).rejects.toThrow("this one is closed");
    await trigger.close();
  });

  it("ends with the running invocation: no record is handled after close", async () => {
    let end: (() => void) | undefined;
    const under = new TriggerUnderTest({
      batchSize: 1,
      handler: () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    });
    await under.put(...letters("ab"));
    await under.start();
    const idle = under.trigger.idle();
    const closed = under.trigger.close();
    await under.clock.settle();

    end?.();
    await closed;

    await expect(idle).rejects.toThrow("the trigger was closed before it was idle");
    expect(under.batches).toEqual([["a"]]);
    expect(under.clock.pendingTimers).toBe(0);
  });

  it("rejects start() for a stream that does not exist", async () => {
    const under = new TriggerUnderTest({ streamName: "no" });

    await expect(under.trigger.start()).rejects.toThrow(/ResourceNotFoundException/);
  });

  it("rejects idle() when the stream is deleted", async () => {
    const under = new TriggerUnderTest();
    await under.start();
    const idle = under.trigger.idle();
    await idle;
    under.kinesis.deleteStream("clicks");

    await expect(under.trigger.idle()).rejects.toThrow(/ResourceNotFoundException/);
    await expect(under.trigger.idle()).rejects.toThrow(/ResourceNotFoundException/);
  });

  it("repeats failed reads, and reads on where it was when its iterator expires", async () => {
    const under = new TriggerUnderTest();
    await under.put(...letters("a"));
    await under.start();
    await under.trigger.idle();
    under.kinesis.faults.add("GetRecords throttle calls=1");
    await under.put(...letters("b"));
    await under.clock.advanceAsync(2_000);
    under.kinesis.faults.clear();
    under.kinesis.faults.add("GetRecords error code=ExpiredIteratorException calls=1");
    await under.put(...letters("c"));

    await under.clock.advanceAsync(2_000);

    expect(under.batches).toEqual([["a"], ["b"], ["c"]]);
    expect(under.trigger.stats().readFailures).toBe(2);
  });
});
