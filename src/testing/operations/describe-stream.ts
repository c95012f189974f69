import { findStream, type NamesStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import { shardOutput } from "./shard-output.js";
import { streamDescriptionOutput } from "./stream-output.js";

/** Shards of one answer when the request has no limit. Source: "DescribeStream", API Reference. */
const DEFAULT_LIMIT = 100;

interface Input extends NamesStream {
  readonly Limit?: number;
  readonly ExclusiveStartShardId?: string;
}

/** DescribeStream: open and closed shards, page by page. */
export const describeStream: Operation<Input> = (input, { model, now, isListStale }) => {
  const { Limit: limit = DEFAULT_LIMIT, ExclusiveStartShardId: after } = input;
  const stream = findStream(input, model);
  const listed = stream.isFormed ? stream.listing(now, isListStale) : [];
  const shards = listed.filter(({ shard }) => after === undefined || shard.shardId > after);
  return {
    StreamDescription: {
      ...streamDescriptionOutput(stream),
      Shards: shards.slice(0, limit).map(shardOutput),
      HasMoreShards: shards.length > limit,
    },
  };
};
