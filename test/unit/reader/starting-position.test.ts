import { expect, it } from "vitest";
import {
  filterFor,
  namedShards,
  positionIn,
  type ReadableShard,
  shardsToRead,
} from "../../../src/reader/starting-position.js";

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

it("names the shards that there are when one is asked for that is not there", () => {
  const listed = Array.from({ length: 12 }, (_, i) => shard(`s${i}`));

  expect(namedShards(["s3", "s1"], listed).map(({ shardId }) => shardId)).toEqual(["s1", "s3"]);
  expect(() => namedShards(["s1", "x"], listed)).toThrow(/got "x"; those are s0, s1, .*, s9, and 2 more$/);
});
