import { inspect } from "node:util";
import { describe, expect, test, vi } from "vitest";

import {
  InvalidOptionError,
  isProducerError,
  isRecordFailedError,
  newCause,
  newStacklessFailure,
  ProducerError,
  RecordFailedError,
  type RecordFailure,
} from "../../src/errors.js";
import type { Attempt } from "../../src/record.js";

const SECRET = "payload-that-no-log-may-have";
const RECORD = {
  streamName: "clicks",
  partitionKey: "user-17",
  explicitHashKey: 17n,
  data: Buffer.from(SECRET.repeat(2_000)),
  tags: { secret: SECRET },
};
const ATTEMPT: Attempt = {
  startedAt: 1,
  delayMs: 2,
  durationMs: 3,
  errorCode: "ECONNREFUSED",
  errorMessage: "refused",
};

function failure(more: Partial<RecordFailure> = {}): RecordFailedError {
  return newStacklessFailure({
    code: "KP_RECORD_EXPIRED",
    message: "not delivered within recordTtlMs (30000 ms): the last of 80 attempts failed: ECONNREFUSED: refused",
    record: RECORD,
    streamArn: "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks",
    attempts: Array(50).fill(ATTEMPT),
    attemptCount: 80,
    delivery: "none",
    cause: newCause("ECONNREFUSED", "refused"),
    ...more,
  });
}

/** As the serializer `err` of pino makes a log object of an error: every enumerable property, inherited ones too. */
function asPino(error: Error): object {
  const log: Record<string, unknown> = { type: error.constructor.name, message: error.message, stack: error.stack };
  for (const key in error) log[key] = (error as unknown as Record<string, unknown>)[key];
  return log;
}

/** As vitest sends an error to its reporter: the object that `toJSON` returns. */
function asVitest(error: RecordFailedError): string {
  return JSON.stringify({ ...error.toJSON(), stack: error.stack, message: error.message });
}

describe("a log of the error of a record of 50 KB", () => {
  test.each<[string, (error: RecordFailedError) => string]>([
    ["util.inspect, as console.log", inspect],
    ["util.inspect of hidden properties", (error) => inspect(error, { showHidden: true, depth: Infinity })],
    ["util.inspect of an object around it", (error) => inspect({ error, more: [error] })],
    ["JSON.stringify", JSON.stringify],
    ["JSON.stringify of an object around it", (error) => JSON.stringify({ error })],
    ["pino's serializer", (error) => JSON.stringify(asPino(error))],
    ["vitest", asVitest],
    ["String", String],
    ["Object.assign", (error) => inspect(Object.assign({}, error))],
  ])("by %s has neither data nor tags, and less than 2 KB", (_, log) => {
    const text = log(failure());

    expect(text).not.toContain("payload");
    // Bytes of a Buffer are shown in hexadecimal.
    expect(text).not.toContain(Buffer.from("payload").toString("hex").replace(/../g, "$& ").trim());
    expect(text.length).toBeLessThan(2_048);
  });

  test("shows what explains it", () => {
    const text = inspect(failure());

    expect(text).toMatch(/^RecordFailedError: not delivered within recordTtlMs \(30000 ms\): the last of 80 attempts/);
    for (const part of [
      "code: 'KP_RECORD_EXPIRED'",
      "streamName: 'clicks'",
      "partitionKey: 'user-17'",
      "explicitHashKey: '17'",
      "bytes: 56000",
      "attempts: 80",
      "errorCode: 'ECONNREFUSED'",
      "delivery: 'none'",
      "cause: { name: 'Error', code: 'ECONNREFUSED', message: 'refused' }",
    ])
      expect(text).toContain(part);
    expect(inspect([[[[failure()]]]])).toContain("[Array]");
    expect(inspect({ a: { b: { error: failure() } } }, { depth: 1 })).not.toContain("attempts:");
  });

  test("as JSON has the same", () => {
    expect(JSON.parse(JSON.stringify(failure({ serviceCode: "ECONNREFUSED" })))).toEqual({
      name: "RecordFailedError",
      code: "KP_RECORD_EXPIRED",
      message: expect.stringContaining("the last of 80 attempts"),
      cause: { name: "Error", code: "ECONNREFUSED", message: "refused" },
      streamName: "clicks",
      partitionKey: "user-17",
      explicitHashKey: "17",
      bytes: 56_000,
      streamArn: "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks",
      attempts: 80,
      lastAttempt: ATTEMPT,
      delivery: "none",
      serviceCode: "ECONNREFUSED",
    });
  });

  test("cuts long keys and messages", () => {
    const long = "x".repeat(100_000);
    const error = failure({
      message: long,
      record: { partitionKey: long, explicitHashKey: long, data: "", streamName: long },
      attempts: [{ ...ATTEMPT, errorMessage: long }],
      cause: new Error(long),
    });

    expect(JSON.stringify(error).length).toBeLessThan(2_048);
    expect(inspect(error).length).toBeLessThan(2_048);
  });

  test.each<[string, (error: RecordFailedError) => object]>([
    ["a Proxy of it", (error) => new Proxy(error, {})],
    ["an object that has it as prototype", (error) => Object.create(error) as object],
    ["a copy of another library", (error) => Object.assign(Object.create(Object.getPrototypeOf(error)), error)],
  ])("does not throw for %s, which has no record", (_, copyOf) => {
    const copy = copyOf(failure());

    expect(inspect(copy)).toContain("code: 'KP_RECORD_EXPIRED'");
    expect(JSON.parse(JSON.stringify(copy))).toMatchObject({ name: "RecordFailedError", delivery: "none" });
  });
});

describe("the record of an error", () => {
  test("can be read, and is not among the enumerable properties", () => {
    const error = failure();

    expect(error.record).toBe(RECORD);
    expect(error.attempts).toHaveLength(50);
    expect(error.attemptCount).toBe(80);
    expect(Object.keys(error).sort()).toEqual(["code", "delivery", "serviceCode", "streamArn"]);
    expect(error).toMatchObject({ record: { partitionKey: "user-17" }, name: "RecordFailedError" });
  });

  test.each([
    ["null", null],
    ["a number", 7],
    [
      "an object with a getter that throws",
      {
        get data() {
          throw new Error("no");
        },
      },
    ],
    ["one with fields of wrong types", { partitionKey: 7, data: { secret: SECRET }, streamName: [SECRET] }],
  ])("may be anything where it was refused: %s", (_, record) => {
    const error = new RecordFailedError({ code: "KP_INVALID_RECORD", message: "bad", record: record as never });

    expect(JSON.stringify(error)).not.toContain(SECRET);
    expect(inspect(error)).toContain("KP_INVALID_RECORD");
  });

  test.each([
    ["text", "too late", '"too late"'],
    ["an object", { secret: SECRET }, "an object"],
    ["an error without a code", new RangeError("range"), { name: "RangeError", message: "range" }],
    [
      "an error that cannot be read",
      Object.defineProperty(new Error(), "message", {
        get: () => {
          throw new Error("no");
        },
      }),
      "a cause that cannot be read",
    ],
  ])("and the cause too: %s", (_, cause, shown) => {
    expect(JSON.parse(JSON.stringify(failure({ cause }))).cause).toEqual(shown);
  });

  test("does not travel with a structured clone: the clone has the message and the cause only", () => {
    const clone: unknown = structuredClone(failure());

    expect(clone).toBeInstanceOf(Error);
    expect(clone).toMatchObject({ message: expect.stringContaining("not delivered"), cause: { message: "refused" } });
    expect(isProducerError(clone)).toBe(false);
    expect(structuredClone(failure().toJSON())).toMatchObject({ code: "KP_RECORD_EXPIRED", bytes: 56_000 });
  });
});

describe("isRecordFailedError", () => {
  test("is true for the error of a record, also of another installed copy", async () => {
    vi.resetModules();
    const other = await import("../../src/errors.js");
    const error = new other.RecordFailedError({ code: "KP_CLOSED", message: "closed", record: RECORD });

    expect(error).not.toBeInstanceOf(RecordFailedError);
    expect(isRecordFailedError(error)).toBe(true);
    expect(isRecordFailedError(failure())).toBe(true);
  });

  test.each([
    ["an error of the library without a record", new ProducerError("KP_CLOSED", "closed")],
    ["an option", new InvalidOptionError("region", "no")],
    ["another error", Object.assign(new Error("x"), { name: "RecordFailedError", code: "E", record: RECORD })],
    ["its JSON", failure().toJSON()],
    ["nothing", undefined],
  ])("is false for %s", (_, value) => {
    expect(isRecordFailedError(value)).toBe(false);
  });
});

test("errors have the names of their classes, on the prototype", () => {
  const errors = [
    new ProducerError("KP_CLOSED", "closed"),
    new InvalidOptionError("region", "no"),
    new RecordFailedError({ code: "KP_CLOSED", message: "closed", record: RECORD }),
  ];

  expect(errors.map(({ name }) => name)).toEqual(["ProducerError", "InvalidOptionError", "RecordFailedError"]);
  for (const error of errors) {
    expect(Object.hasOwn(error, "name")).toBe(false);
    expect(error.stack).toMatch(new RegExp(`^${error.name}: `));
  }
  expect(errors[2]?.stack).toContain("errors.test.ts");
  expect(inspect(errors[2])).toContain("errors.test.ts");
});
