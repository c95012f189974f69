import { describe, expect, it } from "vitest";
import type { LambdaKinesisEvent } from "../../../../src/testing/lambda-trigger/lambda-event.js";
import type { LambdaHandler } from "../../../../src/testing/lambda-trigger/lambda-function.js";
import { FIRST_SHARD, letters, TriggerUnderTest } from "../../../support/trigger-under-test.js";

describe("a tumbling window", () => {
  const counting: LambdaHandler = ({ Records, state }) => ({
    state: { count: Number(state?.count ?? 0) + Records.length },
  });

  const shown = ({ Records, window, state, isFinalInvokeForWindow, isWindowTerminatedEarly }: LambdaKinesisEvent) =>
    [
      Records.length,
      window?.start.slice(14),
      state?.count ?? 0,
      isFinalInvokeForWindow,
      ...(isWindowTerminatedEarly ? ["early"] : []),
    ] as unknown;

  it("carries the state over its batches, and ends with an invocation without records", async () => {
    const under = new TriggerUnderTest({ tumblingWindowInSeconds: 30, batchSize: 2, handler: counting });
    await under.put(...letters("abc"));
    await under.start();
    await under.clock.advanceAsync(20_000);
    await under.put(...letters("d"));
    await under.clock.advanceAsync(15_000);
    await under.put(...letters("e"));

    await under.clock.advanceAsync(30_000);

    expect(under.events.map(shown)).toEqual([
      [2, "00:00Z", 0, false],
      [1, "00:00Z", 2, false],
      [1, "00:00Z", 3, false],
      [0, "00:00Z", 4, true],
      [1, "00:30Z", 0, false],
      [0, "00:30Z", 1, true],
    ]);
    expect(under.events[0]).toMatchObject({
      window: { start: "2026-01-01T00:00:00Z", end: "2026-01-01T00:00:30Z" },
      shardId: FIRST_SHARD,
      eventSourceARN: "arn:aws:kinesis:us-east-1:000000000000:stream/clicks",
      isWindowTerminatedEarly: false,
    });
    expect(Object.keys(under.events[0] ?? {})).toEqual([
      "Records",
      "window",
      "state",
      "shardId",
      "eventSourceARN",
      "isFinalInvokeForWindow",
      "isWindowTerminatedEarly",
    ]);
  });

  it("ends when its shard ends, and the child begins with an empty state", async () => {
    const under = new TriggerUnderTest({ tumblingWindowInSeconds: 30, handler: counting });
    await under.put(...letters("ab"));
    under.kinesis.splitShard("clicks", FIRST_SHARD);
    await under.put(...letters("c"));

    await under.start();
    await under.trigger.idle();

    expect(under.events.map(shown)).toEqual([
      [2, "00:00Z", 0, false],
      [0, "00:00Z", 2, true],
      [1, "00:00Z", 0, false],
    ]);
  });

  it("cuts a batch at the end of a window", async () => {
    const under = new TriggerUnderTest({ tumblingWindowInSeconds: 30, handler: counting });
    await under.put(...letters("ab"));
    under.clock.advance(30_000);
    await under.put(...letters("c"));

    await under.start();
    await under.trigger.idle();

    expect(under.events.map(shown)).toEqual([
      [2, "00:00Z", 0, false],
      [0, "00:00Z", 2, true],
      [1, "00:30Z", 0, false],
    ]);
  });

  it("fails an invocation whose answer has no state", async () => {
    const under = new TriggerUnderTest({ tumblingWindowInSeconds: 30, maximumRetryAttempts: 0 });
    await under.put(...letters("a"));

    await under.start();
    await under.trigger.idle();

    expect(under.reports[0]).toMatchObject({ outcome: "error", reason: expect.stringContaining("has no state") });
    expect(under.failures).toHaveLength(1);
  });

  it("ends early when its state is larger than 1 MB, and the next batch begins again", async () => {
    const under = new TriggerUnderTest({
      tumblingWindowInSeconds: 30,
      batchSize: 1,
      handler: ({ state, Records, isFinalInvokeForWindow }) => {
        const count = Number(state?.count ?? 0) + Records.length;
        return {
          state: { count, ...(count === 2 && isFinalInvokeForWindow !== true ? { text: "x".repeat(2 ** 20) } : {}) },
        };
      },
    });
    await under.put(...letters("abc"));

    await under.start();
    await under.trigger.idle();

    expect(under.events.map(shown)).toEqual([
      [1, "00:00Z", 0, false],
      [1, "00:00Z", 1, false],
      [0, "00:00Z", 2, true, "early"],
      [1, "00:00Z", 0, false],
    ]);
  });

  it("takes the state of a partial failure for the records before it", async () => {
    let invocations = 0;
    const under = new TriggerUnderTest({
      tumblingWindowInSeconds: 30,
      functionResponseTypes: ["ReportBatchItemFailures"],
      handler: ({ Records, state }) => {
        const done = ++invocations === 1 ? 1 : Records.length;
        const failed = Records[done];
        return {
          state: { count: Number(state?.count ?? 0) + done },
          batchItemFailures: failed === undefined ? [] : [{ itemIdentifier: failed.kinesis.sequenceNumber }],
        };
      },
    });
    await under.put(...letters("abc"));

    await under.start();
    await under.clock.advanceAsync(1_000);

    expect(under.events.map(shown)).toEqual([
      [3, "00:00Z", 0, false],
      [2, "00:00Z", 1, false],
    ]);
  });

  it("whose last invocation fails is given up like a batch", async () => {
    const under = new TriggerUnderTest({
      tumblingWindowInSeconds: 30,
      maximumRetryAttempts: 1,
      handler: (event, context) => {
        if (event.isFinalInvokeForWindow) throw new Error("no");
        return counting(event, context, () => {});
      },
    });
    await under.put(...letters("abc"));
    await under.start();

    await under.clock.advanceAsync(31_000);

    expect(under.events.map(shown)).toEqual([
      [3, "00:00Z", 0, false],
      [0, "00:00Z", 3, true],
      [0, "00:00Z", 3, true],
    ]);
    expect(under.failures).toMatchObject([{ KinesisBatchInfo: { batchSize: 3 } }]);
  });
});
