import { describe, expect, test } from "vitest";

import { InvalidOptionError } from "../../src/errors.js";
import type { OptionRow } from "../../src/option-table.js";
import { OPTIONS } from "../../src/option-table.js";
import type { ProducerOptions } from "../../src/options.js";
import { resolveOptions } from "../../src/resolve-options.js";

/** The error for these options; fails the test when there is none. */
function refusal(options: object): InvalidOptionError {
  try {
    resolveOptions(options as ProducerOptions);
  } catch (error) {
    if (error instanceof InvalidOptionError) return error;
    throw error;
  }
  throw new Error(`not refused: ${Object.keys(options).join(", ")}`);
}

describe("an unknown option", () => {
  test.each([
    [{ lingerMS: 5 }, "lingerMS", "lingerMs"],
    [{ streamname: "s" }, "streamname", "streamName"],
    [{ maxAttemps: 5 }, "maxAttemps", "maxAttempts"],
    [{ maxBufferRecords: 5 }, "maxBufferRecords", "maxBufferedRecords"],
    [{ aggregation: { maxByte: 5 } }, "aggregation.maxByte", "aggregation.maxBytes"],
    [{ shardLimits: { recordPerSecond: 5 } }, "shardLimits.recordPerSecond", "shardLimits.recordsPerSecond"],
  ])("%j is refused with the nearest known name", (options, option, nearest) => {
    const error = refusal(options);

    expect(error.option).toBe(option);
    expect(error.message).toBe(`there is no option ${option}; did you mean ${nearest}?`);
  });

  test.each([
    [{ frobnicate: 5 }, "frobnicate"],
    [{ aggregation: { frobnicate: 5 } }, "aggregation.frobnicate"],
  ])("%j is refused without a suggestion where none comes near", (options, option) => {
    expect(refusal(options).message).toBe(`there is no option ${option}`);
  });

  test("is refused even when it is set to undefined, and when a plain object has it by birth", () => {
    expect(refusal({ lingerms: undefined }).option).toBe("lingerms");
    expect(refusal({ toString: 1 }).option).toBe("toString");
    expect(refusal(JSON.parse('{ "__proto__": 1 }')).option).toBe("__proto__");
  });
});

describe("a word of others", () => {
  /** KPL 1.1.1 `KinesisProducerConfiguration`, the keys that have a counterpart. */
  const OF_THE_KPL: Readonly<Record<string, string>> = {
    AggregationEnabled: "aggregation",
    AggregationMaxCount: "aggregation.maxCount",
    AggregationMaxSize: "aggregation.maxBytes",
    CollectionMaxCount: "maxRequestRecords",
    CollectionMaxSize: "maxRequestBytes",
    CredentialsProvider: "credentials",
    DescribeStreamSummaryIntervalMs: "streamSummaryMaxAgeMs",
    FailIfThrottled: "failIfThrottled",
    KinesisEndpoint: "endpoint",
    KinesisPort: "endpoint",
    LogLevel: "logger",
    MaxConnections: "maxInFlightRequests",
    MaxUserRecordSize: "maxRecordBytes",
    RateLimit: "shardLimits",
    RecordDistributionStrategyDefault: "recordDistribution",
    RecordMaxBufferedTime: "lingerMs",
    RecordTtl: "recordTtlMs",
    Region: "region",
    RequestTimeout: "requestTimeoutMs",
    UserRecordTimeoutInMillis: "recordTtlMs",
  };

  test.each(Object.entries(OF_THE_KPL))("%s of the KPL leads to %s, as a key, a field or a setter", (word, path) => {
    const forms = [word, `${word.charAt(0).toLowerCase()}${word.slice(1)}`, `set${word}`];
    for (const name of forms.filter((form) => form !== path)) {
      const { message } = refusal({ [name]: 1 });

      expect(message.startsWith(`there is no option ${name}; `)).toBe(true);
      expect(message).toMatch(new RegExp(`(its name here is ${path}|did you mean ${path}\\?)$`));
    }
  });

  test.each([
    ["linger", "lingerMs"],
    ["linger.ms", "lingerMs"],
    ["batchSize", "maxRequestRecords"],
    ["max.request.size", "maxRequestBytes"],
    ["maxRetries", "maxAttempts"],
    ["retry", "maxAttempts"],
    ["idempotent", "recordIds"],
    ["max.in.flight.requests.per.connection", "maxInFlightRequests"],
    ["buffer.memory", "maxBufferedBytes"],
    ["delivery.timeout.ms", "recordTtlMs"],
    ["stream", "streamName"],
    ["highWaterMark", "maxBufferedRecords"],
    ["accessKeyId", "credentials"],
    ["recordsPerSecond", "shardLimits.recordsPerSecond"],
    ["maxCount", "aggregation.maxCount"],
  ])("%s leads to %s", (name, path) => {
    expect(refusal({ [name]: 1 }).message).toMatch(new RegExp(`; (its name here is ${path}|did you mean ${path}\\?)$`));
  });

  test("leads out of a section too", () => {
    expect(refusal({ shardLimits: { maxBytes: 1 } }).message).toBe(
      "there is no option shardLimits.maxBytes; its name here is aggregation.maxBytes",
    );
  });

  test.each([
    ["ThreadingModel", "there are no threads"],
    ["MetricsLevel", "CloudWatchReporter of kinesis-producer/cloudwatch sends metrics, and stats() has the figures"],
    ["setTempDirectory", "there is no native process"],
  ])("%s, which has no counterpart, is refused with the reason", (name, reason) => {
    expect(refusal({ [name]: 1 }).message).toContain(reason);
  });

  test("leads to one option", () => {
    const bare = (name: string): string => name.replace(/[._]/g, "").toLowerCase();
    const words = Object.entries<OptionRow>(OPTIONS).flatMap(([path, { aliases = [] }]) =>
      [path, ...aliases].map(bare),
    );

    expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
  });
});
