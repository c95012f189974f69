import { createServer, type Server } from "node:http";
import { buffer } from "node:stream/consumers";
import { KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { kinesisHandler } from "../../src/lambda/index.js";
import {
  type LambdaHandler,
  type LambdaKinesisEvent,
  LambdaTrigger,
  type LambdaTriggerOptions,
  LocalKinesis,
  lambdaEndpoint,
} from "../../src/testing/index.js";
import { KinesisEndpoint } from "../support/kinesis-endpoint.js";
import { manyRecords, newProducer, STREAM, textOf } from "./local-stream.js";

const FIRST_SHARD = "shardId-000000000000";
const SECOND_SHARD = "shardId-000000000001";

let kinesis: LocalKinesis;

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 2 } } });
});

afterEach(() => kinesis.close());

async function start(options: Partial<LambdaTriggerOptions> & { readonly handler: LambdaHandler }) {
  const source = options.endpoint === undefined ? { kinesis } : {};
  const trigger = new LambdaTrigger({ ...source, streamName: STREAM, retryDelayMs: 1, ...options });
  onTestFinished(() => trigger.close());
  await trigger.start();
  return trigger;
}

/** Collects the user records that a handler gets, and fails for some of them the first time. */
function collector(failsAt: (text: string) => boolean = () => false) {
  const seen: { readonly key: string; readonly text: string }[] = [];
  const failed = new Set<string>();
  const handler = kinesisHandler(
    ({ partitionKey = "", data }) => {
      const text = textOf({ data });
      if (failsAt(text) && !failed.has(text)) {
        failed.add(text);
        throw new Error(`the first time of ${text}`);
      }
      seen.push({ key: partitionKey, text });
    },
    { onError: () => {} },
  );
  return { seen, failed, handler };
}

/** The texts of each key by their first time: the order in which they were handled. */
function firstTimes(seen: readonly { readonly key: string; readonly text: string }[]): Map<string, string[]> {
  const texts = new Map<string, Set<string>>();
  for (const { key, text } of seen) texts.set(key, (texts.get(key) ?? new Set()).add(text));
  return new Map([...texts].map(([key, of]) => [key, [...of]]));
}

describe("a trigger over LocalKinesis", () => {
  it.each([1, 3])(
    "handles every record of a producer at least once, in the order of its key, over split and merge, with %i lanes",
    async (parallelizationFactor) => {
      const { seen, failed, handler } = collector((text) => text.endsWith("7"));
      const trigger = await start({
        handler,
        parallelizationFactor,
        batchSize: 10,
        functionResponseTypes: ["ReportBatchItemFailures"],
        pollMs: 20,
      });
      // Raw records: with aggregates a lane would be chosen by the aggregate's key.
      const producer = newProducer(kinesis, { ordering: "shard", aggregation: false });
      const records = manyRecords(600, 20);
      const steps = [
        (): unknown => kinesis.splitShard(STREAM, FIRST_SHARD),
        (): unknown => kinesis.mergeShards(STREAM, "shardId-000000000003", SECOND_SHARD),
        (): unknown => undefined,
      ];
      for (const [index, step] of steps.entries()) {
        await Promise.all(records.slice(index * 200, (index + 1) * 200).map((record) => producer.put(record)));
        step();
      }
      await producer.close();

      await trigger.idle();

      const sent = new Map<string, string[]>();
      for (const { partitionKey = "", data } of records) {
        sent.set(partitionKey, [...(sent.get(partitionKey) ?? []), data]);
      }
      expect(firstTimes(seen)).toEqual(sent);
      expect(failed.size).toBe(60);
      expect(trigger.stats().partialFailures).toBeGreaterThan(0);
    },
  );

  it("hands aggregates over closed, and kinesisHandler opens them", async () => {
    const { seen, handler } = collector();
    const events: LambdaKinesisEvent[] = [];
    const trigger = await start({
      handler: (event, context) => {
        events.push(event);
        return handler(event, context);
      },
    });
    const producer = newProducer(kinesis);
    await Promise.all(manyRecords(500).map((record) => producer.put(record)));
    await producer.close();

    await trigger.idle();

    const texts = new Set(seen.map(({ text }) => text));
    expect([...texts].sort()).toEqual(manyRecords(500).map(({ data }) => data));
    expect(events.flatMap(({ Records }) => Records).length).toBe(kinesis.records(STREAM).length);
    expect(trigger.stats().recordsRead).toBeLessThan(100);
  });

  it("repeats reads that faults break", async () => {
    const { seen, handler } = collector();
    for (const fault of [
      "GetRecords throttle p=0.3",
      "GetRecords reset at=before-headers p=0.2",
      "GetShardIterator throttle p=0.3",
      "ListShards throttle p=0.3",
    ]) {
      kinesis.faults.add(fault);
    }
    const trigger = await start({ handler, pollMs: 5 });
    const producer = newProducer(kinesis);
    await Promise.all(manyRecords(100).map((record) => producer.put(record)));
    kinesis.splitShard(STREAM, FIRST_SHARD);
    await Promise.all(manyRecords(200).map((record) => producer.put(record)));
    await producer.close();

    await trigger.idle();

    expect(new Set(seen.map(({ text }) => text)).size).toBe(200);
    kinesis.faults.clear();
  });

  it("cuts batches at the payload limit of 6 MB", async () => {
    const sizes: number[] = [];
    const Data = Buffer.alloc(1_000_000).toString("base64");
    const endpoint = new KinesisEndpoint(kinesis.endpoint);
    for (let i = 0; i < 10; i++) {
      await endpoint.must("PutRecord", { StreamName: STREAM, PartitionKey: "a", ExplicitHashKey: "0", Data });
    }

    const trigger = await start({ handler: (event) => void sizes.push(JSON.stringify(event).length) });
    await trigger.idle();

    // 1,333,336 bytes of base64 each, and the fields around them: four fit, five do not.
    expect(sizes.map((size) => Math.floor(size / 1_333_336))).toEqual([4, 4, 2]);
  });

  it("discards a record that fits in no event, and goes on", async () => {
    kinesis.createStream("large", { shards: 1, maxRecordBytes: 10 * 1024 * 1024 });
    const { seen, handler } = collector();
    const failures: { readonly KinesisBatchInfo: { readonly batchSize: number } }[] = [];
    const trigger = await start({ streamName: "large", handler, onFailure: (record) => void failures.push(record) });
    const endpoint = new KinesisEndpoint(kinesis.endpoint);
    for (const data of [Buffer.alloc(5 * 1024 * 1024), Buffer.from("small")]) {
      const Data = data.toString("base64");
      await endpoint.must("PutRecord", { StreamName: "large", PartitionKey: "a", Data });
    }

    await trigger.idle();

    expect(seen.map(({ text }) => text)).toEqual(["small"]);
    expect(failures).toMatchObject([
      { requestContext: { approximateInvokeCount: 0 }, KinesisBatchInfo: { batchSize: 1 } },
    ]);
  });

  it("reads over TLS, and from an endpoint by its URL", async () => {
    const secure = await LocalKinesis.start({ tls: true, streams: { [STREAM]: {} } });
    onTestFinished(() => secure.close());
    const within = collector();
    const outside = collector();
    const first = await start({ handler: within.handler, kinesis: secure });
    const { endpoint, certificate = "" } = secure;
    const second = await start({ handler: outside.handler, endpoint, certificate });
    await putOverTls(secure);

    await Promise.all([first.idle(), second.idle()]);

    expect(within.seen).toEqual([{ key: "k", text: "x" }]);
    expect(outside.seen).toEqual(within.seen);
  });

  it("keeps no process alive and no connection open after close", async () => {
    const trigger = await start({ handler: () => undefined });
    await trigger.idle();
    expect(kinesis.openConnections).toBeGreaterThan(0);

    await trigger.close();
    while (kinesis.openConnections > 0) await new Promise((resolve) => setImmediate(resolve));

    expect(trigger.stats().readFailures).toBe(0);
  });
});

/** Stores one record over TLS. */
async function putOverTls(secure: LocalKinesis): Promise<void> {
  const { requestHandler, ...config } = secure.clientConfig();
  const client = new KinesisClient({ ...config, requestHandler: new NodeHttpHandler(requestHandler) });
  await client.send(new PutRecordCommand({ StreamName: STREAM, PartitionKey: "k", Data: Buffer.from("x") }));
  client.destroy();
}

describe("a function behind a URL", () => {
  let server: Server;
  let answer: { status?: number; headers?: Record<string, string>; body: string };
  const bodies: string[] = [];

  beforeEach(async () => {
    bodies.length = 0;
    server = createServer(async (request, response) => {
      bodies.push((await buffer(request)).toString());
      response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
  });

  afterEach(() => void server.close());

  const url = (): string => {
    const address = server.address();
    return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/invocations`;
  };

  it("gets the event as JSON, and its answer counts", async () => {
    answer = { body: '{"batchItemFailures":[]}' };
    const trigger = await start({ handler: lambdaEndpoint(url()), functionResponseTypes: ["ReportBatchItemFailures"] });
    const producer = newProducer(kinesis, { aggregation: false });
    await producer.put({ partitionKey: "k", data: "x" });
    await producer.close();

    await trigger.idle();

    expect(trigger.stats()).toMatchObject({ successes: 1, recordsHandled: 1 });
    expect(JSON.parse(bodies[0] ?? "")).toMatchObject({ Records: [{ kinesis: { partitionKey: "k", data: "eA==" } }] });
  });

  it.each([
    [{ body: '{"errorType":"TypeError","errorMessage":"no"}' }, "Error: TypeError: no"],
    [{ body: "null", headers: { "X-Amz-Function-Error": "Unhandled" } }, "Error: HTTP 200: null"],
    [{ body: "{}", status: 502 }, "Error: HTTP 502: {}"],
    [{ body: "Task timed out" }, "Error: the function did not answer with JSON: Task timed out"],
  ])("has failed when it answers %j", async (each, reason) => {
    answer = each;
    const reasons: unknown[] = [];
    const trigger = await start({
      handler: lambdaEndpoint(url()),
      maximumRetryAttempts: 0,
      onInvocation: (report) => void reasons.push(report.reason),
    });
    const producer = newProducer(kinesis, { aggregation: false });
    await producer.put({ partitionKey: "k", data: "x" });
    await producer.close();

    await trigger.idle();

    expect(reasons).toEqual([reason]);
  });
});
