import { describe, expect, it } from "vitest";
import { resolveTrigger } from "../../../../src/testing/lambda-trigger/resolve-options.js";
import type { LambdaTriggerOptions } from "../../../../src/testing/lambda-trigger/trigger-options.js";

const resolve = (options: Record<string, unknown>): ReturnType<typeof resolveTrigger> =>
  resolveTrigger({
    endpoint: "http://127.0.0.1:4567",
    streamName: "clicks",
    handler: () => undefined,
    ...options,
  } as LambdaTriggerOptions);

describe("the options of a trigger", () => {
  it("have AWS's defaults", () => {
    expect(resolve({})).toMatchObject({
      batch: { batchSize: 100, batchingWindowMs: 0, tumblingWindowMs: 0 },
      retry: { bisects: false, maxRetries: Number.POSITIVE_INFINITY, maxAgeMs: Number.POSITIVE_INFINITY },
      response: { reportsFailures: false, hasWindow: false },
      lanes: 1,
      timeoutMs: 3_000,
      startingPosition: "TRIM_HORIZON",
    });
  });

  it.each([
    ["batchSize", 1, 10_000],
    ["maximumBatchingWindowInSeconds", 0, 300],
    ["parallelizationFactor", 1, 10],
    ["maximumRetryAttempts", -1, 10_000],
    ["tumblingWindowInSeconds", 0, 900],
    ["timeoutInSeconds", 1, 900],
    ["retryDelayMs", 0, 10_000],
    ["pollMs", 1, 60_000],
  ])("%s goes from %i to %i", (name, min, max) => {
    expect(() => resolve({ [name]: min })).not.toThrow();
    expect(() => resolve({ [name]: max })).not.toThrow();
    for (const value of [min - 1, max + 1, min + 0.5]) {
      expect(() => resolve({ [name]: value })).toThrow(
        `${name} must be a whole number from ${min} to ${max}, got ${value}`,
      );
    }
  });

  it.each([[-1], [60], [604_800]])("maximumRecordAgeInSeconds may be %i", (age) => {
    expect(() => resolve({ maximumRecordAgeInSeconds: age })).not.toThrow();
  });

  it.each([
    [
      { maximumRecordAgeInSeconds: 59 },
      "maximumRecordAgeInSeconds must be -1, or a whole number from 60 to 604800, got 59",
    ],
    [
      { maximumRecordAgeInSeconds: 0 },
      "maximumRecordAgeInSeconds must be -1, or a whole number from 60 to 604800, got 0",
    ],
    [{ maximumRecordAgeInSeconds: 604_801 }, "got 604801"],
    [{ batchsize: 10 }, "a trigger has no option batchsize; did you mean batchSize?"],
    [{ endpoint: undefined }, "a trigger needs kinesis or endpoint, and not both"],
    [{ kinesis: { endpoint: "http://127.0.0.1:1" } }, "a trigger needs kinesis or endpoint, and not both"],
    [{ streamName: "" }, 'streamName must be a text, got ""'],
    [{ handler: "handler.mjs" }, 'handler must be a function, got "handler.mjs"'],
    [{ onFailure: "queue" }, 'onFailure must be a function or a list, got "queue"'],
    [{ bisectBatchOnFunctionError: "yes" }, 'bisectBatchOnFunctionError must be true or false, got "yes"'],
    [
      { functionResponseTypes: ["Report"] },
      'functionResponseTypes must be [] or ["ReportBatchItemFailures"], got "Report"',
    ],
    [{ startingPosition: "latest" }, 'startingPosition must be TRIM_HORIZON, LATEST, AT_TIMESTAMP, got "latest"'],
    [{ startingPosition: "AT_TIMESTAMP" }, "startingPositionTimestamp must be a valid Date with AT_TIMESTAMP"],
    [{ startingPositionTimestamp: new Date() }, "and absent otherwise, got an object"],
    [
      { parallelizationFactor: 2, tumblingWindowInSeconds: 1 },
      "parallelizationFactor must be 1 with tumblingWindowInSeconds, got 2",
    ],
    [{ filterCriteria: {} }, "filterCriteria must be { filters: [{ pattern }] }, got an object"],
  ])("%j is refused", (options, message) => {
    expect(() => resolve(options)).toThrow(message);
    expect(() => resolve(options)).toThrow(RangeError);
  });
});
