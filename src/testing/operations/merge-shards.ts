import { findStream, type NamesStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import { requireProvisioned } from "./stream-changes.js";

interface Input extends NamesStream {
  readonly ShardToMerge: string;
  readonly AdjacentShardToMerge: string;
}

/** MergeShards: the parents close and their child opens after the time in the model's timing. */
export const mergeShards: Operation<Input> = (input, { model, now }) => {
  const { ShardToMerge: shardId, AdjacentShardToMerge: adjacentShardId } = input;
  const stream = findStream(input, model);
  requireProvisioned(stream);
  stream.requireActive();
  stream.checkNeighbours(shardId, adjacentShardId);
  model.reshardLater(stream, now, (at) => stream.mergeShards(shardId, adjacentShardId, at));
  return undefined;
};
