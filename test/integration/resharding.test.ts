import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAggregated } from "../../src/deaggregate/index.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { manyRecords, newProducer, newSignal, readAll, STREAM } from "./local-stream.js";

const FIRST_SHARD = "shardId-000000000000";
const SECOND_SHARD = "shardId-000000000001";

let kinesis: LocalKinesis;

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 2 } } });
});

afterEach(() => kinesis.close());

/**
 * Runs once, after the n-th PutRecords has arrived and before it is stored: its aggregates were made for the old
 * shards.
 */
function atRequest(index: number, reshard: () => void): void {
  kinesis.control("PutRecords", (call) => {
    if (call.index === index) reshard();
    return undefined;
  });
}

describe("a stream that is resharded while a producer sends", () => {
  it.each<[string, () => void]>([
    ["split", () => kinesis.splitShard(STREAM, FIRST_SHARD)],
    ["split very unevenly", () => kinesis.splitShard(STREAM, FIRST_SHARD, 1n)],
    ["merged", () => kinesis.mergeShards(STREAM, FIRST_SHARD, SECOND_SHARD)],
    ["scaled from 2 shards to 5", () => kinesis.updateShardCount(STREAM, 5)],
    ["scaled from 2 shards to 3, and to 1", () => [3, 1].map((count) => kinesis.updateShardCount(STREAM, count))],
  ])("and is %s: a reader with the KCL's filter sees every record, with nothing changed", async (_, reshard) => {
    atRequest(5, reshard);
    const producer = newProducer(kinesis, { maxRequestRecords: 5, aggregation: { maxBytes: 2_000 } });
    const records = manyRecords(5_000, 500);

    const { delivered, failed } = await producer.putMany(records);
    const { wrongShard } = producer.stats().streams[STREAM] ?? {};
    await producer.close();

    const seen = readAll(kinesis);
    expect([delivered, failed]).toEqual([5_000, 0]);
    expect([...new Set(seen.texts)]).toEqual(records.map(({ data }) => data));
    expect(wrongShard).toBeGreaterThan(0);
    const keyOf = new Map(records.map(({ data, partitionKey }) => [data, partitionKey]));
    for (const { partitionKey, data } of seen.records) {
      expect(partitionKey).toBe(keyOf.get(new TextDecoder().decode(data)));
    }
  });

  it("tells where the reader finds a record, also when its first aggregate was torn", async () => {
    atRequest(0, () => kinesis.splitShard(STREAM, FIRST_SHARD));
    await using producer = newProducer(kinesis);
    // One for each half of the first shard: no child holds both keys.
    const keys = [0n, 2n ** 127n - 1n];

    const results = await Promise.all(
      keys.map((explicitHashKey) => producer.put({ partitionKey: "a", explicitHashKey, data: `${explicitHashKey}` })),
    );

    const stored = kinesis.records(STREAM);
    expect(isAggregated(stored[0]?.data ?? new Uint8Array())).toBe(true);
    expect(readAll(kinesis)).toMatchObject({ texts: keys.map(String), dropped: 2 });
    expect(results.map(({ shardId }) => shardId)).toEqual(["shardId-000000000002", "shardId-000000000003"]);
    for (const { attempts, mayBeDuplicate, sequenceNumber } of results) {
      expect(attempts.map(({ errorCode }) => errorCode)).toEqual(["WrongShard", undefined]);
      expect(mayBeDuplicate).toBe(true);
      expect(stored.slice(1).map((record) => record.sequenceNumber)).toContain(sequenceNumber);
    }
  });

  it("costs nothing where a child holds the whole aggregate", async () => {
    atRequest(0, () => kinesis.splitShard(STREAM, FIRST_SHARD));
    await using producer = newProducer(kinesis);

    const results = await Promise.all(
      [0n, 1n].map((explicitHashKey) => producer.put({ partitionKey: "a", explicitHashKey, data: "x" })),
    );

    expect(kinesis.records(STREAM).length).toBe(1);
    expect(results.map(({ attempts, mayBeDuplicate }) => [attempts.length, mayBeDuplicate])).toEqual([
      [1, false],
      [1, false],
    ]);
  });

  it("sends to the new shards as soon as it knows them", async () => {
    const listed = newSignal();
    await using producer = newProducer(kinesis);
    await producer.put({ partitionKey: "a", explicitHashKey: 0n, data: "before" });
    const [low, high] = kinesis.splitShard(STREAM, FIRST_SHARD);
    kinesis.control("ListShards", (call) => {
      call.run();
      listed.fire();
      return undefined;
    });
    await producer.put({ partitionKey: "a", explicitHashKey: 0n, data: "the one that finds out" });
    await listed.promise;
    await producer.flush();

    const results = await Promise.all(
      [0n, 2n ** 127n - 1n].map((explicitHashKey) =>
        producer.put({ partitionKey: "a", explicitHashKey, data: "after" }),
      ),
    );

    expect(results.map(({ shardId }) => shardId)).toEqual([low, high]);
    expect(results.every(({ attempts }) => attempts.length === 1)).toBe(true);
    expect(kinesis.requests("ListShards")).toBe(2);
  });
});

describe("a stream of more shards than a page of ListShards holds", () => {
  it("is known whole: records for its last shards are predicted right", async () => {
    kinesis.createStream("wide", { shards: 2_500 });
    const last = 2n ** 128n - 1n;
    await using producer = newProducer(kinesis, { streamName: "wide" });

    const results = await Promise.all(
      [0n, last / 2n, last - 1n, last].map((explicitHashKey) =>
        producer.put({ partitionKey: "a", explicitHashKey, data: `${explicitHashKey}` }),
      ),
    );

    expect(kinesis.requests("ListShards")).toBe(3);
    expect(producer.stats().streams.wide).toMatchObject({ routing: "mapped", wrongShard: 0, retries: 0 });
    expect(results.at(-1)?.shardId).toBe("shardId-000000002499");
    expect(kinesis.records("wide").length).toBe(3);
  });

  it("is known whole also when a page fails once", async () => {
    kinesis.createStream("wide", { shards: 1_500 });
    kinesis.control("ListShards", ({ index }) =>
      index === 1 ? { kind: "error", code: "InternalFailure", statusCode: 500 } : undefined,
    );
    await using producer = newProducer(kinesis, { streamName: "wide" });

    await producer.put({ partitionKey: "a", data: "x" });

    expect(kinesis.requests("ListShards")).toBe(3);
    expect(producer.stats().streams.wide).toMatchObject({ routing: "mapped", wrongShard: 0 });
  });
});
