import { describe, expect, test } from "vitest";
import { resolveDeliveryOptions } from "../../../../src/testing/delivery/resolve-delivery-options.js";
import type { DeliveryStreamOptions } from "../../../../src/testing/index.js";
import { optionsWith, settingsWith } from "./pipeline-under-test.js";

const MIB = 1024 * 1024;
const FACTS = {
  oldestArrival: new Date(Date.UTC(2026, 1, 3, 4)),
  errorOutputType: "processing-failed",
  random: () => 0,
};
const partitioned: Partial<DeliveryStreamOptions> = {
  dynamicPartitioning: { query: { user: ".user" } },
  prefix: "user=!{partitionKeyFromQuery:user}/",
  errorOutputPrefix: "errors/!{firehose:error-output-type}/",
};
const handler = (): undefined => undefined;

function prefixes(options: Partial<DeliveryStreamOptions>): string[] {
  const { prefix, errorOutputPrefix } = settingsWith(options);
  return [prefix, errorOutputPrefix].map((each) => each.evaluate({ ...FACTS, keyValues: ["7"] }));
}

describe("the options of a delivery stream", () => {
  test("have Firehose's defaults", () => {
    expect(settingsWith()).toMatchObject({ fileBytes: 5 * MIB, fileIntervalMs: 300_000, extension: "" });
    expect(settingsWith({ transform: { handler } }).transform).toMatchObject({
      bytes: MIB,
      intervalMs: 60_000,
      numberOfRetries: 3,
    });
    expect(settingsWith(partitioned)).toMatchObject({
      fileBytes: 64 * MIB,
      partitioning: { maxActivePartitions: 500 },
    });
  });

  test.each<[string, Partial<DeliveryStreamOptions>, string[]]>([
    ["none", {}, ["2026/02/03/04/", "processing-failed/2026/02/03/04/"]],
    ["a plain prefix", { prefix: "a/" }, ["a/2026/02/03/04/", "a/processing-failed/2026/02/03/04/"]],
    [
      "an error prefix alone",
      { errorOutputPrefix: "bad/!{firehose:error-output-type}/" },
      ["2026/02/03/04/", "bad/processing-failed/"],
    ],
    [
      "an expression without a date",
      { prefix: "!{firehose:random-string}/", errorOutputPrefix: "!{firehose:error-output-type}/" },
      ["00000000000/2026/02/03/04/", "processing-failed/"],
    ],
    [
      "its own date",
      { prefix: "y=!{timestamp:yyyy}/", errorOutputPrefix: "!{firehose:error-output-type}/" },
      ["y=2026/", "processing-failed/"],
    ],
    ["partition keys: no date is appended", partitioned, ["user=7/", "errors/processing-failed/"]],
  ])("make the prefixes of Firehose: %s", (_, options, expected) => {
    expect(prefixes(options)).toEqual(expected);
  });

  test.each<Partial<DeliveryStreamOptions>>([
    { bufferingHints: { sizeInMBs: 1, intervalInSeconds: 0 } },
    { bufferingHints: { sizeInMBs: 128, intervalInSeconds: 900 } },
    { ...partitioned, bufferingHints: { sizeInMBs: 64, intervalInSeconds: 60 } },
    { transform: { handler, bufferSizeInMBs: 0.2, bufferIntervalInSeconds: 0, numberOfRetries: 0 } },
    { transform: { handler, bufferSizeInMBs: 3, bufferIntervalInSeconds: 900, numberOfRetries: 300 } },
    { ...partitioned, dynamicPartitioning: { query: { user: ".a.b_1" }, maxActivePartitions: 5_000 } },
    { prefix: "p".repeat(498), errorOutputPrefix: "!{firehose:error-output-type}/" },
    { deliveryStreamName: "a".repeat(64), fileExtension: ".json.gz" },
  ])("accept the limits: %o", (options) => {
    expect(() => settingsWith(options)).not.toThrow();
  });

  test.each<[Partial<DeliveryStreamOptions>, string]>([
    [{ deliveryStreamName: "" }, 'deliveryStreamName must have 1 to 64 letters, digits, _, . or -, got ""'],
    [{ deliveryStreamName: "a".repeat(65) }, "deliveryStreamName must have 1 to 64"],
    [{ bufferingHints: { sizeInMBs: 0 } }, "bufferingHints.sizeInMBs must be a whole number from 1 to 128, got 0"],
    [{ bufferingHints: { sizeInMBs: 129 } }, "from 1 to 128, got 129"],
    [
      { bufferingHints: { intervalInSeconds: -1 } },
      "bufferingHints.intervalInSeconds must be a whole number from 0 to 900",
    ],
    [{ bufferingHints: { intervalInSeconds: 901 } }, "from 0 to 900, got 901"],
    [
      { ...partitioned, bufferingHints: { sizeInMBs: 63 } },
      "sizeInMBs with dynamic partitioning must be a whole number from 64",
    ],
    [
      { ...partitioned, bufferingHints: { intervalInSeconds: 59 } },
      "with dynamic partitioning must be a whole number from 60",
    ],
    [{ transform: { handler, bufferSizeInMBs: 0.19 } }, "transform.bufferSizeInMBs must be from 0.2 to 3, got 0.19"],
    [{ transform: { handler, bufferSizeInMBs: 3.1 } }, "transform.bufferSizeInMBs must be from 0.2 to 3, got 3.1"],
    [{ transform: { handler, bufferIntervalInSeconds: 901 } }, "transform.bufferIntervalInSeconds must be"],
    [
      { transform: { handler, numberOfRetries: 301 } },
      "transform.numberOfRetries must be a whole number from 0 to 300, got 301",
    ],
    [{ transform: { handler: "x" as never } }, 'transform.handler must be a function, got "x"'],
    [{ compressionFormat: "ZIP" as never }, 'compressionFormat must be UNCOMPRESSED or GZIP, got "ZIP"'],
    [{ fileExtension: "gz" }, "fileExtension must be a dot and 1 to 127"],
    [{ appendDelimiterToRecord: 1 as never }, "appendDelimiterToRecord must be true, false or the delimiter, got 1"],
    [{ destination: {} as never }, "destination must have a put() method, got an object"],
    [{ source: undefined as never }, "source.client must be a KinesisClient, got undefined"],
    [{ source: { ...optionsWith().source, streamName: "" } }, 'source.streamName must be the name of a stream, got ""'],
    [
      { source: { ...optionsWith().source, pollMs: 199 } },
      "source.pollMs must be a whole number from 200 to 60000, got 199",
    ],
    [
      { source: { ...optionsWith().source, from: "NOW" as never } },
      'source.from must be TRIM_HORIZON, LATEST or { timestamp }, got "NOW"',
    ],
    [{ source: { ...optionsWith().source, form: 1 } as never }, 'source has no option "form"'],
    ...[new Date(Number.NaN), Number.POSITIVE_INFINITY, Symbol("now")].map((timestamp): [object, string] => [
      { source: { ...optionsWith().source, from: { timestamp: timestamp as never } } },
      "source.from must be TRIM_HORIZON, LATEST or { timestamp }, got an object",
    ]),
    [{ prefix: 5 as never }, "prefix must be a string, got 5"],
    [{ errorOutputPrefix: null as never }, "errorOutputPrefix must be a string, got null"],
    [{ transform: null as never }, "the options of transform must be an object, got null"],
    [{ transform: false as never }, "the options of transform must be an object, got false"],
    [{ transform: { handler, lambdaArn: 5 as never } }, "transform.lambdaArn must be a string, got 5"],
    [
      { transform: { handler, bufferSizeInMBs: "1" as never } },
      'transform.bufferSizeInMBs must be from 0.2 to 3, got "1"',
    ],
    [{ dynamicPartitioning: null as never }, "the options of dynamicPartitioning must be an object, got null"],
    [{ dynamicPartitioning: { query: null as never } }, "dynamicPartitioning.query must be an object, got null"],
    [{ onFailure: "log" as never }, 'onFailure must be a function, got "log"'],
    [{ bufferHints: {} } as never, 'DeliveryStream has no option "bufferHints"; did you mean bufferingHints?'],
    [{ bufferingHints: { size: 1 } as never }, 'bufferingHints has no option "size"'],
    [{ prefix: "!{timestamp:yyyy}/" }, "errorOutputPrefix must be given when prefix has expressions"],
    [{ prefix: "!{firehose:error-output-type}/" }, "prefix must not have !{firehose:error-output-type}"],
    [{ errorOutputPrefix: "errors/" }, 'errorOutputPrefix must have !{firehose:error-output-type}, got "errors/"'],
    [
      { errorOutputPrefix: "!{firehose:error-output-type}/!{partitionKeyFromLambda:a}" },
      "errorOutputPrefix must not have keys of dynamic partitioning",
    ],
    [{ ...partitioned, prefix: "a/" }, "prefix must have !{partitionKeyFromQuery:…} or !{partitionKeyFromLambda:…}"],
    [
      { ...partitioned, dynamicPartitioning: undefined },
      "prefix has !{partitionKeyFromQuery:user} without dynamicPartitioning",
    ],
    [
      { ...partitioned, dynamicPartitioning: {} },
      "prefix has !{partitionKeyFromQuery:user}, and dynamicPartitioning.query has no user",
    ],
    [
      { ...partitioned, dynamicPartitioning: { query: { user: ".a|b" } } },
      "dynamicPartitioning.query.user must be a path like",
    ],
    [
      { ...partitioned, dynamicPartitioning: { query: { user: ".user" }, maxActivePartitions: 5_001 } },
      "dynamicPartitioning.maxActivePartitions must be a whole number from 1 to 5000, got 5001",
    ],
    [
      { prefix: "p".repeat(499), errorOutputPrefix: "!{firehose:error-output-type}/" },
      "prefix must have at most 512 characters when it is evaluated, got 513",
    ],
  ])("refuse %o", (options, message) => {
    expect(() => resolveDeliveryOptions(optionsWith(options))).toThrow(message);
  });
});
