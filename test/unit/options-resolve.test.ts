import { KinesisClient } from "@aws-sdk/client-kinesis";
import { describe, expect, test } from "vitest";

import { InvalidOptionError } from "../../src/errors.js";
import { isStreamName } from "../../src/option-checks.js";
import { type NumberRow, OPTIONS } from "../../src/option-table.js";
import type { ProducerOptions } from "../../src/options.js";
import { type ResolvedOptions, resolveOptions } from "../../src/resolve-options.js";

/** Options as a JavaScript user may write them. */
type Loose = Readonly<Record<string, unknown>> | null | undefined | string | number;

function resolve(options: Loose): ResolvedOptions {
  return resolveOptions(options as ProducerOptions);
}

/** The error for these options. Fails the test without an error. */
function refusal(options: Loose): InvalidOptionError {
  try {
    resolve(options);
  } catch (error) {
    if (error instanceof InvalidOptionError) return error;
    throw error;
  }
  throw new Error(`not refused: ${JSON.stringify(options)}`);
}

/** Options with one option set, in its section if it has one. */
function optionsWith(path: string, value: unknown): Readonly<Record<string, unknown>> {
  const [section = "", inner] = path.split(".");
  return inner === undefined ? { [section]: value } : { [section]: { [inner]: value } };
}

/** The resolved value of an option that is set alone. */
function settled(path: string, value: unknown): unknown {
  return (resolve(optionsWith(path, value)).values as Readonly<Record<string, unknown>>)[path];
}

const NUMBERS = Object.entries(OPTIONS).filter((entry): entry is [string, NumberRow] => entry[1].kind === "number");

describe.each(NUMBERS)("%s", (name, row) => {
  const { min, max, isWhole = false, mayBeInfinite = false } = row;
  const step = isWhole ? 1 : Math.max(1e-3, max * 1e-9);

  test("has its default when it is not set", () => {
    expect((resolve({}).values as Readonly<Record<string, unknown>>)[name]).toBe(row.default);
    expect(settled(name, undefined)).toBe(row.default);
  });

  test.each([min, max])("may be %d", (value) => {
    expect(settled(name, value)).toBe(value);
  });

  test.each([
    min - (isWhole ? 1 : 1e-3),
    max + step,
    Number.NaN,
    Number.NEGATIVE_INFINITY,
    ...(isWhole ? [min + 0.5] : []),
    ...(mayBeInfinite ? [] : [Number.POSITIVE_INFINITY]),
  ])("may not be %d: the message has its name, the range, the reason and the value", (value) => {
    const error = refusal(optionsWith(name, value));

    expect(error.code).toBe("KP_INVALID_OPTION");
    expect(error.option).toBe(name);
    expect(error.message).toContain(`${name} must be ${isWhole ? "a whole number" : "a number"} from ${min} to ${max}`);
    expect(error.message).toContain(row.why);
    expect(error.message).toMatch(new RegExp(`got ${String(value).replace("+", "\\+")}$`));
  });

  test.each([
    ["5", '"5"'],
    [5n, "5"],
    [true, "true"],
    [[5], "an array"],
    [{}, "an object"],
  ])("may not be %o", (value, shown) => {
    expect(refusal(optionsWith(name, value)).message).toMatch(new RegExp(`^${name} .* got ${shown}$`));
  });

  if (mayBeInfinite) {
    test("may be Infinity", () => {
      expect(settled(name, Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
      expect(refusal(optionsWith(name, 0)).message).toContain(", or Infinity");
    });
  }
});

describe("every other option with a default", () => {
  const OTHERS = Object.entries(OPTIONS).flatMap(([path, row]) =>
    row.kind === "flag" || row.kind === "choice" ? [[path, row] as const] : [],
  );

  test.each(OTHERS)("%s has it when it is not set, and takes every value that it may have", (path, row) => {
    const values = row.kind === "flag" ? [true, false] : row.choices;

    expect(settled(path, undefined)).toBe(row.default);
    for (const value of values.filter(() => path !== "onOrderedFailure")) expect(settled(path, value)).toBe(value);
  });
});

test("what a stream's pipeline needs arrives in its place", () => {
  const { pipeline } = resolve({
    aggregation: { maxBytes: 101, maxCount: 102 },
    maxRequestRecords: 103,
    maxRequestBytes: 104,
    lingerMs: 105,
    recordTtlMs: 106,
    shardLimits: { recordsPerSecond: 107, bytesPerSecond: 108, adaptive: false },
    maxAttempts: 109,
    failIfThrottled: true,
    shardMapTimeoutMs: 110,
    shardMapMaxAgeMs: 1_111,
    streamSummaryMaxAgeMs: 2_222,
    maxRecordBytes: 112,
    recordDistribution: "USER_PARTITION_KEY",
    ordering: "shard",
    onOrderedFailure: "failKey",
  });

  expect(pipeline).toEqual({
    packing: "shard",
    isOrdered: true,
    failsKeys: true,
    aggregate: { maxBytes: 101, maxCount: 102 },
    request: { maxRecords: 103, maxBytes: 104 },
    worthwhile: { maxRecords: 103, maxBytes: 104 },
    lingerMs: 105,
    recordTtlMs: 106,
    shardLimits: { recordsPerSecond: 107, bytesPerSecond: 108, adaptive: false },
    maxAttempts: 109,
    failIfThrottled: true,
    shardMapTimeoutMs: 110,
    shardMapMaxAgeMs: 1_111,
    streamSummaryMaxAgeMs: 2_222,
    known: { recordDistribution: "USER_PARTITION_KEY", maxRecordBytes: 112 },
  });
});

test("an option is read once", () => {
  const reads: string[] = [];
  const options = new Proxy({ lingerMs: 5, shardLimits: { adaptive: true } } as ProducerOptions, {
    get: (target, name) => {
      reads.push(String(name));
      return Reflect.get(target, name);
    },
  });

  expect(resolveOptions(options).values.lingerMs).toBe(5);
  expect(reads.filter((name) => name === "lingerMs" || name === "shardLimits")).toEqual(["lingerMs", "shardLimits"]);
});

describe("the stream", () => {
  const ARN = "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks";

  test("may be named, given by its ARN, both when they agree, or left to the records", () => {
    expect(resolve({ streamName: "clicks" }).stream).toEqual({ streamName: "clicks" });
    expect(resolve({ streamArn: ARN }).stream).toEqual({ streamName: "clicks", streamArn: ARN });
    expect(resolve({ streamName: "clicks", streamArn: ARN }).stream).toEqual({ streamName: "clicks", streamArn: ARN });
    expect(resolve({}).stream).toBeUndefined();
  });

  test("of two different names is a contradiction", () => {
    const error = refusal({ streamName: "orders", streamArn: ARN });

    expect(error.option).toBe("streamName");
    expect(error.message).toBe('streamName contradicts streamArn, which names the stream "clicks", got "orders"');
  });

  test.each([
    "arn:aws-cn:kinesis:cn-north-1:123456789012:stream/a",
    "arn:aws-us-gov:kinesis:us-gov-west-1:123456789012:stream/a.b_c-d",
  ])("may have an ARN of another partition: %s", (streamArn) => {
    expect(resolve({ streamArn }).stream?.streamArn).toBe(streamArn);
  });

  test.each([
    "clicks",
    "arn:aws:kinesis:eu-west-1:123456789012:clicks",
    "arn:aws:kinesis:eu-west-1:12345:stream/clicks",
    "arn:aws:s3:eu-west-1:123456789012:stream/clicks",
    `${ARN}/consumer/c:1`,
    "",
    5,
    null,
  ])("may not have the ARN %j", (streamArn) => {
    expect(refusal({ streamArn }).option).toBe("streamArn");
  });

  test.each(["", "a b", "a/b", "ä", "x".repeat(129), 5, null, {}])("may not have the name %j", (streamName) => {
    const error = refusal({ streamName });

    expect(error.option).toBe("streamName");
    expect(error.message).toContain("1 to 128 letters, digits, underscores, dots or hyphens");
  });

  test.each(["a", "x".repeat(127), "x".repeat(128), "A-b_c.9"])("may have the name %j", (streamName) => {
    expect(isStreamName(streamName)).toBe(true);
    expect(resolve({ streamName }).stream).toEqual({ streamName });
  });
});

describe("a client of the caller's own", () => {
  const client = new KinesisClient({ region: "eu-west-1" });

  test.each([
    ["region", "eu-west-1"],
    ["endpoint", "http://localhost:1"],
    ["credentials", { accessKeyId: "a", secretAccessKey: "b" }],
  ])("contradicts %s, which belongs to its own configuration", (name, value) => {
    const error = refusal({ client, [name]: value });

    expect(error.option).toBe(name);
    expect(error.message).toBe(`${name} cannot be combined with client: it belongs to the client's own configuration`);
  });

  test("is taken as it is", () => {
    expect(resolve({ client }).values.client).toBe(client);
  });

  test("has a time limit of ours, which can be set", () => {
    expect(resolve({ client, requestTimeoutMs: 5_000 }).values.requestTimeoutMs).toBe(5_000);
  });

  test("must be a client", () => {
    expect(refusal({ client: null }).message).toBe("client must be a KinesisClient, got null");
    expect(refusal({ client: {} }).message).toBe("client must be a KinesisClient, got an object");
  });
});

describe("aggregation", () => {
  test.each([
    [undefined, "shard"],
    [true, "shard"],
    [{}, "shard"],
    [{ maxBytes: 1_000 }, "shard"],
    [false, "none"],
    ["reshard-safe", "key"],
    [{ mode: "reshard-safe" }, "key"],
    [{ mode: "shard", maxCount: 3 }, "shard"],
  ])("%j packs by %s", (aggregation, packing) => {
    expect(resolve({ aggregation }).pipeline.packing).toBe(packing);
  });

  test.each([null, 5, "yes"])("may not be %j", (aggregation) => {
    expect(refusal({ aggregation }).option).toBe("aggregation");
  });
});

describe("other options", () => {
  test.each([
    [{ failIfThrottled: 1 }, "failIfThrottled must be true or false, got 1"],
    [{ shardLimits: { adaptive: "no" } }, 'shardLimits.adaptive must be true or false, got "no"'],
    [{ shardLimits: 5 }, "shardLimits must be an object, got 5"],
    [{ aggregation: { mode: "key" } }, 'aggregation.mode must be "shard" or "reshard-safe", got "key"'],
    [{ closeOnSignals: "SIGTERM" }, 'closeOnSignals must be a list of "SIGTERM", "SIGINT" and "SIGHUP", got "SIGTERM"'],
    [
      { closeOnSignals: ["SIGKILL"] },
      'closeOnSignals must be a list of "SIGTERM", "SIGINT" and "SIGHUP", got an array',
    ],
    [{ ordering: "stream" }, 'ordering must be "none" or "shard", got "stream"'],
    [{ ordering: true }, 'ordering must be "none" or "shard", got true'],
    [{ ordering: "shard", onOrderedFailure: "fail" }, 'onOrderedFailure must be "skip" or "failKey", got "fail"'],
    [{ recordIds: 1 }, "recordIds must be true or false, got 1"],
    [
      { recordIds: true, aggregation: false },
      "recordIds cannot be combined with aggregation: false: they need the envelope",
    ],
    [
      { recordIds: true, recordDistribution: "AUTO" },
      'recordIds cannot be set where recordDistribution is "AUTO": they need the envelope',
    ],
    [{ propagate: {} }, "propagate must be a function, got an object"],
    [
      { propagate: (): undefined => undefined, aggregation: false },
      "propagate cannot be combined with aggregation: false: its tags need the envelope",
    ],
    [
      { propagate: (): undefined => undefined, recordDistribution: "AUTO" },
      'propagate cannot be set where recordDistribution is "AUTO": its tags need the envelope',
    ],
    [{ onOrderedFailure: "skip" }, 'onOrderedFailure needs ordering: "shard"'],
    [
      { ordering: "shard", recordDistribution: "AUTO" },
      'ordering cannot be "shard" where recordDistribution is "AUTO": keys are ignored',
    ],
    [{ recordDistribution: "auto" }, 'recordDistribution must be "AUTO" or "USER_PARTITION_KEY", got "auto"'],
    [{ protocol: "xml" }, 'protocol must be "json" or "cbor", got "xml"'],
    [{ transport: "http" }, 'transport must be "sdk" or an object with a putRecords method, got "http"'],
    [{ transport: {} }, 'transport must be "sdk" or an object with a putRecords method, got an object'],
    [{ directory: {} }, "directory must be an object with listShards and describeStream methods, got an object"],
    [{ onDelivery: {} }, "onDelivery must be a function, got an object"],
    [{ onFailed: "log" }, 'onFailed must be a function, got "log"'],
    [{ random: 0.5 }, "random must be a function, got 0.5"],
  ])("%j is refused", (options, message) => {
    expect(refusal(options).message).toBe(message);
  });

  test.each([null, undefined, "clicks", 5])("options may not be %j", (options) => {
    expect(refusal(options).option).toBe("options");
  });

  test("a secret is never shown", () => {
    const error = refusal({ streamName: { secretAccessKey: "hunter2" } });

    expect(error.message).not.toContain("hunter2");
  });

  test("false and 0 are values, not absence", () => {
    const resolved = resolve({ failIfThrottled: false, lingerMs: 0, shardLimits: { adaptive: false } });

    expect(resolved.pipeline.lingerMs).toBe(0);
    expect(resolved.pipeline.shardLimits.adaptive).toBe(false);
  });

  test("requests are in JSON, and their way is not chosen, unless told", () => {
    expect(resolve({}).values).toMatchObject({ protocol: "json", transport: undefined });
    expect(resolve({ protocol: "cbor" }).values).toMatchObject({ protocol: "cbor", transport: undefined });
    expect(resolve({ transport: "sdk", protocol: "json" }).values).toMatchObject({
      protocol: "json",
      transport: "sdk",
    });
  });

  test.each([
    ["transport", { transport: "sdk" }],
    ["transport", { transport: { putRecords: () => undefined } }],
    ["client", { client: { send: () => undefined } }],
  ])("CBOR is refused with a %s that writes its own requests", (name, options) => {
    const { option, message } = refusal({ ...options, protocol: "cbor" });

    expect(option).toBe("protocol");
    expect(message).toBe(`protocol "cbor" cannot be combined with ${name}: it writes its requests itself`);
  });
});

test("the caller's options are left as they are, and the result is frozen", () => {
  const options = Object.freeze({ streamName: "clicks", aggregation: Object.freeze({ maxBytes: 1_000 }) });

  const resolved = resolve(options);

  expect(options).toEqual({ streamName: "clicks", aggregation: { maxBytes: 1_000 } });
  expect(Object.isFrozen(resolved)).toBe(true);
  expect(Object.isFrozen(resolved.values)).toBe(true);
});

describe("null and lists", () => {
  test.each([
    ["lingerMs", { lingerMs: null }],
    ["failIfThrottled", { failIfThrottled: null }],
    ["shardLimits.adaptive", { shardLimits: { adaptive: null } }],
    ["shardLimits", { shardLimits: [] }],
    ["aggregation", { aggregation: [] }],
  ])("are not taken for the default of %s", (name, options) => {
    expect(refusal(options).option).toBe(name);
  });
});
