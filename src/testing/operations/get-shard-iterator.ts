import { writeShardIterator } from "../kinesis-model/shard-iterator.js";
import { InputFields, NAME_RULE } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import { positionOf, readStartingPosition } from "./starting-position.js";

/** GetShardIterator: open and closed shards alike. */
export const getShardIterator: Operation = (input, { model, now, guard }) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  const shardId = fields.requiredText("ShardId", NAME_RULE);
  const start = readStartingPosition(fields, { type: "ShardIteratorType", sequenceNumber: "StartingSequenceNumber" });
  fields.done();
  const stream = model.usable(named.findIn(model));
  const shard = stream.shard(shardId);
  guard?.beforeRead("GetShardIterator", stream, shard, now);
  const position = positionOf(shard, start, now);
  return { ShardIterator: writeShardIterator({ stream, shard, position }, now) };
};
