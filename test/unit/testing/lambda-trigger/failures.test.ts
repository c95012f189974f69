import { describe, expect, it, onTestFinished } from "vitest";
import { FIRST_SHARD, failsOn, letters, reports, TriggerUnderTest } from "../../../support/trigger-under-test.js";

describe("a failed invocation", () => {
  it("is repeated with the same batch, and blocks its shard, without an end by default", async () => {
    const under = new TriggerUnderTest({ batchSize: 2, handler: failsOn("a") });
    await under.put(...letters("abc"));
    await under.start();

    await under.clock.advanceAsync(60_000);

    expect(new Set(under.batches.map((batch) => batch.join("")))).toEqual(new Set(["ab"]));
    // 100, 200, 400, … 6,400 ms, then 10 s.
    expect(under.batches).toHaveLength(12);
    expect(under.trigger.stats()).toMatchObject({
      recordsHandled: 0,
      lastProcessingResult: "PROBLEM: Error: a bad record",
    });
  });

  it("goes to the destination after maximumRetryAttempts, and the shard goes on", async () => {
    const under = new TriggerUnderTest({ batchSize: 2, handler: failsOn("a"), maximumRetryAttempts: 1 });
    await under.put(...letters("abc"));
    await under.start();

    await under.clock.advanceAsync(1_000);

    expect(under.batches.map((batch) => batch.join(""))).toEqual(["ab", "ab", "c"]);
    const [a, b] = under.kinesis.records("clicks");
    expect(under.failures).toEqual([
      {
        requestContext: {
          requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          functionArn: "arn:aws:lambda:us-east-1:000000000000:function:local",
          condition: "RetryAttemptsExhausted",
          approximateInvokeCount: 2,
        },
        responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
        version: "1.0",
        timestamp: "2026-01-01T00:00:00.100Z",
        KinesisBatchInfo: {
          shardId: FIRST_SHARD,
          startSequenceNumber: a?.sequenceNumber,
          endSequenceNumber: b?.sequenceNumber,
          approximateArrivalOfFirstRecord: "2026-01-01T00:00:00.000Z",
          approximateArrivalOfLastRecord: "2026-01-01T00:00:00.000Z",
          batchSize: 2,
          streamArn: "arn:aws:kinesis:us-east-1:000000000000:stream/clicks",
        },
      },
    ]);
    expect(under.trigger.stats()).toMatchObject({ recordsHandled: 1, recordsDiscarded: 2 });
  });

  it("with bisectBatchOnFunctionError isolates the bad record", async () => {
    const under = new TriggerUnderTest({
      handler: failsOn("c"),
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: 1,
    });
    await under.put(...letters("abcd"));
    await under.start();

    await under.clock.advanceAsync(10_000);

    expect(under.batches.map((batch) => batch.join(""))).toEqual(["abcd", "ab", "cd", "c", "c", "d"]);
    expect(under.failures.map(({ KinesisBatchInfo }) => KinesisBatchInfo.batchSize)).toEqual([1]);
  });

  it("with ReportBatchItemFailures is repeated from the failed record on", async () => {
    let isFirst = true;
    const under = new TriggerUnderTest({
      functionResponseTypes: ["ReportBatchItemFailures"],
      handler: (event, context) => {
        const result = isFirst ? reports("cd")(event, context, () => {}) : undefined;
        isFirst = false;
        return result;
      },
    });
    await under.put(...letters("abcd"));
    await under.start();

    await under.clock.advanceAsync(1_000);

    expect(under.batches.map((batch) => batch.join(""))).toEqual(["abcd", "cd"]);
    expect(under.trigger.stats()).toMatchObject({ partialFailures: 1, recordsHandled: 4 });
  });

  it("discards records that are older than maximumRecordAgeInSeconds, invoked or not", async () => {
    const under = new TriggerUnderTest({ batchSize: 1, handler: failsOn("b"), maximumRecordAgeInSeconds: 60 });
    await under.put(...letters("a"));
    under.clock.advance(60_001);
    await under.put(...letters("b"));
    await under.start();
    await under.clock.advanceAsync(30_000);
    await under.put(...letters("c"));

    await under.clock.advanceAsync(50_000);

    expect(under.batches.flat().at(-1)).toBe("c");
    expect(under.failures.map(({ requestContext }) => requestContext.condition)).toEqual([
      "RecordAgeExceeded",
      "RecordAgeExceeded",
    ]);
    expect(under.failures[0]).not.toHaveProperty("responseContext");
    expect(under.failures[0]?.requestContext.approximateInvokeCount).toBe(0);
  });

  it("is a time-out after timeoutInSeconds", async () => {
    const under = new TriggerUnderTest({
      handler: () => new Promise(() => {}),
      timeoutInSeconds: 2,
      maximumRetryAttempts: 0,
    });
    await under.put(...letters("a"));
    await under.start();

    await under.clock.advanceAsync(2_000);

    expect(under.reports).toEqual([
      {
        shardId: FIRST_SHARD,
        records: 1,
        attempt: 1,
        durationMs: 2_000,
        outcome: "timeout",
        reason: "Task timed out after 2.00 seconds",
        isFinal: false,
      },
    ]);
    expect(under.failures).toHaveLength(1);
  });

  it("does not stop the trigger when the destination throws", async () => {
    const warnings: string[] = [];
    const listen = (warning: Error): void => void warnings.push(warning.message);
    process.on("warning", listen);
    onTestFinished(() => void process.off("warning", listen));
    const under = new TriggerUnderTest({
      batchSize: 1,
      handler: failsOn("a"),
      maximumRetryAttempts: 0,
      onFailure: () => Promise.reject(new Error("the queue is gone")),
    });
    await under.put(...letters("ab"));

    await under.start();
    await under.trigger.idle();

    expect(under.batches).toEqual([["a"], ["b"]]);
    expect(warnings).toEqual([expect.stringMatching(/^onFailure of the Lambda trigger failed .*the queue is gone$/)]);
  });

  it("waits for the destination as long as for the function, and no longer", async () => {
    const warnings: string[] = [];
    const listen = (warning: Error): void => void warnings.push(warning.message);
    process.on("warning", listen);
    onTestFinished(() => void process.off("warning", listen));
    const under = new TriggerUnderTest({
      batchSize: 1,
      handler: failsOn("a"),
      maximumRetryAttempts: 0,
      timeoutInSeconds: 2,
      onFailure: () => new Promise(() => {}),
    });
    await under.put(...letters("ab"));
    await under.start();
    await under.clock.advanceAsync(1_900);
    expect(under.batches).toEqual([["a"]]);

    await under.clock.advanceAsync(200);
    await under.trigger.idle();

    expect(under.batches).toEqual([["a"], ["b"]]);
    expect(warnings).toEqual([
      expect.stringMatching(/^onFailure of the Lambda trigger failed .*the call took longer than 2000 ms$/),
    ]);
    await under.trigger.close();
    expect(under.clock.pendingTimers).toBe(0);
  });
});
