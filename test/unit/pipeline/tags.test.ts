import { describe, expect, test } from "vitest";
import type { KinesisRecord } from "../../../src/core/ports.js";
import { deaggregate } from "../../../src/deaggregate/index.js";
import { evenShards, shardIdOf } from "../../../src/testing/even-shards.js";
import { acceptAll, requestFailure } from "../../../src/testing/scripted-answers.js";
import { STREAM, virtualProducer } from "../../support/virtual-producer.js";

const MIB = 1024 * 1024;
const TAGS = { trace: "00-ab" };

/** The tags of each user record of an entry, by its data. */
function tagsIn({ data }: KinesisRecord): [string, unknown][] {
  return [...deaggregate({ data })].map((record) => [Buffer.from(record.data).toString(), record.tags]);
}

describe("tags", () => {
  test("come back with their record, and only with it", async () => {
    const { clock, transport, put } = virtualProducer();
    put({ data: "a", tags: TAGS });
    put({ data: "b" });

    await clock.advanceAsync(100);

    expect(transport.requests[0]?.entries.map(tagsIn)).toEqual([
      [
        ["a", TAGS],
        ["b", undefined],
      ],
    ]);
  });

  test("make a lone record an aggregate of one, also where it is too large for any aggregate", async () => {
    const { clock, transport, put } = virtualProducer();
    const small = put({ data: "a", tags: TAGS });
    await clock.advanceAsync(100);
    const large = put({ data: "x".repeat(100_000), tags: TAGS });
    await clock.advanceAsync(100);

    expect(transport.requests.map(({ entries }) => entries.map(({ partitionKey }) => partitionKey))).toEqual([
      ["a"],
      ["a"],
    ]);
    expect(transport.requests.flatMap(({ entries }) => entries.flatMap(tagsIn))).toEqual([
      ["a", TAGS],
      ["x".repeat(100_000), TAGS],
    ]);
    expect([small.state, large.state]).toEqual(["resolved", "resolved"]);
  });

  test("count in the record's size with the envelope they need", async () => {
    const { clock, put, start } = virtualProducer();
    await start();
    const envelope = 20 + 1 + 3 + 4 + 2 + 4;
    const tag = 2 + 7 + 7;

    const fits = put({ partitionKey: "k", data: "x".repeat(MIB - envelope - tag), tags: TAGS });
    const large = put({ partitionKey: "k", data: "x".repeat(MIB - envelope - tag + 1), tags: TAGS });
    await clock.advanceAsync(2_000);

    expect(fits.state).toBe("resolved");
    expect(large.error).toMatchObject({ code: "KP_RECORD_TOO_LARGE", delivery: "none" });
    expect(large.error?.message).toContain(`${MIB + 1} bytes`);
  });

  test("count in the buffer, and are given back", async () => {
    const { producer, clock, put } = virtualProducer();
    put({ partitionKey: "k", data: "x", tags: { a: "1" } });

    const before = producer.stats().streams[STREAM]?.bufferedBytes;
    await clock.advanceAsync(100);

    expect(before).toBe(1 + 1 + 8);
    expect(producer.stats().streams[STREAM]?.bufferedBytes).toBe(0);
  });

  test("wait for room with their record", async () => {
    const { clock, transport, put } = virtualProducer({ maxBufferedRecords: 1 });
    put({ data: "a" });
    put({ data: "b", tags: TAGS });

    await clock.advanceAsync(1_000);

    expect(transport.requests.flatMap(({ entries }) => entries.flatMap(tagsIn))).toEqual([
      ["a", undefined],
      ["b", TAGS],
    ]);
  });

  test("are on the record of a failure as they were given", async () => {
    const { clock, put } = virtualProducer();
    const caller = new AbortController();
    const record = put({ data: "a", tags: TAGS }, { signal: caller.signal });

    caller.abort();
    await clock.advanceAsync(100);

    expect(record.error).toMatchObject({ code: "KP_ABORTED", record: { tags: TAGS } });
  });
});

describe("where the envelope is impossible, a record with tags is refused alone", () => {
  test.each([
    ["aggregation is false", { aggregation: false }],
    ["the stream's record distribution is AUTO", { recordDistribution: "AUTO" }],
  ] as const)("at once: %s", async (reason, options) => {
    const { clock, transport, put } = virtualProducer(options);

    const tagged = put({ data: "a", tags: TAGS });
    const plain = put({ data: "b" });
    const empty = put({ data: "c", tags: {} });
    await clock.settle();
    expect(tagged.error).toMatchObject({
      code: "KP_INVALID_RECORD",
      message: `tags and record ids need the envelope, but ${reason}`,
      delivery: "none",
      attempts: [],
    });
    await clock.advanceAsync(100);

    expect([plain.state, empty.state]).toEqual(["resolved", "resolved"]);
    expect(transport.requests.flatMap(({ entries }) => entries.flatMap(tagsIn))).toEqual([
      ["b", undefined],
      ["c", undefined],
    ]);
  });

  test("later, when its stream is found to be AUTO; the others go", async () => {
    const { clock, directory, transport, put } = virtualProducer();
    directory.setSummary({ recordDistribution: "AUTO" });
    const tagged = put({ data: "a", tags: TAGS });
    const plain = put({ data: "b" });
    expect(tagged.state).toBe("pending");

    await clock.advanceAsync(100);

    expect(tagged.error).toMatchObject({ code: "KP_INVALID_RECORD", delivery: "none", attempts: [] });
    expect(tagged.error?.message).toContain("AUTO");
    expect(plain.state).toBe("resolved");
    expect(transport.requests.flatMap(({ entries }) => entries.flatMap(tagsIn))).toEqual([["b", undefined]]);
  });
});

describe("where the service ignores keys and says so nowhere", () => {
  const [first, second] = [shardIdOf(0), shardIdOf(1)];

  test("a record with tags that landed outside its shard fails alone when a fresh map explains nothing", async () => {
    const { clock, directory, transport, put } = virtualProducer(
      { recordTtlMs: Number.POSITIVE_INFINITY },
      evenShards(2),
    );
    directory.summaries.always(requestFailure("AccessDeniedException"));
    transport.always(acceptAll(second));
    const tagged = put({ explicitHashKey: "0", data: "a", tags: TAGS });
    await clock.advanceAsync(60_000);
    const later = put({ explicitHashKey: "0", data: "b", tags: TAGS });
    const plain = put({ explicitHashKey: "0", data: "c" });
    await clock.advanceAsync(60_000);

    expect(tagged.error).toMatchObject({ code: "KP_INVALID_RECORD", delivery: "unknown" });
    expect(tagged.error?.attempts).toMatchObject([{ shardId: second, errorCode: "WrongShard" }]);
    expect(later.error).toMatchObject({ code: "KP_INVALID_RECORD", delivery: "none", attempts: [] });
    expect(later.error?.message).toContain("outside their shards");
    expect(plain.value?.shardId).toBe(second);
    expect(transport.requests).toHaveLength(2);
  });

  test("tags are taken again with the next map", async () => {
    const { clock, directory, transport, put } = virtualProducer({ shardMapMaxAgeMs: 30_000 }, evenShards(2));
    directory.summaries.always(requestFailure("AccessDeniedException"));
    transport.always(acceptAll(second));
    put({ explicitHashKey: "0", data: "a", tags: TAGS });
    await clock.advanceAsync(60_000);
    directory.setShards([...evenShards(2).slice(0, 1), ...evenShards(4, 2).slice(2)]);
    transport.always(acceptAll(first));
    put({ explicitHashKey: "0", data: "b" });
    await clock.advanceAsync(1_000);

    const tagged = put({ explicitHashKey: "0", data: "c", tags: TAGS });
    await clock.advanceAsync(1_000);

    expect(tagged.value?.shardId).toBe(first);
  });
});

describe("recordIds", () => {
  /** The id of each user record of an entry. */
  const idsIn = ({ data }: KinesisRecord): unknown[] => [...deaggregate({ data })].map(({ recordId }) => recordId);

  test("give every record its own id, a lone one too, and keep the caller's ids", async () => {
    const { clock, transport, put } = virtualProducer({ recordIds: true });
    put({ data: "a" });
    put({ data: "b", tags: TAGS });
    put({ data: "c", recordId: "mine" });
    await clock.advanceAsync(100);
    put({ data: "d" });
    await clock.advanceAsync(100);

    const ids = transport.requests.flatMap(({ entries }) => entries.flatMap(idsIn));
    const prefix = "gAAAAAgAAAAA";
    expect(ids).toEqual([`${prefix}A`, `${prefix}B`, "mine", `${prefix}C`]);
    expect(transport.requests[0]?.entries.map(tagsIn)).toEqual([
      [
        ["a", undefined],
        ["b", TAGS],
        ["c", undefined],
      ],
    ]);
  });

  test("stay the same over retries, and on the record of a failure", async () => {
    const { clock, transport, put } = virtualProducer({ recordIds: true, maxAttempts: 2 });
    transport.always(requestFailure("InternalFailure", { statusCode: 500 }));
    const record = put({ data: "a" });

    await clock.advanceAsync(5_000);

    const ids = transport.requests.map(({ entries }) => entries.flatMap(idsIn));
    expect(ids).toEqual([["gAAAAAgAAAAAA"], ["gAAAAAgAAAAAA"]]);
    expect(record.error).toMatchObject({ record: { recordId: "gAAAAAgAAAAAA" } });
  });

  test("of a put that waits for room are those it was given when it was handed over", async () => {
    const { clock, transport, put } = virtualProducer({ recordIds: true, maxBufferedRecords: 1 });
    for (const data of ["a", "b", "c"]) put({ data });

    await clock.advanceAsync(1_000);

    const ids = transport.requests.flatMap(({ entries }) => entries.flatMap(idsIn));
    expect(ids).toEqual(["gAAAAAgAAAAAA", "gAAAAAgAAAAAB", "gAAAAAgAAAAAC"]);
  });

  test("fail every record of a stream that is found to be AUTO, each alone with the reason", async () => {
    const { clock, directory, transport, put } = virtualProducer({ recordIds: true });
    directory.setSummary({ recordDistribution: "AUTO" });
    const record = put({ data: "a" });

    await clock.advanceAsync(100);

    expect(record.error).toMatchObject({ code: "KP_INVALID_RECORD", delivery: "none" });
    expect(record.error?.message).toContain("record ids need the envelope");
    expect(transport.requests).toEqual([]);
  });
});
