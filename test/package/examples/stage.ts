/**
 * The names that examples use without declaring them, with values: an example about an option does not begin with the
 * imports, a producer and a client. Each example that runs has its own instance of this module.
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordCommand,
} from "@aws-sdk/client-kinesis";
import { ConsoleMetricExporter } from "@opentelemetry/sdk-metrics";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { KinesisProducer, type ProducerOptions, type PutRecordsContext, type UserRecord } from "kinesis-producer";
import { aggregate } from "kinesis-producer/aggregate";
import { type Dedupe, dedupe, type KinesisRecordLike } from "kinesis-producer/deaggregate";
import { type KinesisEvent, kinesisHandler, type TransformEvent } from "kinesis-producer/lambda";
import { SpooledProducer } from "kinesis-producer/spool";
import {
  type DeliveryDestination,
  folderDestination,
  LocalKinesis,
  lambdaEvent,
  ManualClock,
  ScriptedDirectory,
  ScriptedTransport,
  type StreamSource,
  type Transport,
} from "kinesis-producer/testing";
import { register } from "prom-client";

export { default as assert } from "node:assert/strict";
export { AsyncLocalStorage } from "node:async_hooks";
export { readFileSync } from "node:fs";
export { readFile } from "node:fs/promises";
export { createServer } from "node:http";
export { default as https } from "node:https";
export { Readable } from "node:stream";
export { pipeline } from "node:stream/promises";
export { default as tls } from "node:tls";
export { CloudWatch } from "@aws-sdk/client-cloudwatch";
export { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
export { pino } from "pino";
export { GetRecordsCommand, KinesisClient, NodeHttpHandler, PutRecordCommand, register };

export const region = "us-east-1";
export const credentials = { accessKeyId: "local", secretAccessKey: "local" };
export const kinesis: LocalKinesis = await LocalKinesis.start({ streams: { clicks: { shards: 2 } } });
export const client: KinesisClient = new KinesisClient(kinesis.clientConfig());
export const producer: KinesisProducer = new KinesisProducer({
  streamName: "clicks",
  ...kinesis.clientConfig(),
  onDelivery: () => {},
} as ProducerOptions);
const spoolDirectory = mkdtempSync(join(tmpdir(), "example-spool-"));
export const spool: SpooledProducer = await SpooledProducer.open({
  directory: spoolDirectory,
  producer: { streamName: "clicks", ...kinesis.clientConfig() } as ProducerOptions,
});
export const clock = new ManualClock();
export const transport: Transport = new ScriptedTransport();
export const directory = new ScriptedDirectory();

export const data: Uint8Array = Buffer.from("{}");
export const userRecord: UserRecord = { partitionKey: "user-17", data: "{}" };
export const manyRecords: readonly UserRecord[] = [userRecord, { partitionKey: "user-18", data: "{}" }];
/** User records, and events of an application that makes records of them. */
export const events = manyRecords.map((each) => ({ ...each, user: "ann", text: "hello" }));
/** Kinesis records. */
export const entries = [...aggregate(manyRecords)];
export const record: KinesisRecordLike = { PartitionKey: "a", Data: data, SequenceNumber: "1" };
export const records: readonly KinesisRecordLike[] = [record];
/** An event of every function in the examples. */
export const event = {
  ...lambdaEvent([{ partitionKey: "user-17", data: "{}" }]),
  invocationId: randomUUID(),
  deliveryStreamArn: "arn:aws:firehose:us-east-1:000000000000:deliverystream/clicks",
  region,
  records: [{ recordId: "1", approximateArrivalTimestamp: 0, data: Buffer.from("{}").toString("base64") }],
  orders: manyRecords,
} satisfies KinesisEvent & TransformEvent & Record<string, unknown>;

export const seen: Dedupe = dedupe({ window: 1_000 });
/** Of a delivery stream. */
export const source: StreamSource = { client, streamName: "clicks" };
export const destination: DeliveryDestination = folderDestination("bucket");
export const exporter = new ConsoleMetricExporter();
export const response = new ServerResponse(new IncomingMessage(new Socket()));
/** For the types alone: no request is being sent. */
export const message = undefined as unknown as PutRecordsContext;
const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: "clicks" }));
const ofShard = { StreamName: "clicks", ShardId: Shards[0]?.ShardId, ShardIteratorType: "TRIM_HORIZON" } as const;
export const iterator = (await client.send(new GetShardIteratorCommand(ofShard))).ShardIterator;

/** Of an invocation. */
export const context = {};

/** Functions of the application. */
export const save = async (..._values: readonly unknown[]): Promise<void> => {};
export const handle = async (..._values: readonly unknown[]): Promise<void> => {};
export const handler = kinesisHandler(save);
export const retry = (_id: number | undefined, _record: unknown): void => {};
export const retryLater = (_context: unknown): void => {};

export async function end(): Promise<void> {
  register.clear();
  await producer.close();
  await spool.close();
  rmSync(spoolDirectory, { recursive: true });
  client.destroy();
  await kinesis.close();
}
