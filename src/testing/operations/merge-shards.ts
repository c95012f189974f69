import { InputFields, NAME_RULE } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { Operation } from "./operation.js";

/** MergeShards: the parents are closed and the child is open when the answer comes. */
export const mergeShards: Operation = (input, { model, now }) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  const shardId = fields.requiredText("ShardToMerge", NAME_RULE);
  const adjacentShardId = fields.requiredText("AdjacentShardToMerge", NAME_RULE);
  fields.done();
  named.findIn(model).mergeShards(shardId, adjacentShardId, now);
  return undefined;
};
