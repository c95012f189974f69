import { beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/testing/operations/operation.js";
import { NOW, ServiceUnderTest } from "../service/service-under-test.js";

let kinesis: ServiceUnderTest;

beforeEach(() => {
  kinesis = new ServiceUnderTest();
});

describe("GetShardIterator and GetRecords", () => {
  const shardId = "shardId-000000000000";
  const iterator = (type: string, fields: JsonObject = {}): string =>
    kinesis.call("GetShardIterator", { StreamName: "clicks", ShardId: shardId, ShardIteratorType: type, ...fields })
      .ShardIterator;
  // biome-ignore lint/suspicious/noExplicitAny: as `call`
  const read = (shardIterator: string, fields: JsonObject = {}): any =>
    kinesis.call("GetRecords", { ShardIterator: shardIterator, ...fields });
  const texts = (answer: { Records: { Data: string }[] }): string[] =>
    answer.Records.map(({ Data }) => Buffer.from(Data, "base64").toString());

  it("begin at the given position", () => {
    const latest = iterator("LATEST");
    kinesis.putText("one");
    kinesis.now += 1000;
    const { SequenceNumber } = kinesis.putText("two");
    kinesis.now += 1000;
    kinesis.putText("three");

    const at = { StartingSequenceNumber: SequenceNumber };
    expect(texts(read(iterator("TRIM_HORIZON")))).toEqual(["one", "two", "three"]);
    expect(texts(read(iterator("AT_SEQUENCE_NUMBER", at)))).toEqual(["two", "three"]);
    expect(texts(read(iterator("AFTER_SEQUENCE_NUMBER", at)))).toEqual(["three"]);
    expect(texts(read(iterator("AT_TIMESTAMP", { Timestamp: (NOW + 1) / 1000 })))).toEqual(["two", "three"]);
    expect(texts(read(iterator("LATEST")))).toEqual([]);
    expect(texts(read(latest))).toEqual(["one", "two", "three"]);
  });

  it("page by limit, and are behind until nothing is left", () => {
    for (const text of ["one", "two", "three"]) kinesis.putText(text);

    const first = read(iterator("TRIM_HORIZON"), { Limit: 2 });
    const second = read(first.NextShardIterator, { Limit: 2 });

    expect([texts(first), texts(second)]).toEqual([["one", "two"], ["three"]]);
    expect(first.MillisBehindLatest).toBeGreaterThan(0);
    expect(second.MillisBehindLatest).toBe(0);
    expect(texts(read(second.NextShardIterator))).toEqual([]);
  });

  it("answer at most 10 MiB of data, and always a record", () => {
    kinesis.model.createStream("large", { maxRecordBytes: 10 * 1024 * 1024 }, NOW);
    const large = Buffer.alloc(6 * 1024 * 1024).toString("base64");
    for (let i = 0; i < 2; i++) kinesis.putText("", { StreamName: "large", Data: large });

    const start = iterator("TRIM_HORIZON", { StreamName: "large" });
    const first = read(start);

    expect(first.Records.length).toBe(1);
    expect(read(first.NextShardIterator).Records.length).toBe(1);
  });

  it("tell the children at the end of a closed shard, and no next iterator", () => {
    kinesis.putText("one");
    kinesis.putText("two");
    const stream = kinesis.model.stream("clicks");
    const [low, high] = stream.splitShard(shardId, NOW);
    stream.mergeShards(high.shardId, "shardId-000000000001", NOW);

    const first = read(iterator("TRIM_HORIZON"), { Limit: 1 });
    const last = read(first.NextShardIterator);

    expect(first).not.toHaveProperty("ChildShards");
    expect(texts(last)).toEqual(["two"]);
    expect(last).not.toHaveProperty("NextShardIterator");
    expect(last.ChildShards.map((child: { ShardId: string }) => child.ShardId)).toEqual([low.shardId, high.shardId]);
    const merged = kinesis.call("GetShardIterator", {
      StreamName: "clicks",
      ShardId: high.shardId,
      ShardIteratorType: "TRIM_HORIZON",
    });
    expect(read(merged.ShardIterator).ChildShards).toMatchObject([
      { ParentShards: [high.shardId, "shardId-000000000001"] },
    ]);
  });

  it("refuse invalid iterators, old iterators, and iterators of a stream that was created again", () => {
    const start = iterator("TRIM_HORIZON");

    expect(kinesis.refusal("GetRecords", { ShardIterator: "garbage" })).toContain("InvalidArgumentException");
    kinesis.now = NOW + 300_001;
    expect(kinesis.refusal("GetRecords", { ShardIterator: start })).toMatch(
      /ExpiredIteratorException: Iterator expired\./,
    );
    kinesis.now = NOW;
    kinesis.model.deleteStream("clicks");
    kinesis.model.createStream("clicks", {}, NOW);
    expect(kinesis.refusal("GetRecords", { ShardIterator: start })).toContain("InvalidArgumentException");
  });

  it.each<[JsonObject, string]>([
    [{ ShardIteratorType: "NEWEST" }, "ValidationException"],
    [{ ShardIteratorType: "AT_SEQUENCE_NUMBER" }, "InvalidArgumentException"],
    [{ ShardIteratorType: "AT_TIMESTAMP" }, "InvalidArgumentException"],
    [{ ShardIteratorType: "AT_TIMESTAMP", Timestamp: NOW / 1000 + 1 }, "InvalidArgumentException"],
    [
      { ShardIteratorType: "LATEST", ShardId: "shardId-000000000009" },
      "ResourceNotFoundException: Shard shardId-000000000009 in stream clicks under account 000000000000 does not exist",
    ],
  ])("refuse the iterator request %o", (fields, text) => {
    expect(kinesis.refusal("GetShardIterator", { StreamName: "clicks", ShardId: shardId, ...fields })).toContain(text);
  });
});
