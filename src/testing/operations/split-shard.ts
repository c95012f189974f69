import { invalidArgument } from "../kinesis-model/service-error.js";
import { HASH_KEY_RULE, InputFields, NAME_RULE } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { Operation } from "./operation.js";

/** SplitShard: the parent closes and its children open after the time in the model's timing. */
export const splitShard: Operation = (input, { model, now }) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  const shardId = fields.requiredText("ShardToSplit", NAME_RULE);
  const newStart = fields.requiredText("NewStartingHashKey", HASH_KEY_RULE);
  fields.done();
  const stream = named.findIn(model);
  stream.requireActive();
  const { first, last } = stream.shard(shardId).origin;
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
