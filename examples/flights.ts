/**
 * The demonstration of `npm start`: a real data set goes through a producer, a local Kinesis and the deaggregator, and
 * every record is compared with the original. With `--compression` it goes twice, plain and compressed.
 */
import process, { stdout } from "node:process";
import { type CodecName, KinesisProducer } from "kinesis-producer";
import { LocalKinesis } from "kinesis-producer/testing";
import { TrafficMeter } from "#bill";
import { type FlightRecord, readDataSet } from "./flights/data-set.js";
import { HELP, type Options, readOptions } from "./flights/options.js";
import { OutcomeCounter, type Produced, produce } from "./flights/produce.js";
import { Progress } from "./flights/progress.js";
import { readBack } from "./flights/read-back.js";
import { describeReport, describeRun, newReport, type Report, type RoundTrip } from "./flights/report.js";

// On Node.js 20 the SDK would write a warning of eight lines before the first line of this program.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const STREAM = "flights";
/** The local stream has no limits, so the producer need not keep those of the service. */
const WIDE_OPEN = { recordsPerSecond: 1e9, bytesPerSecond: 1e12 } as const;

async function main(args: readonly string[]): Promise<boolean> {
  const options = readOptions(args);
  if (options === "help") {
    stdout.write(HELP);
    return true;
  }
  const report = await run(options);
  stdout.write(options.json ? `${JSON.stringify(report, undefined, 2)}\n` : describeReport(report));
  return report.isGood;
}

async function run(options: Options): Promise<Report> {
  const { compression } = options;
  const { records, parts: data } = readDataSet(options.data, options.records);
  // A codec that is missing is reported before anything runs.
  if (compression !== undefined) await new KinesisProducer({ streamName: STREAM, compression }).close();
  if (!options.json) stdout.write(`${describeRun(options, data, records.length)}\n`);
  const plain = await roundTrip(records, options, undefined);
  const compressed = compression === undefined ? undefined : await roundTrip(records, options, compression);
  return newReport({ options, data, plain, compressed, oneByOne: trafficOf(records) });
}

/** Sends all records to a new local Kinesis, and reads them back. */
async function roundTrip(
  records: readonly FlightRecord[],
  options: Options,
  compression: CodecName | undefined,
): Promise<RoundTrip> {
  const kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: options.shards } } });
  try {
    const produced = await sendAll(kinesis, records, options, compression);
    return { produced, readBack: await readBack(kinesis.clientConfig(), STREAM, records) };
  } finally {
    await kinesis.close();
  }
}

async function sendAll(
  kinesis: LocalKinesis,
  records: readonly FlightRecord[],
  options: Options,
  compression: CodecName | undefined,
): Promise<Produced> {
  const outcomes = new OutcomeCounter();
  const producer = new KinesisProducer({
    streamName: STREAM,
    ...kinesis.clientConfig(),
    aggregation: options.aggregation,
    ...(compression === undefined ? {} : { compression }),
    // No time limit: with --paced, records of a hot shard may wait longer than the default of 30 s.
    recordTtlMs: Number.POSITIVE_INFINITY,
    onDelivery: outcomes.count,
    ...(options.paced ? {} : { shardLimits: WIDE_OPEN }),
  });
  const progress = new Progress(compression === undefined ? "sending" : compression, records.length, () => {
    const { userRecordsDelivered = 0 } = producer.stats().streams[STREAM] ?? {};
    return userRecordsDelivered;
  });
  try {
    return await produce(producer, records, options.how, outcomes);
  } finally {
    await producer.close();
    progress.end();
  }
}

/** The traffic if every record were billed as its own Kinesis record. */
function trafficOf(records: readonly FlightRecord[]): TrafficMeter {
  const meter = new TrafficMeter();
  for (const { partitionKey, data } of records) meter.add(Buffer.byteLength(partitionKey), Buffer.byteLength(data));
  return meter;
}

try {
  if (!(await main(process.argv.slice(2)))) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
