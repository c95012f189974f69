import { expect, test } from "vitest";

import { evenShards, shardIdOf } from "../../../src/testing/even-shards.js";
import { acceptAll, acceptByRange, requestFailure } from "../../../src/testing/scripted-answers.js";
import { textsOf, virtualProducer } from "../../support/virtual-producer.js";

const PARENT = evenShards(1);
const CHILDREN = evenShards(2, 1).map((shard) => ({ ...shard, parentShardId: shardIdOf(0) }));
const [LEFT, RIGHT] = [shardIdOf(1), shardIdOf(2)];
const LOW = "0";

test("an aggregate of one key that was in flight when its shard lost its trust waits for the range: keys may be ignored by now", async () => {
  const { clock, transport, directory, put, start } = virtualProducer({ lingerMs: 0 }, PARENT);
  directory.summaries.always(requestFailure("AccessDeniedException", { statusCode: 400 }));
  await start();
  directory.listings.always({ kind: "shards", shards: PARENT });
  transport.next("hold", acceptAll(LEFT));
  const records = [put({ explicitHashKey: LOW, data: "a" }), put({ explicitHashKey: LOW, data: "b" })];
  await clock.settle();
  put({ explicitHashKey: LOW, data: "evidence" });
  await clock.advanceAsync(1);

  transport.held[0]?.answer(acceptAll(RIGHT));
  await clock.advanceAsync(1);
  expect(records.map(({ state }) => state)).toEqual(["pending", "pending"]);
  directory.listings.always({ kind: "shards", shards: CHILDREN });
  transport.always(acceptByRange(CHILDREN));
  await clock.advanceAsync(4_000);

  expect(records.map(({ value }) => value?.shardId)).toEqual([LEFT, LEFT]);
  expect(records.map(({ value }) => value?.attempts[0]?.errorCode)).toEqual(["WrongShard", "WrongShard"]);
});

test("an aggregate of one key where that key does not belong goes again raw: keys may be ignored by now", async () => {
  const { clock, transport, directory, put, start } = virtualProducer({}, evenShards(2));
  await start();
  // It was not so when the stream was asked last.
  directory.summaries.always("hold");
  transport.next(acceptAll(shardIdOf(1)));
  const records = [put({ explicitHashKey: LOW, data: "a" }), put({ explicitHashKey: LOW, data: "b" })];

  await clock.advanceAsync(1_000);

  expect(records.map(({ value }) => value?.shardId)).toEqual([shardIdOf(0), shardIdOf(0)]);
  expect(transport.requests.map(({ entries }) => entries.map(textsOf))).toEqual([[["a", "b"]], [["a"], ["b"]]]);
});
