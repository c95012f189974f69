import { writeShardIterator } from "../kinesis-model/shard-iterator.js";
import { endDryRun, type MayBeDryRun } from "./dry-run.js";
import { findStream, type NamesStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import { checkNoNumber, type PositionType, positionOf } from "./starting-position.js";

interface Input extends NamesStream, MayBeDryRun {
  readonly ShardId: string;
  readonly ShardIteratorType: PositionType;
  readonly StartingSequenceNumber?: string;
  readonly Timestamp?: number;
}

/** GetShardIterator: open and closed shards alike. */
export const getShardIterator: Operation<Input> = (input, { model, now, guard }) => {
  const stream = model.usable(findStream(input, model));
  const shard = stream.shard(input.ShardId);
  const start = {
    type: input.ShardIteratorType,
    sequenceNumber: input.StartingSequenceNumber,
    timestamp: input.Timestamp,
    operation: "GetShardIterator",
  };
  checkNoNumber(start);
  const position = positionOf(stream, shard, start, now);
  endDryRun(input);
  guard?.beforeRead("GetShardIterator", stream, shard, now);
  return { ShardIterator: writeShardIterator({ stream, shard, position }, now) };
};
