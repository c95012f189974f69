import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aggregate, RecordAggregator } from "../../src/aggregate/index.js";
import { CloudWatchReporter, embeddedMetrics } from "../../src/cloudwatch/index.js";
import { deaggregate, deaggregateAll, dedupe, glueFrame, readGlueFrame } from "../../src/deaggregate/index.js";
import {
  DeadLetterFile,
  fromKplProperties,
  InvalidOptionError,
  isProducerError,
  KinesisProducer,
  readDeadLetters,
} from "../../src/index.js";
import { deaggregateEvent, firehoseTransform, kinesisHandler } from "../../src/lambda/index.js";
import * as otel from "../../src/otel/index.js";
import { prometheusText, registerMetrics } from "../../src/prometheus/index.js";
import { readStream } from "../../src/reader/index.js";
import { SpooledProducer } from "../../src/spool/index.js";
import {
  DeliveryStream,
  folderDestination,
  LambdaTrigger,
  LocalKinesis,
  lambdaEvent,
  ManualClock,
  ScriptedDirectory,
  ScriptedTransport,
  SimulatedKinesis,
  s3Destination,
} from "../../src/testing/index.js";

// biome-ignore lint/suspicious/noExplicitAny: a caller without types may give anything
type Anything = any;

const source = { stats: () => producer.stats() };
const record = { partitionKey: "a", data: "x" };
const kinesisRecord = { PartitionKey: "a", Data: Buffer.from("x"), SequenceNumber: "1" };
const UUID = "b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63";

let folder: string;
let producer: KinesisProducer;
let spool: SpooledProducer;
let deadLetters: DeadLetterFile;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "public-options-"));
  producer = newProducer();
  spool = await SpooledProducer.open({ directory: join(folder, "spool"), producer: ports() });
  deadLetters = new DeadLetterFile({ directory: join(folder, "letters") });
});

afterAll(async () => {
  await Promise.all([producer.close(), spool.close(), deadLetters.close()]);
  rmSync(folder, { recursive: true });
});

function ports() {
  return { streamName: "clicks", transport: new ScriptedTransport(), directory: new ScriptedDirectory() };
}

function newProducer(): KinesisProducer {
  return new KinesisProducer({ ...ports(), onDelivery: () => {} });
}

async function readAll(values: Iterable<unknown> | AsyncIterable<unknown>): Promise<void> {
  for await (const _ of values);
}

/** Calls with options that may be left out, by name. */
const OPTIONAL: Readonly<Record<string, (options: Anything) => unknown>> = {
  "put, its options": (options) => producer.put(record, options),
  "putMany, its options": (options) => producer.putMany([record], options),
  writable: (options) => producer.writable(options),
  flush: (options) => producer.flush(options),
  close: (options) => newProducer().close(options),
  "SpooledProducer.close": (options) => spool.close(options),
  "readDeadLetters, its options": (options) => readAll(readDeadLetters(folder, options)),
  "aggregate, its options": (options) => readAll(aggregate([record], options)),
  RecordAggregator: (options) => new RecordAggregator(options),
  "embeddedMetrics, its options": (options) => embeddedMetrics(source, options),
  "deaggregate, its options": (options) => readAll(deaggregate(kinesisRecord, options)),
  "deaggregateAll, its options": (options) => readAll(deaggregateAll([kinesisRecord], options)),
  "glueFrame, its options": (options) => glueFrame(UUID, Buffer.from("x"), options),
  "readGlueFrame, its options": (options) => readGlueFrame(Buffer.from("x"), options),
  "deaggregateEvent, its options": (options) => readAll(deaggregateEvent({ Records: [] }, options)),
  "firehoseTransform, its options": (options) => firehoseTransform(() => undefined, options),
  "kinesisHandler, its options": (options) => kinesisHandler(() => {}, options),
  "otel registerMetrics, its options": (options) => otel.registerMetrics(meter(), source, options),
  "StatsMetricProducer, its options": (options) => new otel.StatsMetricProducer(source, options),
  otelProcessing: (options) => otel.otelProcessing(options),
  traceProducers: (options) => otel.traceProducers(options),
  "prometheusText, its options": (options) => prometheusText(source, options),
  "prometheus registerMetrics, its options": (options) => registerMetrics(registry(), source, options),
};

/** Calls with arguments that must be there. */
const REQUIRED: Readonly<Record<string, (value: Anything) => unknown>> = {
  KinesisProducer: (options) => new KinesisProducer(options),
  put: (value) => producer.put(value),
  tryPut: (value) => producer.tryPut(value),
  enqueue: (value) => producer.enqueue(value),
  putMany: (value) => producer.putMany(value),
  DeadLetterFile: (options) => new DeadLetterFile(options),
  readDeadLetters: (value) => readAll(readDeadLetters(value)),
  fromKplProperties: (value) => fromKplProperties(value),
  aggregate: (value) => readAll(aggregate(value)),
  "RecordAggregator.tryAdd": (value) => new RecordAggregator().tryAdd(value),
  CloudWatchReporter: (options) => new CloudWatchReporter(options),
  embeddedMetrics: (value) => embeddedMetrics(value)(),
  deaggregate: (value) => readAll(deaggregate(value)),
  deaggregateAll: (value) => readAll(deaggregateAll(value)),
  dedupe: (options) => dedupe(options),
  "glueFrame, its id": (value) => glueFrame(value, Buffer.from("x")),
  "glueFrame, its data": (value) => glueFrame(UUID, value),
  readGlueFrame: (value) => readGlueFrame(value),
  deaggregateEvent: (value) => readAll(deaggregateEvent(value)),
  firehoseTransform: (value) => firehoseTransform(value),
  kinesisHandler: (value) => kinesisHandler(value),
  "otel registerMetrics, its target": (value) => otel.registerMetrics(value, source),
  "otel registerMetrics, its source": (value) => otel.registerMetrics(meter(), value),
  StatsMetricProducer: (value) => new otel.StatsMetricProducer(value),
  prometheusText: (value) => prometheusText(value),
  "prometheus registerMetrics, its registry": (value) => registerMetrics(value, source),
  "prometheus registerMetrics, its source": (value) => registerMetrics(registry(), value),
  readStream: (options) => readAll(readStream(options)),
  "SpooledProducer.open": (options) => SpooledProducer.open(options),
};

function meter(): Anything {
  const instrument = { addCallback: () => {}, record: () => {} };
  const make = () => instrument;
  return {
    createCounter: make,
    createGauge: make,
    createHistogram: make,
    createObservableCounter: make,
    createObservableGauge: make,
    createObservableUpDownCounter: make,
    addBatchObservableCallback: () => {},
    removeBatchObservableCallback: () => {},
  };
}

function registry(): Anything {
  return { registerMetric: () => {}, removeSingleMetric: () => {}, contentType: "" };
}

const WRONG: readonly (readonly [string, unknown])[] = [
  ["null", null],
  ["a number", 1],
  ["a text", "text"],
  ["a list", [1]],
  ["a boolean", true],
];

async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Records have their own code. */
const OF_RECORDS = new Set(["put", "tryPut", "enqueue", "RecordAggregator.tryAdd"]);

/** A text is a text of the KPL, or the path of a folder; a list has records. */
const RIGHT: Readonly<Record<string, readonly string[]>> = {
  fromKplProperties: ["a text"],
  readDeadLetters: ["a text"],
  putMany: ["a list"],
  aggregate: ["a list"],
  deaggregateEvent: ["a list"],
};

/** These take null for no options. */
const NULL_IS_NONE = new Set(["put, its options", "putMany, its options", "flush", "close"]);

const required = Object.entries(REQUIRED).map(
  ([name, call]) => [name, call, [["nothing", undefined], ...WRONG]] as const,
);
const optional = Object.entries(OPTIONAL).map(([name, call]) => [name, call, WRONG] as const);

describe("a public function that is given something else than it takes", () => {
  it.each([...optional, ...required])(
    "%s: throws, or rejects with, an error of this library that says what",
    async (name, call, values) => {
      for (const [what, value] of values) {
        if (RIGHT[name]?.includes(what as string) || (value === null && NULL_IS_NONE.has(name))) continue;
        const error = await errorOf(() => call(value));

        expect(isProducerError(error) ? error.code : error, `${name} with ${what}: ${error}`).toBe(
          OF_RECORDS.has(name) ? "KP_INVALID_RECORD" : "KP_INVALID_OPTION",
        );
        if (error instanceof InvalidOptionError) expect(error.option).toMatch(/^\w+$/);
      }
    },
  );
});

/** `kinesis-producer/testing` has no error of this library: its errors are those of Node.js, with our words. */
const OF_TESTING: Readonly<Record<string, (value: Anything) => unknown>> = {
  "LocalKinesis.start": (options) => LocalKinesis.start(options),
  SimulatedKinesis: (options) => new SimulatedKinesis(options),
  ManualClock: (options) => new ManualClock(options),
  ScriptedDirectory: (options) => new ScriptedDirectory(options),
  DeliveryStream: (options) => new DeliveryStream(options),
  LambdaTrigger: (options) => new LambdaTrigger(options),
  s3Destination: (options) => s3Destination(options),
  folderDestination: (value) => folderDestination(value),
  lambdaEvent: (value) => lambdaEvent(Array.isArray(value) ? null : value),
  "lambdaEvent, its options": (value) => lambdaEvent([], value),
};
it.each(Object.entries(OF_TESTING))(
  "%s of the test kit: throws, or rejects with, an error that says what",
  async (name, call) => {
    for (const [what, value] of WRONG) {
      if (name === "folderDestination" && what === "a text") continue;
      const error = await errorOf(() => call(value));

      expect(error, `${name} with ${what}`).toBeInstanceOf(RangeError);
    }
  },
);
