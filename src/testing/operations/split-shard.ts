import { invalidArgument } from "../kinesis-model/service-error.js";
import { findStream, type NamesStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import { requireProvisioned } from "./stream-changes.js";

interface Input extends NamesStream {
  readonly ShardToSplit: string;
  readonly NewStartingHashKey: string;
}

/** SplitShard: the parent closes and its children open after the time in the model's timing. */
export const splitShard: Operation<Input> = (input, { model, now }) => {
  const { ShardToSplit: shardId, NewStartingHashKey: newStart } = input;
  const stream = findStream(input, model);
  requireProvisioned(stream);
  stream.requireActive();
  const { first, last } = stream.shardToReshard(shardId).origin;
  const start = BigInt(newStart);
  if (start <= first + 1n || start >= last) {
    throw invalidArgument(
      `NewStartingHashKey ${newStart} used in SplitShard() on shard ${shardId} in stream ${stream.identity.name} under account ${stream.identity.accountId} is not both greater than one plus the shard's StartingHashKey ${first} and less than the shard's EndingHashKey ${last}.`,
    );
  }
  stream.shardToReplace(shardId);
  model.reshardLater(stream, now, (at) => stream.splitShard(shardId, at, start));
  return undefined;
};
