import type { KinesisClient } from "@aws-sdk/client-kinesis";
import { describe, expect, it } from "vitest";
import { readFailureOf } from "../../../src/reader/read-failure.js";
import { StreamCalls } from "../../../src/reader/stream-calls.js";

const RANGE = { StartingHashKey: "0", EndingHashKey: "99" };
const SHARD = { ShardId: "shardId-000000000000", HashKeyRange: RANGE };
const RECORD = { SequenceNumber: "7", PartitionKey: "k", Data: Uint8Array.of(1) };

/** The calls of a reader whose client gives these answers, one after the other. */
function callsOf(...answers: unknown[]): StreamCalls {
  const client = { send: async () => answers.shift() } as unknown as KinesisClient;
  return new StreamCalls(client, { StreamName: "clicks" }, new AbortController().signal, 30_000);
}

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  const error = await call.then(
    (value) => ({ value }),
    (reason: unknown) => reason,
  );
  return [(error as Error).name, readFailureOf(error)];
}

const TORN = ["UnreadableAnswer", "transient"];

describe("a torn answer is none, and is asked for again", () => {
  it.each([
    [undefined],
    [null],
    [{}],
    [{ Records: null }],
    [{ Records: {}, NextShardIterator: "next" }],
    [{ MillisBehindLatest: 0 }],
    [{ ChildShards: [SHARD] }],
    [{ Records: [null], NextShardIterator: "next" }],
    [{ Records: [{ ...RECORD, Data: undefined }], NextShardIterator: "next" }],
    [{ Records: [{ ...RECORD, SequenceNumber: undefined }], NextShardIterator: "next" }],
    [{ Records: [], ChildShards: [{ ShardId: "shardId-000000000001" }] }],
    [{ Records: [], ChildShards: [{ HashKeyRange: RANGE }] }],
  ])("of GetRecords: %j", async (answer) => {
    expect(await failureOf(callsOf(answer).getRecords("here", 10))).toEqual(TORN);
  });

  it.each([[undefined], [null], [{}], [{ ShardIterator: null }], [{ ShardIterator: "" }]])(
    "of GetShardIterator: %j",
    async (answer) => {
      const position = { ShardIteratorType: "LATEST" } as const;
      expect(await failureOf(callsOf(answer).shardIterator(SHARD.ShardId, position))).toEqual(TORN);
    },
  );

  it.each([
    [undefined],
    [{}],
    [{ Shards: null }],
    [{ Shards: [] }],
    [{ Shards: [null] }],
    [{ Shards: [{ ShardId: "shardId-000000000000" }] }],
  ])("of ListShards: %j", async (answer) => {
    expect(await failureOf(callsOf(answer).listShards(undefined))).toEqual(TORN);
  });

  it("of ListShards, on the second page", async () => {
    const calls = callsOf({ Shards: [SHARD], NextToken: "more" }, {});

    expect(await failureOf(calls.listShards(undefined))).toEqual(TORN);
  });
});

describe("a whole answer", () => {
  it("of GetRecords at the end of a closed shard has an empty list, and the children", async () => {
    const child = { ShardId: "shardId-000000000001", ParentShards: [SHARD.ShardId], HashKeyRange: RANGE };
    const answer = { Records: [], ChildShards: [child], MillisBehindLatest: 0, NextShardIterator: null };

    expect(await callsOf(answer).getRecords("here", 10)).toEqual({
      records: [],
      millisBehind: 0,
      nextIterator: undefined,
      children: [
        {
          shardId: "shardId-000000000001",
          parentShardIds: [SHARD.ShardId],
          range: { startingHashKey: "0", endingHashKey: "99" },
        },
      ],
    });
  });

  it("of GetRecords may lack what is not told of every stream: a partition key, how far behind it is", async () => {
    const { PartitionKey, ...keyless } = RECORD;
    const answer = { Records: [keyless], NextShardIterator: "next" };

    expect(await callsOf(answer).getRecords("here", 10)).toMatchObject({
      records: [keyless],
      millisBehind: undefined,
      nextIterator: "next",
    });
  });

  it("of ListShards may have no parents, or null for them", async () => {
    const answer = { Shards: [{ ...SHARD, ParentShardId: null }], NextToken: null };

    expect(await callsOf(answer).listShards(undefined)).toMatchObject([{ parentShardIds: [] }]);
  });
});
