import { describe, expect, it } from "vitest";

import { readSequenceNumber } from "../../../../src/core/shards/sequence-number.js";
import { KinesisModel } from "../../../../src/testing/kinesis-model/kinesis-model.js";
import { isSequenceNumber, ordinalOf, ShardNumbering } from "../../../../src/testing/kinesis-model/sequence-number.js";

const NOW = Date.UTC(2026, 10, 21);
const SECOND = NOW / 1_000;
const data = Buffer.of(1);

function newModel(): KinesisModel {
  return new KinesisModel({ region: "us-east-1", accountId: "000000000000" });
}

/** The fields of a number, in hexadecimal digits. */
function fieldsOf(number: string): string[] {
  const hex = BigInt(number).toString(16);
  const ends = [1, 10, 11, 27, 29, 38, 46, 47];
  return ends.map((end, i) => hex.slice(ends[i - 1] ?? 0, end));
}

describe("the numbers of a shard", () => {
  it("have the layout of the service's: creation, shard, index, arrival, version", () => {
    const number = new ShardNumbering(SECOND, 0x123).at(0x456, NOW + 7_999);

    expect(fieldsOf(number)).toEqual([
      "2",
      SECOND.toString(16).padStart(9, "0"),
      "3",
      "456".padStart(16, "0"),
      "00",
      (SECOND + 7).toString(16).padStart(9, "0"),
      "123".padStart(8, "0"),
      "2",
    ]);
    expect(readSequenceNumber(number)).toEqual({ createdSecond: SECOND, shardNumber: 0x123 });
  });

  it("rise from the first to the last, also when time steps back", () => {
    const numbering = new ShardNumbering(SECOND, 7);

    const numbers = [
      numbering.starting(),
      numbering.at(1, NOW + 5_000),
      numbering.at(2, NOW),
      numbering.at(3, NOW - 60_000),
      numbering.ending(NOW - 60_000),
    ];

    expect(numbers).toEqual([...numbers].sort());
    expect(numbers.every(isSequenceNumber)).toBe(true);
  });

  it("tell the ordinal they were made from, also as they were written before", () => {
    expect(ordinalOf(new ShardNumbering(SECOND, 0xffff).at(2 ** 52 - 1, NOW))).toBe(2 ** 52 - 1);
    expect(ordinalOf(`4957${"0".repeat(30)}0000000000000812000003`)).toBe(812);
  });

  it("go on above the old ones of a shard that was kept", () => {
    const old = `4957${"0".repeat(30)}0000000000000012000003`;
    const latest = `4957${"0".repeat(30)}9999999999999999000003`;

    const numbering = ShardNumbering.of(old, 3);

    expect(isSequenceNumber(old)).toBe(true);
    expect(BigInt(numbering.at(0, 0)) > BigInt(latest)).toBe(true);
    expect(readSequenceNumber(numbering.at(13, NOW))?.shardNumber).toBe(3);
  });

  it("go on as they were, for a shard that was kept", () => {
    const numbering = new ShardNumbering(SECOND, 3);

    const again = ShardNumbering.of(numbering.starting(), 3);

    expect(again.at(5, NOW)).toBe(numbering.at(5, NOW));
  });
});

describe("the second of creation", () => {
  it("is that of the stream, for its first shards", () => {
    const stream = newModel().createStream("clicks", { shards: 3 }, NOW + 999);

    expect(stream.shards.map(({ numbering }) => numbering.createdSecond)).toEqual([SECOND, SECOND, SECOND]);
  });

  it("is later for a child than for its parents, in whatever second it was made", () => {
    const stream = newModel().createStream("clicks", { shards: 1 }, NOW);
    stream.put({ partitionKey: "a", data }, NOW);

    const [low, high] = stream.splitShard("shardId-000000000000", NOW);
    const merged = stream.mergeShards(low.shardId, high.shardId, NOW + 60_000);

    const shards = [stream.shard("shardId-000000000000"), low, high, merged];
    expect(shards.map(({ numbering }) => numbering.createdSecond)).toEqual([
      SECOND,
      SECOND + 1,
      SECOND + 1,
      SECOND + 60,
    ]);
    const parent = stream.shard("shardId-000000000000");
    expect(BigInt(low.origin.startingSequenceNumber) > BigInt(parent.closure?.endingSequenceNumber as string)).toBe(
      true,
    );
  });

  it("is never that of a shard of an earlier stream of the name", () => {
    const model = newModel();
    const first = model.createStream("clicks", { shards: 1 }, NOW);
    first.splitShard("shardId-000000000000", NOW);
    model.deleteStream("clicks");
    const second = model.createStream("clicks", { shards: 1 }, NOW);
    model.deleteStream("clicks");

    const third = model.createStream("clicks", { shards: 1 }, NOW + 10_000);
    const other = model.createStream("views", { shards: 1 }, NOW);

    const seconds = [second, third, other].map(({ shards }) => shards[0]?.numbering.createdSecond);
    expect(seconds).toEqual([SECOND + 2, SECOND + 10, SECOND]);
  });
});

it.each(["0", "4957", "x".repeat(56), `8${"0".repeat(55)}`, `40${"0".repeat(54)}`])(
  "%s is no sequence number",
  (text) => {
    expect(isSequenceNumber(text)).toBe(false);
  },
);
