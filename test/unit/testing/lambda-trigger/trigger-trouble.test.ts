import { describe, expect, it, onTestFinished } from "vitest";
import { LambdaTrigger } from "../../../../src/testing/lambda-trigger/lambda-trigger.js";
import { markSerial } from "../../../../src/testing/lambda-trigger/serial-handlers.js";
import { FIRST_SHARD, letters, TriggerUnderTest } from "../../../support/trigger-under-test.js";

const SECOND_SHARD = "shardId-000000000001";

/** The warnings of the process until the end of the test. */
function warnings(): string[] {
  const heard: string[] = [];
  const listen = (warning: Error): void => void heard.push(warning.message);
  process.on("warning", listen);
  onTestFinished(() => void process.off("warning", listen));
  return heard;
}

describe("a reshard that several shards wait for", () => {
  it.each([
    ["merge", (under: TriggerUnderTest): unknown => under.kinesis.mergeShards("clicks", FIRST_SHARD, SECOND_SHARD)],
    [
      "two splits",
      (under: TriggerUnderTest): unknown =>
        [FIRST_SHARD, SECOND_SHARD].map((shardId) => under.kinesis.splitShard("clicks", shardId)),
    ],
  ])("is followed after failed listings: %s", async (_name, reshard) => {
    const under = new TriggerUnderTest({ shards: 2 });
    await under.start();
    under.kinesis.faults.add("ListShards throttle calls=1..4");
    reshard(under);
    await under.put(...letters("a"));

    const idle = under.trigger.idle();
    await under.clock.advanceAsync(5_000);

    await expect(Promise.race([idle, "still waiting"])).resolves.toBeUndefined();
    expect(under.batches).toEqual([["a"]]);
  });

  it("does not keep close() waiting", async () => {
    const under = new TriggerUnderTest({ shards: 2, pollMs: 60_000 });
    await under.start();
    under.kinesis.faults.add("ListShards throttle");
    under.kinesis.mergeShards("clicks", FIRST_SHARD, SECOND_SHARD);
    await under.clock.advanceAsync(60_000);

    await under.trigger.close();

    expect(under.clock.pendingTimers).toBe(0);
  });
});

describe("a stream that is deleted and created again", () => {
  it("ends the trigger: its old iterators are of no use", async () => {
    const under = new TriggerUnderTest();
    await under.start();
    under.kinesis.deleteStream("clicks");
    under.kinesis.createStream("clicks");

    const idle = under.trigger.idle();
    idle.catch(() => {});
    await under.clock.advanceAsync(1_000);

    await expect(Promise.race([idle, "still waiting"])).rejects.toThrow(/InvalidArgumentException/);
    expect(under.trigger.stats().lastProcessingResult).toMatch(/^PROBLEM: .*InvalidArgumentException/);
  });
});

describe("an observer or a destination that throws", () => {
  it("is a warning, and the trigger goes on", async () => {
    const heard = warnings();
    const under = new TriggerUnderTest({
      onInvocation: () => {
        throw new Error("the log is full");
      },
    });
    await under.put(...letters("a"));
    await under.start();

    await under.trigger.idle();

    expect(under.trigger.stats().recordsHandled).toBe(1);
    await expect.poll(() => heard).toEqual(["onInvocation of the Lambda trigger failed: Error: the log is full"]);
  });

  it("may throw a value that has no text", async () => {
    const heard = warnings();
    const under = new TriggerUnderTest({
      maximumRetryAttempts: 0,
      handler: () => Promise.reject(new Error("no")),
      onFailure: () => Promise.reject(Object.create(null)),
    });
    await under.put(...letters("a"));
    await under.start();

    await under.trigger.idle();

    await expect.poll(() => heard).toEqual([expect.stringMatching(/: an error that cannot be read$/)]);
  });
});

describe("close()", () => {
  it.each(["GetRecords", "ListShards", "DescribeStreamSummary"])(
    "ends a call of %s without an answer",
    async (name) => {
      const under = new TriggerUnderTest();
      under.kinesis.faults.add(`${name} hang`);
      const started = under.trigger.start().catch((error: Error) => error.message);
      await under.clock.settle();

      await under.trigger.close();

      expect(await started).toEqual(name === "GetRecords" ? undefined : expect.stringMatching(/closed|abort/i));
      expect(under.trigger.stats()).toMatchObject({ readFailures: 0, lastProcessingResult: "No records processed" });
      expect(under.clock.pendingTimers).toBe(0);
    },
  );

  it("makes no invocation that still waits for its turn", async () => {
    let invocations = 0;
    // The first one never ends, as a container that hangs.
    const under = new TriggerUnderTest({ shards: 2, timeoutInSeconds: 1 });
    const trigger = new LambdaTrigger({
      kinesis: under.kinesis,
      clock: under.clock,
      streamName: "clicks",
      timeoutInSeconds: 1,
      handler: markSerial(() => {
        invocations++;
        return new Promise(() => {});
      }),
    });
    await under.put(...Array.from("abcdef", (letter): [string, string] => [letter, letter]));
    await trigger.start();
    await under.clock.advanceAsync(2_000);

    await trigger.close();

    expect(invocations).toBe(1);
    expect(trigger.stats()).toMatchObject({ invocations: 1, timeouts: 1 });
  });
});

describe("a call without an answer", () => {
  it("is repeated after 10 s", async () => {
    const under = new TriggerUnderTest();
    under.kinesis.faults.add("GetRecords hang calls=1");
    await under.put(...letters("a"));
    await under.start();

    await under.clock.advanceAsync(10_200);

    expect(under.batches).toEqual([["a"]]);
    expect(under.trigger.stats().readFailures).toBe(1);
  });
});

describe("a clock that is set back by an hour", () => {
  it.each([{ maximumBatchingWindowInSeconds: 5 }, { maximumBatchingWindowInSeconds: 0 }])(
    "delays neither a batching window nor a retry: %j",
    async (options) => {
      let offsetMs = 0;
      let failures = 1;
      const base = new TriggerUnderTest().clock;
      const under = new TriggerUnderTest({
        ...options,
        clock: {
          now: () => base.now(),
          epochNow: () => base.epochNow() + offsetMs,
          setTimer: (delayMs, callback) => base.setTimer(delayMs, callback),
          defer: (callback) => base.defer(callback),
        },
        handler: () => {
          if (failures-- > 0) throw new Error("the first time");
        },
      });
      await under.put(...letters("a"));
      await under.start();
      await base.settle();
      offsetMs = -3_600_000;
      await base.advanceAsync(1);
      await under.put(...letters("b"));

      await base.advanceAsync(10_000);

      expect(under.trigger.stats().recordsHandled).toBe(2);
    },
  );
});
