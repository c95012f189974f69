import { type KinesisClient, MergeShardsCommand, SplitShardCommand } from "@aws-sdk/client-kinesis";
import type { LocalKinesis } from "kinesis-producer/testing";

/** Something that happens at a part of the run. */
export interface Happening {
  /** 0 to 1. */
  readonly at: number;
  readonly text: string;
  run(): unknown;
}

/** The names of the two streams. */
export interface Streams {
  readonly events: string;
  readonly premium: string;
}

/**
 * The operator's day, and the network's: the busiest shard is split and its children are merged, while answers get lost and
 * a permission is missing.
 */
export function happenings(
  kinesis: LocalKinesis,
  client: KinesisClient,
  { events, premium }: Streams,
  isCalm: boolean,
): Happening[] {
  let splitShard = "";
  const reshards: Happening[] = [
    {
      at: 0.3,
      text: "the busiest shard is split",
      async run() {
        const parent = busiestShard(kinesis, events);
        const middle = (BigInt(parent.startingHashKey) + BigInt(parent.endingHashKey) + 1n) / 2n;
        const split = { StreamName: events, ShardToSplit: parent.shardId, NewStartingHashKey: String(middle) };
        await client.send(new SplitShardCommand(split));
        splitShard = parent.shardId;
      },
    },
    {
      at: 0.72,
      text: "its children are merged",
      async run() {
        const pair = kinesis.shards(events).filter(({ parentShardId }) => parentShardId === splitShard);
        const [ShardToMerge, AdjacentShardToMerge] = pair.map(({ shardId }) => shardId);
        await client.send(new MergeShardsCommand({ StreamName: events, ShardToMerge, AdjacentShardToMerge }));
      },
    },
  ];
  if (isCalm) return reshards;
  const fault = (at: number, text: string, line: string): Happening => ({
    at,
    text,
    run: () => void kinesis.faults.add(line),
  });
  const lost = "PutRecords reset at=after-storing";
  return [
    ...reshards,
    fault(0.2, "an answer to a server gets lost", `${lost} stream=${events} times=1`),
    fault(0.45, "two answers to servers get lost", `${lost} stream=${events} times=2`),
    fault(0.52, "an answer to the filter gets lost", `${lost} stream=${premium} times=1`),
    fault(
      0.62,
      "the filter has no permission for one request",
      `PutRecords error code=AccessDeniedException stream=${premium} times=1`,
    ),
  ];
}

function busiestShard(kinesis: LocalKinesis, stream: string): ReturnType<LocalKinesis["shards"]>[number] {
  const bytes = new Map(kinesis.oracle.shardCounts(stream).map((count) => [count.shardId, count.bytes]));
  const [busiest] = kinesis
    .shards(stream)
    .filter(({ endingSequenceNumber }) => endingSequenceNumber === undefined)
    .sort((a, b) => (bytes.get(b.shardId) ?? 0) - (bytes.get(a.shardId) ?? 0));
  if (busiest === undefined) throw new Error(`the stream ${stream} has no open shard`);
  return busiest;
}
