import { KinesisClient } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DeaggregatedRecord, dedupe } from "../../src/deaggregate/index.js";
import { type KinesisEvent, type KinesisResponse, kinesisHandler } from "../../src/lambda/index.js";
import { readStream } from "../../src/reader/index.js";
import { type ControlHook, LocalKinesis } from "../../src/testing/index.js";
import { manyRecords, newProducer, STREAM, textOf } from "./local-stream.js";

const COUNT = 600;

let kinesis: LocalKinesis;

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 2 } } });
});

afterEach(() => kinesis.close());

/** The records are stored, but the producer gets no answer. */
const loseAnswer: ControlHook = (call) => {
  call.run();
  return { kind: "destroy" };
};

/** The texts of one producer's records, all different. */
function textsOf(name: string): string[] {
  return manyRecords(COUNT).map(({ data }) => `${name} ${data}`);
}

/** Two producers, answers lost after storing, and a reshard in between: records are stored twice. */
async function fillWithCopies(): Promise<string[]> {
  kinesis.control("PutRecords", (call) => {
    if (call.index === 4) kinesis.splitShard(STREAM, "shardId-000000000000");
    if (call.index === 8) kinesis.mergeShards(STREAM, "shardId-000000000002", "shardId-000000000003");
    return call.index % 4 === 1 ? loseAnswer(call) : undefined;
  });
  const names = ["one", "two"];
  for (const name of names) {
    await using producer = newProducer(kinesis, {
      recordIds: true,
      aggregation: { maxBytes: 1_000 },
      maxRequestRecords: 8,
      maxInFlightRequests: 2,
      lingerMs: 0,
    });
    const records = manyRecords(COUNT).map((record) => ({ ...record, data: `${name} ${record.data}` }));
    const { delivered } = await producer.putMany(records);
    expect(delivered).toBe(COUNT);
  }
  return names.flatMap(textsOf).sort();
}

/** Number of user records that a reader with the KCL's filter sees more than once. */
function copiedRecords(): number {
  return kinesis.oracle.report(STREAM).duplicates.length;
}

/** A handler that fails at its first attempt with every seventh text, and logs its calls. */
function unreliableHandling() {
  const done: string[] = [];
  const tried = new Set<string>();
  const handle = (record: DeaggregatedRecord): void => {
    const text = textOf(record);
    const isFirst = !tried.has(text);
    tried.add(text);
    if (isFirst && tried.size % 7 === 0) throw new Error(`no ${text}`);
    done.push(text);
  };
  return { done, handle };
}

describe("with recordIds and dedupe each record is handled once, though the stream holds copies", () => {
  it("by a reader whose handling fails now and then", async () => {
    const texts = await fillWithCopies();
    const { done, handle } = unreliableHandling();
    const client = new KinesisClient({ ...kinesis.clientConfig(), requestHandler: new NodeHttpHandler() });
    const seen = dedupe({ window: 100_000 });
    let duplicates = 0;

    for await (const record of readStream({
      client,
      streamName: STREAM,
      untilEnd: true,
      pollMs: 200,
      onDropped: () => undefined,
    })) {
      const handled = await seen
        .once(record, () => handle(record))
        .catch(() => seen.once(record, () => handle(record)));
      if (!handled) duplicates++;
    }
    client.destroy();

    expect(copiedRecords()).toBeGreaterThan(50);
    expect(duplicates).toBeGreaterThanOrEqual(copiedRecords());
    expect(done.sort()).toEqual(texts);
  });

  it.each([1, 5])("by a Lambda handler whose batches are retried; concurrency %d", async (concurrency) => {
    const texts = await fillWithCopies();
    const { done, handle } = unreliableHandling();
    const handler = kinesisHandler(handle, {
      dedupe: dedupe({ window: 100_000 }),
      concurrency,
      onError: () => undefined,
    });

    let retries = 0;
    for (const shard of kinesis.shards(STREAM)) retries += await runShard(handler, shard.shardId);

    expect(copiedRecords()).toBeGreaterThan(50);
    expect(retries).toBeGreaterThan(50);
    expect(done.sort()).toEqual(texts);
  });

  it("and not without dedupe", async () => {
    const texts = await fillWithCopies();
    const { done, handle } = unreliableHandling();
    const handler = kinesisHandler(handle, { onError: () => undefined });

    for (const shard of kinesis.shards(STREAM)) await runShard(handler, shard.shardId);

    expect(new Set(done).size).toBe(texts.length);
    expect(done.length).toBeGreaterThan(texts.length);
  });
});

/** Passes the records of a shard to the handler as Lambda does: in batches, and again from the reported record on. */
async function runShard(
  handler: (event: KinesisEvent, context: object) => Promise<KinesisResponse>,
  shardId: string,
): Promise<number> {
  const all = kinesis
    .records(STREAM)
    .filter((record) => record.shardId === shardId)
    .map(({ data, partitionKey, sequenceNumber }) => ({
      kinesis: { data: Buffer.from(data).toString("base64"), partitionKey, sequenceNumber },
    }));
  let retries = 0;
  for (let at = 0; at < all.length; ) {
    const batch = all.slice(at, at + 20);
    const { batchItemFailures } = await handler({ Records: batch }, {});
    const failed = batchItemFailures[0]?.itemIdentifier;
    if (failed !== undefined) retries++;
    at += failed === undefined ? batch.length : batch.findIndex(({ kinesis: k }) => k.sequenceNumber === failed);
  }
  return retries;
}
