import { describe, expect, test } from "vitest";
import { TransformBatches } from "../../../../src/testing/delivery/transform-batches.js";
import { TransformInvoker } from "../../../../src/testing/delivery/transform-invoker.js";
import { type DeliveryTransform, type DeliveryTransformEvent, ManualClock } from "../../../../src/testing/index.js";
import { FACTS, kinesisRecord, settingsWith } from "./pipeline-under-test.js";

class InvokerUnderTest {
  readonly clock = new ManualClock();
  readonly failures: string[] = [];
  readonly end = new AbortController();
  readonly events: DeliveryTransformEvent[] = [];
  readonly invoker: TransformInvoker;

  constructor(
    handler: (event: DeliveryTransformEvent, context: never) => unknown,
    more: Partial<DeliveryTransform> = {},
  ) {
    const recorded = (event: DeliveryTransformEvent, context: never): unknown => {
      this.events.push(structuredClone(event));
      return handler(event, context);
    };
    const { transform } = settingsWith({ transform: { handler: recorded, ...more } });
    if (transform === undefined) throw new Error("no transform");
    this.invoker = new TransformInvoker(transform, FACTS, {
      clock: this.clock,
      random: () => 1,
      ended: this.end.signal,
      onFailure: (error, attempt) => this.failures.push(`${attempt}: ${error}`),
    });
  }

  /** Invokes with these records; the ids are `r0`, `r1` and so on. */
  invoke(...data: readonly (string | Uint8Array)[]) {
    const batches = new TransformBatches({ bytes: 1e9, intervalMs: 0 });
    for (const [index, each] of data.entries()) {
      const source = { ...kinesisRecord(each, index), subSequenceNumber: index };
      batches.add({ source, generation: 0, recordId: `r${index}` }, 0);
    }
    const [batch] = batches.cut();
    if (batch === undefined) throw new Error("no records");
    return this.invoker.invoke(batch);
  }
}

function echo({ records }: DeliveryTransformEvent): object {
  return { records: records.map(({ recordId, data }) => ({ recordId, result: "Ok", data })) };
}

function codes({ verdicts }: Awaited<ReturnType<InvokerUnderTest["invoke"]>>): string[] {
  return verdicts.map((verdict) => (verdict.result === "ProcessingFailed" ? verdict.errorCode : verdict.result));
}

describe("an invocation of the transform", () => {
  test("has the event of Firehose with a stream as its source", async () => {
    const { invoke, events } = under(echo);

    const { attempts } = await invoke("one", "two");

    const [event] = events;
    const at = Date.UTC(2026, 1, 3, 4, 5, 6);
    expect(attempts).toBe(1);
    expect(event).toEqual({
      invocationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ...FACTS,
      records: ["one", "two"].map((text, index) => ({
        recordId: `r${index}`,
        approximateArrivalTimestamp: at,
        data: Buffer.from(text).toString("base64"),
        kinesisRecordMetadata: {
          sequenceNumber: String(1_000 + index),
          subsequenceNumber: index,
          partitionKey: "key",
          shardId: "shardId-000000000000",
          approximateArrivalTimestamp: at,
        },
      })),
    });
  });

  test("is made again after an error, with pauses, a new id and the same records, 3 times more by default", async () => {
    const { invoke, events, failures, clock } = under((event) => {
      (event.records as unknown[]).length = 0; // A handler may change its copy.
      throw new Error("no");
    });

    const invocation = invoke("one");
    await clock.advanceAsync(6_999);
    expect(events.length).toBe(3);
    await clock.advanceAsync(1);

    const result = await invocation;
    expect([codes(result), result.attempts]).toEqual([["Lambda.FunctionError"], 4]);
    expect(events.map(({ records }) => records.length)).toEqual([1, 1, 1, 1]);
    expect(new Set(events.map(({ invocationId }) => invocationId)).size).toBe(4);
    expect(failures).toEqual(["1: Error: no", "2: Error: no", "3: Error: no", "4: Error: no"]);
  });

  test("is the last one when it works", async () => {
    let calls = 0;
    const { invoke, clock } = under((event) => {
      if (++calls < 3) throw new Error("no");
      return echo(event);
    });

    const invocation = invoke("one");
    await clock.advanceAsync(10_000);

    const result = await invocation;
    expect([codes(result), result.attempts, calls]).toEqual([["Ok"], 3, 3]);
  });

  test("is not made again for a record that failed, or an answer that is not understood", async () => {
    const failing = under(({ records }) => ({
      records: records.map(({ recordId }) => ({ recordId, result: "ProcessingFailed" })),
    }));
    const wrong = under(() => "text");

    expect(codes(await failing.invoke("one"))).toEqual(["Lambda.ProcessingFailedStatus"]);
    expect(codes(await wrong.invoke("one"))).toEqual(["Lambda.JsonProcessingException"]);
    expect([failing.events.length, wrong.events.length]).toEqual([1, 1]);
  });

  test("ends after five minutes", async () => {
    const { invoke, clock, failures } = under(() => new Promise(() => {}), { numberOfRetries: 0 });

    const invocation = invoke("one");
    await clock.advanceAsync(300_000);

    expect(codes(await invocation)).toEqual(["Lambda.FunctionTimedOut"]);
    expect(failures).toEqual(["1: TimeoutError: the transform took longer than 300000 ms"]);
    expect(clock.pendingTimers).toBe(0);
  });

  test.each([
    ["of the limit", -1, "Ok"],
    ["above the limit", 1, "Lambda.FunctionError"],
  ])("takes an answer %s of 6 MB or refuses it", async (_, more, code) => {
    const around = JSON.stringify({ records: [{ recordId: "r0", result: "Ok", data: "" }] }).length;
    // Base64 comes in fours; the rest is in another member.
    const data = "A".repeat(4 * Math.floor((6 * 1024 * 1024 - around - 100) / 4));
    const rest = 6 * 1024 * 1024 - around - data.length - ',"x":""'.length;
    const x = "x".repeat(rest + (more > 0 ? 1 : 0));
    const { invoke } = under(() => ({ records: [{ recordId: "r0", result: "Ok", data }], x }), { numberOfRetries: 0 });

    expect(codes(await invoke("one"))).toEqual([code]);
  });

  test("is not made for a record that is too large for an event", async () => {
    const { invoke, events } = under(echo);

    const result = await invoke(new Uint8Array(5 * 1024 * 1024));

    expect([codes(result), result.attempts, events.length]).toEqual([["Lambda.RequestEntityTooLarge"], 0, 0]);
  });

  test("sees what JSON makes of its result, and has a context", async () => {
    const { invoke } = under(({ records }, context: { awsRequestId: string; getRemainingTimeInMillis(): number }) => {
      const data = Buffer.from(`${context.awsRequestId.length} ${context.getRemainingTimeInMillis()}`).toString(
        "base64",
      );
      return { records: records.map(({ recordId }) => ({ toJSON: () => ({ recordId, result: "Ok", data }) })) };
    });

    const { verdicts } = await invoke("one");

    expect(verdicts.map((verdict) => (verdict.result === "Ok" ? String(Buffer.from(verdict.data)) : verdict))).toEqual([
      "36 300000",
    ]);
  });

  test("is given up at the end, also in a pause", async () => {
    const running = under(() => new Promise(() => {}));
    const pausing = under(() => {
      throw new Error("no");
    });
    const invocations = [running.invoke("one"), pausing.invoke("one")];
    await running.clock.settle();

    running.end.abort(new Error("closed"));
    pausing.end.abort(new Error("closed"));

    for (const each of invocations) await expect(each).rejects.toThrow("closed");
    expect([running.clock.pendingTimers, pausing.clock.pendingTimers]).toEqual([0, 0]);
  });
});

function under(
  handler: (event: DeliveryTransformEvent, context: never) => unknown,
  more: Partial<DeliveryTransform> = {},
) {
  const it = new InvokerUnderTest(handler, more);
  const { clock, events, failures, end } = it;
  return { clock, events, failures, end, invoke: it.invoke.bind(it) };
}
