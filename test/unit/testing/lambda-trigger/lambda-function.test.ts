import { describe, expect, it } from "vitest";
import { lambdaEvent } from "../../../../src/testing/lambda-trigger/lambda-event.js";
import {
  type FunctionResult,
  type LambdaContext,
  LambdaFunction,
  type LambdaHandler,
} from "../../../../src/testing/lambda-trigger/lambda-function.js";
import { markSerial } from "../../../../src/testing/lambda-trigger/serial-handlers.js";
import { ManualClock } from "../../../../src/testing/manual-clock.js";

const STREAM = "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks";
const EVENT = lambdaEvent([]);

function invoke(handler: LambdaHandler, clock = new ManualClock()): Promise<FunctionResult> {
  return new LambdaFunction({ handler, functionName: "f", timeoutMs: 3_000, clock }, STREAM).invoke(EVENT, "id");
}

const UNREADABLE = "Error: an error that cannot be read";

/** A thenable, as libraries write it that know no promises. */
function thenable(value: unknown): object {
  const object: Record<string, unknown> = {};
  for (const name of ["then"]) object[name] = (resolve: (value: unknown) => void) => void setImmediate(resolve, value);
  return object;
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function unreadable(): Error {
  return Object.defineProperty(new Error(), "message", {
    get: () => {
      throw new Error("no message");
    },
  });
}

describe("a function", () => {
  it.each<[string, LambdaHandler]>([
    ["returns its answer", () => ({ a: 1 })],
    ["returns a promise", async () => ({ a: 1 })],
    ["calls back", (_event, _context, callback) => callback(null, { a: 1 })],
    ["calls back later", (_event, _context, callback) => void queueMicrotask(() => callback(undefined, { a: 1 }))],
    ["has three parameters and returns a promise", async (_event, _context, _callback) => ({ a: 1 })],
    ["calls context.succeed", (_event, context, _callback) => context.succeed({ a: 1 })],
    ["calls context.done", (_event, context, _callback) => context.done(undefined, { a: 1 })],
    ["returns a thenable whose then returns nothing", () => thenable({ a: 1 })],
  ])("that %s is answered", async (_name, handler) => {
    expect(await invoke(handler)).toEqual({ kind: "answered", response: { a: 1 } });
  });

  it.each<[string, LambdaHandler, string]>([
    [
      "throws",
      () => {
        throw new TypeError("no");
      },
      "TypeError: no",
    ],
    ["rejects", () => Promise.reject(new Error("no")), "Error: no"],
    ["rejects with text", () => Promise.reject("no"), "Error: no"],
    ["calls back with an error", (_event, _context, callback) => callback("no"), "no"],
    ["calls context.fail", (_event, context, _callback) => context.fail(new Error("no")), "Error: no"],
    ["rejects with an object without a prototype", () => Promise.reject(Object.create(null)), UNREADABLE],
    ["rejects with a revoked proxy", () => Promise.reject(revoked()), UNREADABLE],
    ["rejects with an error that cannot be read", () => Promise.reject(unreadable()), "an error that cannot be read"],
    [
      "throws an object without a prototype",
      () => {
        throw Object.create(null);
      },
      UNREADABLE,
    ],
    [
      "calls context.fail later with an object without a prototype",
      (_event, context, _callback) => queueMicrotask(() => context.fail(Object.create(null))),
      "an error that cannot be read",
    ],
    [
      "answers what is no JSON",
      () => 1n,
      "the answer cannot be sent as JSON: TypeError: Do not know how to serialize a BigInt",
    ],
  ])("that %s has failed", async (_name, handler, reason) => {
    expect(await invoke(handler)).toEqual({ kind: "error", reason });
  });

  it("answers as JSON has it: nothing is null, and a date is text", async () => {
    expect(await invoke(() => undefined)).toEqual({ kind: "answered", response: null });
    expect(await invoke(() => ({ at: new Date(0) }))).toEqual({
      kind: "answered",
      response: { at: "1970-01-01T00:00:00.000Z" },
    });
  });

  it("is cut off at its time limit, and a late answer counts for nothing", async () => {
    const clock = new ManualClock();
    let late: ((result: unknown) => void) | undefined;
    const result = invoke(
      () =>
        new Promise((resolve) => {
          late = resolve;
        }),
      clock,
    );

    clock.advance(3_000);
    late?.({ a: 1 });

    expect(await result).toEqual({ kind: "timeout", reason: "Task timed out after 3.00 seconds" });
    expect(clock.pendingTimers).toBe(0);
  });

  it("that takes one invocation at a time gets the next one when the last has ended, with its whole time", async () => {
    const clock = new ManualClock();
    const ends: (() => void)[] = [];
    const handler = markSerial(
      () =>
        new Promise<void>((resolve) => {
          ends.push(resolve);
        }),
    );
    const first = invoke(handler, clock);
    const second = invoke(handler, clock);
    await clock.advanceAsync(3_000);
    expect(await first).toMatchObject({ kind: "timeout" });
    expect(ends).toHaveLength(1);

    ends[0]?.();
    await clock.advanceAsync(2_999);
    ends[1]?.();

    expect(await second).toEqual({ kind: "answered", response: null });
  });

  it("has the documented context", async () => {
    const clock = new ManualClock();
    let seen: LambdaContext | undefined;
    await invoke((_event, context) => {
      seen = context;
    }, clock);

    clock.advance(1_000);

    expect(seen).toMatchObject({
      functionName: "f",
      functionVersion: "$LATEST",
      invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:f",
      memoryLimitInMB: "128",
      awsRequestId: "id",
      logGroupName: "/aws/lambda/f",
      logStreamName: "2026/01/01/[$LATEST]local",
    });
    expect(seen?.getRemainingTimeInMillis()).toBe(2_000);
  });
});
