import process from "node:process";
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ReadStreamOptions, readStream, type StreamRecord } from "../../src/reader/index.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { manyRecords, newProducer, STREAM, textOf, until } from "./local-stream.js";

const FIRST_SHARD = "shardId-000000000000";
const SECOND_SHARD = "shardId-000000000001";

/** Milliseconds by which the service's clock is ahead. */
let ahead: number;
let kinesis: LocalKinesis;
let client: KinesisClient;

beforeEach(async () => {
  ahead = 0;
  kinesis = await LocalKinesis.start({
    streams: { [STREAM]: { shards: 2 } },
    clock: { epochNow: () => Date.now() + ahead },
  });
  client = new KinesisClient({ ...kinesis.clientConfig(), maxAttempts: 1, requestHandler: new NodeHttpHandler() });
});

afterEach(async () => {
  client.destroy();
  await kinesis.close();
});

function read(options: Partial<ReadStreamOptions> = {}): AsyncGenerator<StreamRecord, void, undefined> {
  return readStream({ client, streamName: STREAM, pollMs: 200, ...options });
}

async function collect(reading: AsyncIterable<StreamRecord>): Promise<StreamRecord[]> {
  const records: StreamRecord[] = [];
  for await (const record of reading) records.push(record);
  return records;
}

function readToEnd(options: Partial<ReadStreamOptions> = {}): Promise<StreamRecord[]> {
  return collect(read({ untilEnd: true, ...options }));
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}

async function putRaw(...texts: string[]): Promise<void> {
  const Records = texts.map((text) => ({ PartitionKey: text, Data: new TextEncoder().encode(text) }));
  await client.send(new PutRecordsCommand({ StreamName: STREAM, Records }));
}

/** The texts of each key, in the order of arrival. */
function byKey(records: readonly StreamRecord[]): Map<string | undefined, string[]> {
  const texts = new Map<string | undefined, string[]>();
  for (const record of records) {
    const of = texts.get(record.partitionKey) ?? [];
    texts.set(record.partitionKey, of);
    of.push(textOf(record));
  }
  return texts;
}

describe("readStream", () => {
  it("gives the user records of aggregates and plain ones, with where they were", async () => {
    await using producer = newProducer(kinesis);
    const records = manyRecords(2_000);
    await producer.putMany(records);
    await putRaw("plain");

    const seen = await readToEnd();

    expect(seen.map(textOf).sort()).toEqual(["plain", ...records.map(({ data }) => data)].sort());
    expect(new Set(seen.map(({ shardId }) => shardId))).toEqual(new Set([FIRST_SHARD, SECOND_SHARD]));
    expect(seen.find((record) => textOf(record) === "plain")).toMatchObject({
      partitionKey: "plain",
      streamName: STREAM,
      aggregated: false,
      approximateArrivalTimestamp: expect.any(Date),
    });
    expect(seen.filter(({ aggregated }) => aggregated).length).toBe(2_000);
  });

  it("gives Kinesis records as they are, when it is not to unpack them", async () => {
    await using producer = newProducer(kinesis);
    await producer.putMany(manyRecords(100));

    const seen = await readToEnd({ deaggregate: false });

    expect(seen.map(({ data }) => Buffer.from(data).toString("hex")).sort()).toEqual(
      kinesis
        .records(STREAM)
        .map(({ data }) => Buffer.from(data).toString("hex"))
        .sort(),
    );
  });

  it("reads by the ARN too, in answers of few records", async () => {
    await putRaw("a", "b", "c", "d", "e");

    const seen = await readToEnd({
      streamName: undefined,
      streamArn: `arn:aws:kinesis:us-east-1:000000000000:stream/${STREAM}`,
      maxRecordsPerCall: 2,
    });

    expect(seen.map(textOf).sort()).toEqual(["a", "b", "c", "d", "e"]);
    expect(seen[0]?.streamName).toBe(STREAM);
  });

  it("keeps the order of each key through a split and a merge while it reads", async () => {
    await using producer = newProducer(kinesis, {
      ordering: "shard",
      aggregation: { maxBytes: 2_000 },
      maxRequestRecords: 5,
    });
    const records = manyRecords(4_000, 40);
    kinesis.control("PutRecords", ({ index }) => {
      if (index === 5) kinesis.splitShard(STREAM, FIRST_SHARD);
      // Its parents are of two generations: a child named by the end of its parent, and a shard listed at the start.
      if (index === 10) kinesis.mergeShards(STREAM, "shardId-000000000003", SECOND_SHARD);
      return undefined;
    });
    const reading = read({ signal: AbortSignal.timeout(20_000), onDropped: () => {} });

    const sent = producer.putMany(records);
    const seen: StreamRecord[] = [];
    const texts = new Set<string>();
    for await (const record of reading) {
      if (!texts.has(textOf(record))) seen.push(record);
      texts.add(textOf(record));
      if (texts.size === records.length) break;
    }

    expect((await sent).delivered).toBe(4_000);
    expect(kinesis.shards(STREAM).length).toBe(5);
    for (const [key, of] of byKey(seen)) {
      expect(of, key).toEqual(records.filter(({ partitionKey }) => partitionKey === key).map(({ data }) => data));
    }
  });

  it("reads children strictly behind both parents of a merge", async () => {
    const [low, high] = kinesis.splitShard(STREAM, FIRST_SHARD);
    await putRaw(...Array.from({ length: 20 }, (_, i) => `before ${i}`));
    const merged = kinesis.mergeShards(STREAM, high, SECOND_SHARD);
    await putRaw(...Array.from({ length: 20 }, (_, i) => `behind ${i}`));

    const seen = await readToEnd({ maxRecordsPerCall: 3 });

    const shardIds = seen.map(({ shardId }) => shardId);
    expect(seen.length).toBe(40);
    expect(shardIds).toContain(low);
    expect(shardIds.indexOf(merged)).toBeGreaterThan(shardIds.lastIndexOf(high));
    expect(shardIds.indexOf(merged)).toBeGreaterThan(shardIds.lastIndexOf(SECOND_SHARD));
  });

  it("looks for the parent of a merge that nobody has told yet, and reads it first", async () => {
    const isEndOfFirst = (body: unknown): boolean => JSON.stringify(body).includes(`"ParentShards":["${FIRST_SHARD}"]`);
    kinesis.control("GetRecords", async (call) => {
      // The second shard's end, which names the merge, comes first. The split is found by the listing.
      if (isEndOfFirst(call.run().body)) await until(() => kinesis.requests("ListShards") >= 2);
      return undefined;
    });
    const reading = read({ from: "LATEST", maxRecordsPerCall: 1, signal: AbortSignal.timeout(20_000) });
    const first = reading.next();
    await until(() => kinesis.requests("GetRecords") >= 2);
    const [, high] = kinesis.splitShard(STREAM, FIRST_SHARD);
    await putRaw(...Array.from({ length: 12 }, (_, i) => `before ${i}`));
    const merged = kinesis.mergeShards(STREAM, high, SECOND_SHARD);
    await putRaw(...Array.from({ length: 12 }, (_, i) => `behind ${i}`));

    const shardIds: string[] = [];
    for (let next = await first; next.done !== true; next = await reading.next()) {
      shardIds.push(next.value.shardId);
      if (shardIds.length === 24) break;
    }
    await reading.return();

    expect(kinesis.requests("ListShards")).toBeGreaterThan(1);
    expect(shardIds.length).toBe(24);
    expect(shardIds).toContain(high);
    expect(shardIds.indexOf(merged)).toBeGreaterThan(shardIds.lastIndexOf(high));
    expect(shardIds.indexOf(merged)).toBeGreaterThan(shardIds.lastIndexOf(SECOND_SHARD));
  });

  it("finds the children by the listing when GetRecords does not tell them", async () => {
    kinesis.control("GetRecords", (call) => {
      const { body } = call.run();
      if (typeof body !== "object" || !("ChildShards" in body)) return undefined;
      return { kind: "answer", statusCode: 200, body: { ...body, ChildShards: undefined } };
    });
    const reading = read({ from: "LATEST", signal: AbortSignal.timeout(20_000) });
    const first = reading.next();
    await until(() => kinesis.requests("GetRecords") >= 2);
    kinesis.updateShardCount(STREAM, 1);
    await putRaw("of the child");

    const { value } = await first;
    await reading.return();

    expect(value && textOf(value)).toBe("of the child");
    expect(kinesis.requests("ListShards")).toBeGreaterThan(1);
  });

  it("begins with what comes from now on", async () => {
    await putRaw("old");
    const reading = read({ from: "LATEST", signal: AbortSignal.timeout(20_000) });
    const first = reading.next();
    await until(() => kinesis.requests("GetRecords") >= 2);
    await putRaw("new");

    const { value } = await first;
    await reading.return();

    expect(value && textOf(value)).toBe("new");
  });

  it("begins at a time, and in shards that were open then", async () => {
    await putRaw("old", "older");
    kinesis.updateShardCount(STREAM, 1);
    const timestamp = new Date(Date.now() + 5_000);
    ahead = 10_000;
    await putRaw("new");

    const seen = await readToEnd({ from: { timestamp } });

    expect(seen.map(textOf)).toEqual(["new"]);
  });

  it("goes on behind the records that were handled, and not in the ancestors of their shards", async () => {
    await putRaw("a", "b", "c", "d");
    const child = kinesis.mergeShards(STREAM, FIRST_SHARD, SECOND_SHARD);
    await putRaw("e", "f", "g");
    const handled = kinesis.records(STREAM).find(({ partitionKey }) => partitionKey === "e");

    const seen = await readToEnd({ from: { after: { [child]: handled?.sequenceNumber ?? "" } } });

    expect(seen.map(textOf)).toEqual(["f", "g"]);
  });

  it("ends without an error, a call or a timer when the signal comes", async () => {
    await putRaw("a");
    const timersBefore = timers();
    const stop = new AbortController();
    const seen: string[] = [];

    for await (const record of read({ signal: stop.signal })) {
      seen.push(textOf(record));
      // One turn later the reader waits for more records.
      setImmediate(() => stop.abort());
    }

    const calls = kinesis.requests();
    expect(seen).toEqual(["a"]);
    expect(timers()).toBeLessThanOrEqual(timersBefore);
    await putRaw("b");
    expect(kinesis.requests()).toBe(calls + 1);
  });

  it("asks nothing of the service when the signal came before", async () => {
    expect(await collect(read({ signal: AbortSignal.abort() }))).toEqual([]);
    expect(kinesis.requests()).toBe(0);
  });

  it("ends a call that is never answered", async () => {
    kinesis.faults.add("GetRecords hang");
    const stop = new AbortController();
    const all = collect(read({ signal: stop.signal }));
    await until(() => kinesis.requests("GetRecords") >= 2);

    stop.abort();

    expect(await all).toEqual([]);
  });

  it("keeps to the limits of a shard", async () => {
    await putRaw(...Array.from({ length: 16 }, (_, i) => `text ${i}`));
    kinesis.setLimits({ read: true, write: false, calls: false });
    let refused = 0;
    kinesis.control("GetRecords", (call) => {
      if (call.run().statusCode !== 200) refused++;
      return undefined;
    });

    const seen = await readToEnd({ maxRecordsPerCall: 1 });

    expect([seen.length, refused]).toEqual([16, 0]);
  });

  it("goes on after throttling, failures and torn answers, and misses nothing", async () => {
    const texts = Array.from({ length: 12 }, (_, i) => `text ${i}`);
    await putRaw(...texts);
    kinesis.faults.add("ListShards error code=LimitExceededException times=1");
    kinesis.faults.add("GetShardIterator throttle times=2");
    kinesis.faults.add("GetRecords throttle calls=1..2");
    kinesis.faults.add("GetRecords error code=InternalFailure status=500 calls=3");
    kinesis.faults.add("GetRecords reset at=mid-body calls=4");
    kinesis.faults.add("GetRecords truncate calls=5");

    const seen = await readToEnd({ maxRecordsPerCall: 4 });

    expect(seen.map(textOf).sort()).toEqual(texts.sort());
  });

  it("goes on from the last record when an iterator has expired", async () => {
    await putRaw("a", "b", "c", "d", "e", "f");
    kinesis.control("GetRecords", ({ index }) => {
      // An iterator expires after five minutes.
      if (index % 3 === 2) ahead += 360_000;
      return undefined;
    });

    const seen = await readToEnd({ maxRecordsPerCall: 2 });

    expect(seen.map(textOf).sort()).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(kinesis.requests("GetShardIterator")).toBeGreaterThan(2);
  });

  it("tells what it drops of an aggregate in the wrong shard", async () => {
    kinesis.control("PutRecords", ({ index }) => {
      if (index === 0) kinesis.splitShard(STREAM, FIRST_SHARD);
      return undefined;
    });
    await using producer = newProducer(kinesis);
    const keys = [0n, 2n ** 127n - 1n];
    await Promise.all(
      keys.map((explicitHashKey) => producer.put({ partitionKey: "a", explicitHashKey, data: `${explicitHashKey}` })),
    );
    const reasons: string[] = [];

    const seen = await readToEnd({ onDropped: ({ reason }) => reasons.push(reason) });

    expect(seen.map(textOf).sort()).toEqual(keys.map(String).sort());
    expect(reasons).toEqual(["outside-shard-range"]);
  });

  it("throws what will not pass by itself, and what has come too often", async () => {
    await expect(readToEnd({ streamName: "nowhere" })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    kinesis.faults.add("GetRecords error code=InternalFailure status=500");
    await expect(readToEnd({ maxAttempts: 2 })).rejects.toMatchObject({ name: "InternalFailure" });
  });

  it.each([
    [{ streamName: undefined }, "exactly one of streamName and streamArn must be given"],
    [{ streamName: undefined, streamArn: "clicks" }, 'streamArn must be the ARN of a stream, got "clicks"'],
    [{ pollMs: 199 }, "pollMs must be a whole number from 200 to 3600000, got 199"],
    [{ requestTimeoutMs: 99 }, "requestTimeoutMs must be a whole number from 100 to 600000, got 99"],
    [{ readAhead: 0 }, "readAhead must be a whole number from 1 to 1000, got 0"],
    [{ maxRecordsPerCall: 10_001 }, "maxRecordsPerCall must be a whole number from 1 to 10000, got 10001"],
    [{ from: { timestamp: new Date(Number.NaN) } }, "from must be"],
  ])("refuses %j", (options, message) => {
    expect(() => read(options)).toThrow(message);
  });

  it.each([
    [5n, "5"],
    [null, "null"],
    [{ after: null, by: 5n }, "an object"],
  ])("refuses to read from %o with the option's name, not with an internal error", (from, shown) => {
    expect(() => read({ from: from as never })).toThrow(
      `from must be "TRIM_HORIZON", "LATEST", { timestamp } or { after }, got ${shown}`,
    );
  });
});
