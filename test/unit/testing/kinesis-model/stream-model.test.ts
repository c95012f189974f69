import { describe, expect, it } from "vitest";
import { hashPartitionKey, hashWordsToBigInt, newHashWords } from "../../../../src/core/shards/hash-key.js";
import { ShardMap } from "../../../../src/core/shards/shard-map.js";
import { KinesisModel } from "../../../../src/testing/kinesis-model/kinesis-model.js";
import { ServiceError } from "../../../../src/testing/kinesis-model/service-error.js";
import type { StreamModel } from "../../../../src/testing/kinesis-model/stream-model.js";
import type { StreamOptions } from "../../../../src/testing/kinesis-model/stream-settings.js";

const NOW = Date.UTC(2026, 10, 21);
const END = 2n ** 128n - 1n;
const data = Uint8Array.of(1);

function newStream(options: StreamOptions = {}): StreamModel {
  return new KinesisModel({ region: "eu-west-1", accountId: "123456789012" }).createStream("clicks", options, NOW);
}

function ranges(stream: StreamModel): [string, bigint, bigint][] {
  return stream.openShards.map(({ shardId, origin }) => [shardId.slice(-2), origin.first, origin.last]);
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof ServiceError ? error.code : String(error);
  }
  return "none";
}

describe("StreamModel", () => {
  it.each([1, 2, 3, 7])("splits the hash keys into %i ranges that begin at floor(i * 2^128 / n)", (shards) => {
    const stream = newStream({ shards });

    const starts = ranges(stream).map(([, first]) => first);
    const ends = ranges(stream).map(([, , last]) => last);

    expect(starts).toEqual(Array.from({ length: shards }, (_, i) => (BigInt(i) << 128n) / BigInt(shards)));
    expect(ends).toEqual([...starts.slice(1).map((start) => start - 1n), END]);
  });

  it("routes explicit hash keys at both ends of every range to that shard", () => {
    const stream = newStream({ shards: 5 });

    for (const { shardId, origin } of stream.openShards) {
      for (const hashKey of [origin.first, origin.last]) {
        expect(stream.put({ partitionKey: "x", explicitHashKey: String(hashKey), data }, NOW).shardId).toBe(shardId);
      }
    }
  });

  it("routes partition keys by MD5 as the producer predicts, after splits and merges too", () => {
    const stream = newStream({ shards: 3 });
    stream.splitShard("shardId-000000000001", NOW, END / 2n + 12_345n);
    stream.mergeShards("shardId-000000000003", "shardId-000000000000", NOW);
    const map = ShardMap.from(stream.openShards.map((shard) => shard.describe())) as ShardMap;
    const hash = newHashWords();

    for (const partitionKey of ["a", "", "é", "💶", "\ud800", ...Array.from({ length: 500 }, (_, i) => `user-${i}`)]) {
      hashPartitionKey(partitionKey, hash);
      const { shardId } = stream.put({ partitionKey, data }, NOW);
      expect([shardId, hashWordsToBigInt(hash)]).toEqual([
        map.shards[map.predict(hash)]?.shardId,
        hashWordsToBigInt(hash),
      ]);
    }
  });

  it("gives rising sequence numbers of 56 digits, children after their parents", () => {
    const stream = newStream({ shards: 2 });

    const numbers = [
      stream.put({ partitionKey: "a", data }, NOW).sequenceNumber,
      stream.put({ partitionKey: "a", data }, NOW).sequenceNumber,
    ];
    const [low] = stream.splitShard("shardId-000000000000", NOW);
    numbers.push(stream.shard("shardId-000000000000").closure?.endingSequenceNumber as string);
    numbers.push(low.origin.startingSequenceNumber);
    numbers.push(stream.put({ partitionKey: "a", explicitHashKey: "0", data }, NOW).sequenceNumber);

    for (const number of numbers) expect(number).toMatch(/^49\d{54}$/);
    expect(numbers.map(BigInt)).toEqual(numbers.map(BigInt).sort((a, b) => (a < b ? -1 : 1)));
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it("closes the parent of a split and opens its children at once", () => {
    const stream = newStream({ shards: 2 });

    const [low, high] = stream.splitShard("shardId-000000000001", NOW + 5, 2n ** 127n + 10n);

    expect(stream.shard("shardId-000000000001").closure?.closedAt).toBe(NOW + 5);
    expect(low.describe()).toMatchObject({ shardId: "shardId-000000000002", parentShardId: "shardId-000000000001" });
    expect(ranges(stream)).toEqual([
      ["00", 0n, 2n ** 127n - 1n],
      ["02", 2n ** 127n, 2n ** 127n + 9n],
      ["03", 2n ** 127n + 10n, END],
    ]);
    expect(high.origin.openedAt).toBe(NOW + 5);
    expect(stream.put({ partitionKey: "x", explicitHashKey: String(END), data }, NOW).shardId).toBe(high.shardId);
  });

  it("merges neighbours in either order and names both parents", () => {
    const stream = newStream({ shards: 3 });

    const child = stream.mergeShards("shardId-000000000002", "shardId-000000000001", NOW);

    expect(child.describe()).toMatchObject({
      parentShardId: "shardId-000000000002",
      adjacentParentShardId: "shardId-000000000001",
      endingHashKey: String(END),
    });
    expect(stream.openShards.map(({ shardId }) => shardId)).toEqual(["shardId-000000000000", child.shardId]);
  });

  it("refuses what cannot be split or merged, and changes nothing", () => {
    const stream = newStream({ shards: 3 });
    stream.splitShard("shardId-000000000000", NOW);
    const before = stream.describeShards();

    const codes = [
      codeOf(() => stream.splitShard("shardId-000000000000", NOW)),
      codeOf(() => stream.splitShard("shardId-000000000009", NOW)),
      codeOf(() => stream.splitShard("shardId-000000000003", NOW, 0n)),
      codeOf(() => stream.mergeShards("shardId-000000000003", "shardId-000000000002", NOW)),
      codeOf(() => stream.mergeShards("shardId-000000000003", "shardId-000000000003", NOW)),
      codeOf(() => stream.mergeShards("shardId-000000000000", "shardId-000000000001", NOW)),
    ];

    expect(codes).toEqual([
      "InvalidArgumentException",
      "ResourceNotFoundException",
      ...Array(4).fill("InvalidArgumentException"),
    ]);
    expect(stream.describeShards()).toEqual(before);
  });

  it.each([
    [1, 2],
    [2, 3],
    [3, 2],
    [4, 2],
    [5, 7],
    [7, 4],
    [8, 1],
  ])("reshards from %i to %i even ranges by splits and merges", (from, to) => {
    const stream = newStream({ shards: from });

    stream.updateShardCount(to, NOW);

    expect(stream.openShards.map(({ origin }) => origin.first)).toEqual(
      Array.from({ length: to }, (_, i) => (BigInt(i) << 128n) / BigInt(to)),
    );
    for (const { origin, shardId } of stream.shards.slice(from)) {
      for (const parentId of [origin.parentShardId, origin.adjacentParentShardId].filter((id) => id !== undefined)) {
        expect(parentId < shardId).toBe(true);
        expect(stream.shard(parentId).closure).toBeDefined();
      }
    }
  });

  it("leaves a shard open that has its range already", () => {
    const stream = newStream({ shards: 4 });

    stream.updateShardCount(4, NOW);

    expect(stream.shards.length).toBe(4);
  });

  it("sends records to the open shards in turn and ignores keys when distribution is AUTO", () => {
    const stream = newStream({ shards: 2, recordDistribution: "AUTO" });

    const stored = [
      stream.put({ partitionKey: "a", explicitHashKey: "0", data }, NOW),
      stream.put({ partitionKey: "a", data }, NOW),
      stream.put({ data }, NOW),
    ];

    expect(stored.map(({ shardId }) => shardId.slice(-1))).toEqual(["0", "1", "0"]);
    expect(stored[0]).not.toHaveProperty("partitionKey");
    expect(stream.settings.mode).toBe("ON_DEMAND");
  });

  it.each([
    { shards: 0 },
    { shards: 1.5 },
    { maxRecordBytes: 1000 },
    { maxRecordBytes: 10 * 1024 * 1024 + 1024 },
    { recordDistribution: "AUTO", mode: "PROVISIONED" } as const,
  ])("refuses the options %o", (options) => {
    expect(() => newStream(options)).toThrow(RangeError);
  });
});

describe("KinesisModel", () => {
  it("knows streams by name and by ARN, and refuses to make one twice", () => {
    const model = new KinesisModel({ region: "eu-west-1", accountId: "123456789012" });
    const stream = model.createStream("clicks", {}, NOW);

    expect(model.streamByArn("arn:aws:kinesis:eu-west-1:123456789012:stream/clicks")).toBe(stream);
    expect(codeOf(() => model.createStream("clicks", {}, NOW))).toBe("ResourceInUseException");
    expect(codeOf(() => model.streamByArn("arn:aws:kinesis:eu-west-2:123456789012:stream/clicks"))).toBe(
      "ResourceNotFoundException",
    );
    model.deleteStream("clicks");
    expect(() => model.stream("clicks")).toThrow("Stream clicks under account 123456789012 not found.");
  });
});
