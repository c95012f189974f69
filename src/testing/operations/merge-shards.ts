import { InputFields, NAME_RULE } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { Operation } from "./operation.js";

/** MergeShards: the parents close and their child opens after the time in the model's timing. */
export const mergeShards: Operation = (input, { model, now }) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  const shardId = fields.requiredText("ShardToMerge", NAME_RULE);
  const adjacentShardId = fields.requiredText("AdjacentShardToMerge", NAME_RULE);
  fields.done();
  const stream = named.findIn(model);
  stream.requireActive();
  stream.neighboursToMerge(shardId, adjacentShardId);
  model.reshardLater(stream, now, (at) => stream.mergeShards(shardId, adjacentShardId, at));
  return undefined;
};
