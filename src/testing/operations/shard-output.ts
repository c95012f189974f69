import type { ListedShard } from "../kinesis-model/listed-shards.js";
import type { Shard } from "../kinesis-model/shard.js";
import type { JsonObject } from "./operation.js";

/** The API's HashKeyRange structure. */
export function hashKeyRangeOutput(shard: Shard): JsonObject {
  return { StartingHashKey: String(shard.origin.first), EndingHashKey: String(shard.origin.last) };
}

/** The API's Shard structure. Undefined fields are not in the JSON text. */
export function shardOutput({ shard, closure }: ListedShard): JsonObject {
  return {
    ShardId: shard.shardId,
    ParentShardId: shard.origin.parentShardId,
    AdjacentParentShardId: shard.origin.adjacentParentShardId,
    HashKeyRange: hashKeyRangeOutput(shard),
    SequenceNumberRange: {
      StartingSequenceNumber: shard.origin.startingSequenceNumber,
      EndingSequenceNumber: closure?.endingSequenceNumber,
    },
  };
}
