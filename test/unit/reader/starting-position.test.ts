import { expect, it } from "vitest";
import { filterFor, positionIn, type ReadableShard, shardsToRead } from "../../../src/reader/starting-position.js";

const range = { startingHashKey: "0", endingHashKey: "1" };
const shard = (shardId: string, ...parentShardIds: string[]): ReadableShard => ({ shardId, parentShardIds, range });

it("leaves out the ancestors of a shard that was read before, and reads the others from their beginning", () => {
  const listed = [shard("a"), shard("b", "a"), shard("c", "a"), shard("d", "c", "x"), shard("x"), shard("z")];
  const from = { after: { d: "42" } };

  expect(shardsToRead(from, listed).map(({ shardId }) => shardId)).toEqual(["b", "d", "z"]);
  expect(positionIn("d", from)).toEqual({ ShardIteratorType: "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber: "42" });
  expect(positionIn("b", from)).toEqual({ ShardIteratorType: "TRIM_HORIZON" });
});

it("asks for the shards that its position can be in", () => {
  const timestamp = new Date(5);

  expect(filterFor("TRIM_HORIZON")).toBeUndefined();
  expect(filterFor({ after: {} })).toBeUndefined();
  expect(filterFor("LATEST")).toEqual({ Type: "AT_LATEST" });
  expect(filterFor({ timestamp })).toEqual({ Type: "FROM_TIMESTAMP", Timestamp: timestamp });
  expect(positionIn("a", { timestamp })).toEqual({ ShardIteratorType: "AT_TIMESTAMP", Timestamp: timestamp });
});
