import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deaggregateAll } from "../../src/deaggregate/index.js";
import type { UserRecord } from "../../src/index.js";
import { firehoseTransform } from "../../src/lambda/index.js";
import {
  type DeliveredFile,
  DeliveryStream,
  type DeliveryStreamOptions,
  folderDestination,
  LocalKinesis,
} from "../../src/testing/index.js";
import { manyRecords, newProducer, STREAM, textOf, until } from "./local-stream.js";

const FIRST_SHARD = "shardId-000000000000";
const SECOND_SHARD = "shardId-000000000001";

let kinesis: LocalKinesis;
let client: KinesisClient;
let folder: string;
const open: DeliveryStream[] = [];

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 2 } } });
  client = new KinesisClient(kinesis.clientConfig());
  folder = await mkdtemp(join(tmpdir(), "delivery-"));
});

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
  client.destroy();
  await kinesis.close();
  await rm(folder, { recursive: true });
});

/** Keeps the files in the order in which they were stored. */
class MemoryBucket {
  readonly files: DeliveredFile[] = [];
  /** Throws to refuse a put. */
  onPut: (file: DeliveredFile) => void = () => {};

  async put(file: DeliveredFile): Promise<void> {
    this.onPut(file);
    this.files.push(file);
  }

  /** The lines of all files whose key begins like this. */
  lines(prefix = ""): string[] {
    return this.files.filter(({ key }) => key.startsWith(prefix)).flatMap(({ body }) => linesOf(body));
  }
}

function linesOf(body: Uint8Array): string[] {
  return Buffer.from(body).toString().split("\n").slice(0, -1);
}

async function deliver(options: Partial<DeliveryStreamOptions> = {}): Promise<DeliveryStream> {
  const delivery = new DeliveryStream({
    deliveryStreamName: "to-files",
    source: { client, streamName: STREAM, pollMs: 200 },
    destination: folderDestination(folder),
    bufferingHints: { sizeInMBs: 1, intervalInSeconds: 0 },
    appendDelimiterToRecord: true,
    onFailure: () => {},
    ...options,
  });
  open.push(delivery);
  await delivery.start();
  return delivery;
}

async function put(...records: readonly UserRecord[]): Promise<void> {
  await using producer = newProducer(kinesis);
  await Promise.all(records.map((record) => producer.put(record)));
}

function record(data: string, partitionKey = "key"): UserRecord {
  return { partitionKey, data };
}

describe("a delivery stream", () => {
  it("writes the user records of a stream to a folder, under the names of Firehose", async () => {
    const delivery = await deliver();
    await put(record("one"), record("two"));

    await delivery.flush();

    const [file = ""] = (await readdir(folder, { recursive: true })).filter((path) => path.includes("to-files"));
    const day = new Date().toISOString().slice(0, 10);
    expect(file).toMatch(
      new RegExp(`^${day.replaceAll("-", "/")}/\\d\\d/to-files-1-${day}-\\d\\d-\\d\\d-\\d\\d-[0-9a-f-]{36}$`),
    );
    expect(await readFile(join(folder, file), "utf8")).toBe("one\ntwo\n");
    expect(delivery.stats()).toMatchObject({ recordsRead: 2, recordsWritten: 2, recordsHeld: 0, filesWritten: 1 });
  });

  it.each([
    ["aggregates that a reshard may tear", "shard"],
    ["reshard-safe aggregates", "reshard-safe"],
  ] as const)("has each record of a stream that is split and merged, in the order of its key: %s", async (_, mode) => {
    const bucket = new MemoryBucket();
    const delivery = await deliver({ destination: bucket });
    const aggregation = { mode, maxBytes: 2_000 };
    await using producer = newProducer(kinesis, { ordering: "shard", aggregation, maxRequestRecords: 5 });
    const records = manyRecords(4_000, 40).map((each) => ({ ...each, data: `${each.partitionKey}|${each.data}` }));
    kinesis.control("PutRecords", ({ index }) => {
      if (index === 5) kinesis.splitShard(STREAM, FIRST_SHARD);
      if (index === 10) kinesis.mergeShards(STREAM, "shardId-000000000003", SECOND_SHARD);
      return undefined;
    });

    const { delivered } = await producer.putMany(records);
    await delivery.flush();

    const lines = bucket.lines();
    const firsts = [...new Set(lines)];
    const stored = [...deaggregateAll(kinesis.records(STREAM))].map(textOf);
    expect([delivered, kinesis.shards(STREAM).length]).toEqual([4_000, 5]);
    // A copy in the wrong shard is a record too: Firehose documents no filter. Reshard-safe aggregates leave none.
    expect(lines.toSorted()).toEqual(stored.toSorted());
    if (mode === "reshard-safe") expect(lines.length).toBe(4_000);
    for (const key of new Set(records.map(({ partitionKey }) => partitionKey))) {
      const isOfKey = (line: string): boolean => line.startsWith(`${key}|`);
      expect(firsts.filter(isOfKey), key).toEqual(records.map(({ data }) => data).filter(isOfKey));
    }
  });

  it("transforms, compresses and partitions what a function of Lambda returns", async () => {
    const bucket = new MemoryBucket();
    const handler = firehoseTransform(
      ({ data }) => {
        const event = JSON.parse(Buffer.from(data).toString()) as { user: string; minutes: number; isTest?: boolean };
        if (event.isTest) return undefined;
        return JSON.stringify({ user: event.user, playTime: `${event.minutes} minutes` });
      },
      { onError: () => {} },
    );
    const delivery = await deliver({
      destination: bucket,
      transform: { handler },
      dynamicPartitioning: { query: { user: ".user" } },
      bufferingHints: {},
      prefix: "user=!{partitionKeyFromQuery:user}/",
      errorOutputPrefix: "errors/!{firehose:error-output-type}/",
      compressionFormat: "GZIP",
    });
    await put(
      record('{"user":"ann","minutes":5}', "ann"),
      record('{"user":"ann","minutes":6,"isTest":true}', "ann"),
      record('{"user":"bob","minutes":7}', "bob"),
      record("torn", "ann"),
    );

    await delivery.flush();

    const texts = Object.fromEntries(
      bucket.files.map(({ key, body }) => [key.slice(0, key.indexOf("to-files")), gunzipSync(body).toString()]),
    );
    expect(texts).toEqual({
      "user=ann/": '{"user":"ann","playTime":"5 minutes"}\n',
      "user=bob/": '{"user":"bob","playTime":"7 minutes"}\n',
      "errors/processing-failed/": expect.stringContaining(Buffer.from("torn").toString("base64")),
    });
    expect(bucket.files.every(({ key }) => key.endsWith(".gz"))).toBe(true);
  });

  it("sees one binary record in a compressed aggregate, as Firehose does", async () => {
    const bucket = new MemoryBucket();
    const delivery = await deliver({ destination: bucket, appendDelimiterToRecord: false });
    await using producer = newProducer(kinesis, { compression: "gzip" });
    const text = "a text that is worth its compression ".repeat(20);
    await Promise.all([record(text), record(text), record(text)].map((each) => producer.put(each)));

    await delivery.flush();

    expect(delivery.stats().recordsRead).toBe(delivery.stats().kinesisRecordsRead);
    expect(bucket.files.map(({ body }) => Buffer.from(body).subarray(0, 2).toString("hex"))).toEqual(["1f8b"]);
  });

  it("reads what is in the stream before its start, or with LATEST only what comes later", async () => {
    const all = new MemoryBucket();
    const latest = new MemoryBucket();
    const low = { explicitHashKey: "0" };
    await put({ ...record("before"), ...low });
    const putAt = Date.now();
    await until(() => Date.now() > putAt);

    const deliveries = [
      await deliver({ destination: all }),
      await deliver({ destination: latest, source: { client, streamName: STREAM, from: "LATEST" } }),
    ];
    // Its shard is the other one, so the first is read from its beginning again.
    await put({ ...record("later"), explicitHashKey: String(2n ** 128n - 1n) });
    for (const each of deliveries) await each.flush();
    await put({ ...record("last"), ...low });
    for (const each of deliveries) await each.flush();

    expect(all.lines().toSorted()).toEqual(["before", "last", "later"]);
    expect(latest.lines().toSorted()).toEqual(["last", "later"]);
  });

  it("goes on after failures of the stream, and tells them", async () => {
    const bucket = new MemoryBucket();
    const failures: unknown[] = [];
    const delivery = await deliver({
      destination: bucket,
      source: { client, streamName: "created-later", pollMs: 200 },
      onFailure: ({ stage, error }) => failures.push([stage, (error as Error).name]),
    });
    await until(() => failures.length > 0);
    kinesis.createStream("created-later", { shards: 1 });
    await put({ ...record("one"), streamName: "created-later" });
    kinesis.faults.add("GetRecords error code=InternalFailure status=500 times=2");

    await delivery.flush();

    expect(failures[0]).toEqual(["source", "ResourceNotFoundException"]);
    expect(bucket.lines()).toEqual(["one"]);
    expect(delivery.stats().readsFailed).toBe(failures.length);
  });

  it("is idle when its buffers are written at their time", async () => {
    const bucket = new MemoryBucket();
    const delivery = await deliver({ destination: bucket, bufferingHints: { intervalInSeconds: 1 } });
    await put(record("one"));

    await delivery.idle();

    expect(bucket.lines()).toEqual(["one"]);
    await expect(delivery.idle({ signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
  });

  it("writes what it has read when it is closed", async () => {
    const bucket = new MemoryBucket();
    const delivery = await deliver({ destination: bucket, bufferingHints: {} });
    await put(record("one"));
    await until(() => delivery.stats().recordsRead === 1);

    await expect(delivery.close({ timeoutMs: -1 })).rejects.toThrow("timeoutMs must be a whole number from 0");
    expect(await delivery.close()).toEqual({ unwrittenRecords: 0, unwrittenFiles: [] });

    expect(bucket.lines()).toEqual(["one"]);
    await expect(delivery.flush()).rejects.toThrow("the DeliveryStream is not reading; it is closed");
    await expect(delivery.start()).rejects.toThrow("a DeliveryStream starts once; this one is closed");
  });

  it("tells what it could not write when it is closed, and does not wait longer than it may", async () => {
    const bucket = new MemoryBucket();
    bucket.onPut = () => {
      throw new Error("unavailable");
    };
    const delivery = await deliver({ destination: bucket, bufferingHints: {} });
    await put(record("one"), record("two"));
    const flushed = delivery.flush();
    flushed.catch(() => {});
    await until(() => delivery.stats().putsFailed > 0);

    const report = await delivery.close({ timeoutMs: 300 });

    expect(report).toMatchObject({
      unwrittenRecords: 2,
      unwrittenFiles: [{ records: 2, bytes: 8, error: new Error("unavailable") }],
    });
    await expect(flushed).rejects.toThrow("the DeliveryStream was closed");
    await expect(delivery[Symbol.asyncDispose]()).rejects.toThrow("2 records could not be written, 1 files failed");
  });

  it("goes on when its onFailure rejects", async () => {
    const bucket = new MemoryBucket();
    let failures = 0;
    bucket.onPut = () => {
      if (failures === 0) throw new Error("unavailable");
    };
    const onFailure = async (): Promise<void> => {
      failures++;
      throw new Error("no log");
    };
    const delivery = await deliver({ destination: bucket, onFailure });
    await put(record("one"));

    // An unhandled rejection fails the run of the tests.
    await delivery.flush();

    expect([bucket.lines(), failures]).toEqual([["one"], 1]);
  });

  it("writes a record whose partition would lead out of the folder into it", async () => {
    const delivery = await deliver({
      dynamicPartitioning: { query: { user: ".user" } },
      bufferingHints: {},
      prefix: "!{partitionKeyFromQuery:user}/",
      errorOutputPrefix: "errors/!{firehose:error-output-type}/",
      destination: folderDestination(join(folder, "bucket")),
    });
    await put(record('{"user":"../.."}'));

    await delivery.flush();

    expect(await readdir(folder)).toEqual(["bucket"]);
    expect(await readdir(join(folder, "bucket/%2E%2E/%2E%2E"))).toEqual([expect.stringMatching(/^to-files-1-/)]);
  });

  it("warns once of each kind of failure without onFailure", async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => {
      if (warning.name === "DeliveryWarning") warnings.push(warning);
    };
    process.on("warning", onWarning);
    const bucket = new MemoryBucket();
    bucket.onPut = () => {
      if (warnings.length === 0 || bucket.files.length > 0) throw Object.create(null);
    };
    const delivery = await deliver({ destination: bucket, onFailure: undefined });
    await put(record("one"));

    await delivery.flush();
    process.off("warning", onWarning);

    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^delivery stream to-files: its destination, at 20.+, failed: an object; pass onFailure/),
    ]);
  });
});
