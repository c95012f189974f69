import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RecordAggregator } from "../../src/aggregate/index.js";
import { isAggregated } from "../../src/deaggregate/index.js";
import type { KinesisProducer, UserRecord } from "../../src/index.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { newProducer, readAll, STREAM, textOf } from "./local-stream.js";
import { itOnce } from "./of-one-transport.js";

const MIB = 1024 * 1024;
const FIRST_SHARD = "shardId-000000000000";
const LAST_SHARD = "shardId-000000000003";

let kinesis: LocalKinesis;
let producer: KinesisProducer;

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 4 } } });
  producer = newProducer(kinesis);
});

afterEach(async () => {
  await producer.close();
  await kinesis.close();
});

/**
 * Puts the record alone, then with another one of the same shard. Returns the record as a reader sees it in both cases.
 */
async function aloneAndAggregated(record: UserRecord): Promise<readonly [SeenRecord, SeenRecord]> {
  await Promise.all([producer.put(record), producer.flush()]);
  const neighbour = { ...record, data: "the neighbour" };
  await Promise.all([producer.put(record), producer.put(neighbour), producer.flush()]);
  const seen = readAll(kinesis).records;
  expect(seen.length).toBe(3);
  expect(seen.map(({ aggregated }) => aggregated).slice(1)).toEqual([true, true]);
  expect(producer.stats().streams[STREAM]).toMatchObject({ wrongShard: 0, retries: 0 });
  return [seen[0] as SeenRecord, seen[1] as SeenRecord];
}

type SeenRecord = ReturnType<typeof readAll>["records"][number];

function anAggregate(): Uint8Array {
  const aggregator = new RecordAggregator();
  for (const data of ["inner 1", "inner 2"]) aggregator.tryAdd({ partitionKey: "inner", data });
  return aggregator.take()?.data as Uint8Array;
}

describe("data", () => {
  const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i);

  it.each([
    ["an empty text", "", new Uint8Array(0)],
    ["no bytes", new Uint8Array(0), new Uint8Array(0)],
    ["every byte", everyByte, everyByte],
    ["a part of a buffer", everyByte.subarray(10, 13), Uint8Array.of(10, 11, 12)],
    ["text beyond ASCII", "zażółć 漢字 😀", Buffer.from("zażółć 漢字 😀")],
    ["a text with a lone surrogate", "a\ud800b", Buffer.from("a\ufffdb")],
    ["the magic number of aggregates", Uint8Array.of(0xf3, 0x89, 0x9a, 0xc2), Uint8Array.of(0xf3, 0x89, 0x9a, 0xc2)],
  ])("comes back unchanged: %s", async (_, data, expected) => {
    const [alone, aggregated] = await aloneAndAggregated({ partitionKey: "a key", data });

    expect(alone).toMatchObject({ partitionKey: "a key", aggregated: false });
    expect(Buffer.from(alone.data)).toEqual(Buffer.from(expected));
    expect(Buffer.from(aggregated.data)).toEqual(Buffer.from(expected));
  });

  it("comes back unchanged when it is an aggregate itself", async () => {
    const data = anAggregate();

    await Promise.all([producer.put({ partitionKey: "outer", data }), producer.flush()]);

    const [seen, ...others] = readAll(kinesis).records;
    expect(others).toEqual([]);
    expect(seen).toMatchObject({ partitionKey: "outer", aggregated: true });
    expect(Buffer.from(seen?.data ?? [])).toEqual(Buffer.from(data));
  });

  // Decided before a request exists: copies, refusals, packing, and numbers within an aggregate.
  itOnce("is copied when it is accepted", async () => {
    const data = Buffer.from("before");

    const put = producer.put({ partitionKey: "a", data });
    data.write("after ");
    await put;

    expect(readAll(kinesis).texts).toEqual(["before"]);
  });
});

describe("keys", () => {
  it.each([
    ["beyond ASCII", "użytkownik-漢字-😀"],
    ["of 256 characters", "k".repeat(256)],
    ["of 256 UTF-16 code units, 512 bytes", "😀".repeat(128)],
    ["of 256 characters, 768 bytes", "漢".repeat(256)],
    ["that looks like a number", "10"],
    ["that looks like another number", "9"],
    ["named __proto__", "__proto__"],
    ["named constructor", "constructor"],
    ["with a line feed and NUL", "a\n\0b"],
  ])("come back unchanged, in the shard that was predicted: %s", async (_, partitionKey) => {
    const [alone, aggregated] = await aloneAndAggregated({ partitionKey, data: "x" });

    expect(alone.partitionKey).toBe(partitionKey);
    expect(aggregated.partitionKey).toBe(partitionKey);
  });

  it("with lone surrogates are hashed and written with U+FFFD", async () => {
    const [alone, aggregated] = await aloneAndAggregated({ partitionKey: "a\udfffb\ud800", data: "x" });

    expect(alone.partitionKey).toBe("a\ufffdb\ufffd");
    expect(aggregated.partitionKey).toBe("a\ufffdb\ufffd");
    expect(readAll(kinesis).dropped).toBe(0);
  });

  it("of every kind share one aggregate and stay apart", async () => {
    const keys = ["10", "9", "__proto__", "constructor", "a", "漢", "a\ud800", "toString", "9"];

    const puts = keys.map((partitionKey, i) => producer.put({ partitionKey, explicitHashKey: "7", data: `${i}` }));
    const results = await Promise.all(puts);

    const { records } = readAll(kinesis);
    expect(new Set(results.map(({ sequenceNumber }) => sequenceNumber)).size).toBe(1);
    expect(records.map(({ partitionKey }) => partitionKey)).toEqual(keys.map((key) => key.toWellFormed()));
    expect(records.map(textOf)).toEqual(keys.map((_, i) => `${i}`));
  });

  it.each([
    ["0", FIRST_SHARD],
    [0n, FIRST_SHARD],
    [String(2n ** 126n - 1n), FIRST_SHARD],
    [2n ** 126n, "shardId-000000000001"],
    [String(2n ** 128n - 1n), LAST_SHARD],
    [2n ** 128n - 1n, LAST_SHARD],
  ])("explicit hash key %s decides the shard", async (explicitHashKey, shardId) => {
    const [, aggregated] = await aloneAndAggregated({ partitionKey: "any", explicitHashKey, data: "x" });

    const stored = kinesis.records(STREAM);
    expect(stored.map((record) => record.shardId)).toEqual([shardId, shardId]);
    expect(stored[0]?.explicitHashKey).toBe(String(explicitHashKey));
    expect(aggregated).toMatchObject({ partitionKey: "any", explicitHashKey: String(explicitHashKey) });
  });

  itOnce.each([
    ["an empty key", { partitionKey: "", data: "x" }],
    ["a key of 257 characters", { partitionKey: "k".repeat(257), data: "x" }],
    ["a hash key of 2^128", { partitionKey: "a", explicitHashKey: 2n ** 128n, data: "x" }],
    ["a negative hash key", { partitionKey: "a", explicitHashKey: "-1", data: "x" }],
    ["a hash key with a leading zero", { partitionKey: "a", explicitHashKey: "01", data: "x" }],
    ["a hash key that is a number", { partitionKey: "a", explicitHashKey: 1 as unknown as bigint, data: "x" }],
    ["no data", { partitionKey: "a" } as UserRecord],
    ["an object as data", { partitionKey: "a", data: {} as string }],
    ["no record", undefined as unknown as UserRecord],
  ])("a record that breaks a rule is refused alone: %s", async (_, bad) => {
    const [good, refused] = await Promise.allSettled([
      producer.put({ partitionKey: "a", data: "good" }),
      producer.put(bad),
    ]);

    expect(good.status).toBe("fulfilled");
    expect(refused).toMatchObject({ reason: { code: "KP_INVALID_RECORD", delivery: "none", attempts: [] } });
    expect(readAll(kinesis).texts).toEqual(["good"]);
  });
});

describe("sizes", () => {
  const sized = (bytes: number, fill: string): UserRecord => ({
    partitionKey: "four",
    data: Buffer.alloc(bytes - 4, fill),
  });

  it.each(["before the limit of the stream is known", "when the limit is known"])(
    "a record of 1 MiB with its key goes, one byte more is refused alone: %s",
    async (when) => {
      if (when.startsWith("when")) await producer.ready();

      const [below, exact, above, beside] = await Promise.allSettled([
        producer.put(sized(MIB - 1, "a")),
        producer.put(sized(MIB, "b")),
        producer.put(sized(MIB + 1, "c")),
        producer.put({ partitionKey: "four", data: "small" }),
      ]);

      expect([below.status, exact.status, beside.status]).toEqual(["fulfilled", "fulfilled", "fulfilled"]);
      expect(above).toMatchObject({
        reason: { code: "KP_RECORD_TOO_LARGE", delivery: "none", message: expect.stringContaining(String(MIB)) },
      });
      expect(
        readAll(kinesis)
          .records.map(({ data }) => data.length)
          .sort((a, b) => a - b),
      ).toEqual([5, MIB - 5, MIB - 4]);
    },
  );

  itOnce("a record too large for an aggregate goes alone, and what came before it goes first", async () => {
    const data = ["small 1", "small 2", "x".repeat(60_000), "small 3", "small 4"];

    await Promise.all(data.map((text) => producer.put({ partitionKey: "a", data: text })));

    expect(kinesis.records(STREAM).map((stored) => isAggregated(stored.data))).toEqual([true, false, true]);
    expect(readAll(kinesis).records.map(textOf)).toEqual(data);
  });

  itOnce("two puts of one tick share a Kinesis record", async () => {
    const [first, second] = await Promise.all([
      producer.put({ partitionKey: "a", data: "1" }),
      producer.put({ partitionKey: "a", data: "2" }),
    ]);

    expect(second.sequenceNumber).toBe(first.sequenceNumber);
    expect([first.subSequenceNumber, second.subSequenceNumber]).toEqual([0, 1]);
    expect(kinesis.records(STREAM).length).toBe(1);
  });

  it("results say where the reader finds each record", async () => {
    const puts = Array.from({ length: 200 }, (_, i) => producer.put({ partitionKey: `key ${i}`, data: `text ${i}` }));

    const results = await Promise.all(puts);

    const placeOf = (sequenceNumber: string | undefined, sub: number): string => `${sequenceNumber}/${sub}`;
    const texts = new Map(
      readAll(kinesis).records.map((record) => [
        placeOf(record.sequenceNumber, record.subSequenceNumber),
        textOf(record),
      ]),
    );
    expect(
      results.map(({ sequenceNumber, subSequenceNumber }) => texts.get(placeOf(sequenceNumber, subSequenceNumber))),
    ).toEqual(puts.map((_, i) => `text ${i}`));
  });
});
