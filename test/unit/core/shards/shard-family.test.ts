import { expect, it } from "vitest";
import { ShardFamily } from "../../../../src/core/shards/shard-family.js";
import type { ReadableShard } from "../../../../src/reader/starting-position.js";

const range = { startingHashKey: "0", endingHashKey: "1" };
const shard = (shardId: string, ...parentShardIds: string[]): ReadableShard => ({ shardId, parentShardIds, range });

function family(...shards: ReadableShard[]): {
  readonly family: ShardFamily<ReadableShard>;
  readonly ready: () => string[];
} {
  const made = new ShardFamily<ReadableShard>();
  made.add(shards);
  return { family: made, ready: () => made.takeReady().map(({ shardId }) => shardId) };
}

it("holds a child back until both parents of a merge have been read", () => {
  const { family: shards, ready } = family(shard("c", "a", "b"), shard("a"), shard("b"));

  expect(ready()).toEqual(["a", "b"]);
  shards.markRead("a");
  expect(ready()).toEqual([]);
  shards.markRead("b");
  expect(ready()).toEqual(["c"]);
  expect(ready()).toEqual([]);
});

it("does not wait for a parent that is not read here", () => {
  const { ready } = family(shard("b", "expired"));

  expect(ready()).toEqual(["b"]);
});

it("does not change a shard that is added again", () => {
  const { family: shards, ready } = family(shard("a"));
  ready();
  shards.add([shard("a"), shard("b", "a")]);

  expect(ready()).toEqual([]);
  shards.markRead("a");
  expect(ready()).toEqual(["b"]);
});

it("takes in what descends from a member however far, and nothing else", () => {
  const { family: shards } = family(shard("a"));

  shards.addDescendants([shard("d", "c", "x"), shard("c", "b"), shard("b", "a"), shard("x"), shard("y", "x")]);

  expect(["a", "b", "c", "d", "x", "y"].filter((id) => shards.has(id))).toEqual(["a", "b", "c", "d"]);
});

it("holds back the child of two shards that are being read, though a listing brought it later", () => {
  const { family: shards, ready } = family(shard("a"), shard("b"));
  ready();
  shards.addDescendants([shard("a"), shard("b"), shard("c", "a"), shard("d", "c", "b")]);
  shards.markRead("b");

  expect(ready()).toEqual([]);
  shards.markRead("a");
  expect(ready()).toEqual(["c"]);
  shards.markRead("c");
  expect(ready()).toEqual(["d"]);
});
