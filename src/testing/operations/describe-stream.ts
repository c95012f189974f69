import { InputFields, NAME_RULE } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import { shardOutput } from "./shard-output.js";
import { streamDescriptionOutput } from "./stream-output.js";

/** Shards of one answer when the request has no limit. Source: "DescribeStream", API Reference. */
const DEFAULT_LIMIT = 100;

/** DescribeStream: open and closed shards, page by page. */
export const describeStream: Operation = (input, { model, now, isListStale }) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  const limit = fields.integer("Limit", { min: 1, max: 10_000 }) ?? DEFAULT_LIMIT;
  const after = fields.text("ExclusiveStartShardId", NAME_RULE);
  fields.done();
  const stream = named.findIn(model);
  const listed = stream.status === "CREATING" ? [] : stream.listing(now, isListStale);
  const shards = listed.filter(({ shard }) => after === undefined || shard.shardId > after);
  return {
    StreamDescription: {
      ...streamDescriptionOutput(stream),
      Shards: shards.slice(0, limit).map(shardOutput),
      HasMoreShards: shards.length > limit,
    },
  };
};
