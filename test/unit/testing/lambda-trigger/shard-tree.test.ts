import { expect, it } from "vitest";
import { ShardTree } from "../../../../src/testing/lambda-trigger/shard-tree.js";
import type { ListedShard } from "../../../../src/testing/lambda-trigger/stream-source.js";

const shard = (shardId: string, ...parentShardIds: string[]): ListedShard => ({ shardId, parentShardIds });

it("gives each shard once, children after parents, and the child of a merge after both", () => {
  const tree = new ShardTree();
  tree.add([shard("a"), shard("b"), shard("c", "a"), shard("d", "c", "b")]);

  expect(tree.takeReady()).toEqual(["a", "b"]);
  expect(tree.takeReady()).toEqual([]);
  tree.finish("a");
  expect(tree.takeReady()).toEqual(["c"]);
  tree.finish("c");
  expect(tree.takeReady()).toEqual([]);
  tree.finish("b");
  expect(tree.takeReady()).toEqual(["d"]);
});

it("waits for a parent that only a listing knows: a child of a shard that is being read", () => {
  const tree = new ShardTree();
  const listed = [shard("a"), shard("b"), shard("c", "a"), shard("d", "c", "b")];
  tree.add(listed.slice(0, 2));
  tree.takeReady();
  tree.addDescendants(listed);
  tree.finish("b");

  expect(tree.takeReady()).toEqual([]);
});

it("does not wait for parents before its start, and leaves strangers out", () => {
  const tree = new ShardTree();
  tree.add([shard("c", "a")]);

  tree.addDescendants([shard("a"), shard("b", "a"), shard("c", "a"), shard("d", "c")]);

  expect(tree.takeReady()).toEqual(["c"]);
  tree.finish("c");
  expect(tree.takeReady()).toEqual(["d"]);
});
