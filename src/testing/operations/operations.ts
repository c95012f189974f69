import { createStream } from "./create-stream.js";
import { deleteStream } from "./delete-stream.js";
import { describeStream } from "./describe-stream.js";
import { describeStreamSummary } from "./describe-stream-summary.js";
import { getRecords } from "./get-records.js";
import { getShardIterator } from "./get-shard-iterator.js";
import { listShards } from "./list-shards.js";
import { listStreams } from "./list-streams.js";
import { mergeShards } from "./merge-shards.js";
import type { Operation } from "./operation.js";
import { putRecord } from "./put-record.js";
import { putRecords } from "./put-records.js";
import { splitShard } from "./split-shard.js";
import { updateShardCount } from "./update-shard-count.js";

/** The operations that `LocalKinesis` answers. */
export type OperationName =
  | "CreateStream"
  | "DeleteStream"
  | "DescribeStream"
  | "DescribeStreamSummary"
  | "GetRecords"
  | "GetShardIterator"
  | "ListShards"
  | "ListStreams"
  | "MergeShards"
  | "PutRecord"
  | "PutRecords"
  | "SplitShard"
  | "UpdateShardCount";

/** Every operation by the name that the target header says. */
export const OPERATIONS: Readonly<Record<OperationName, Operation>> = {
  CreateStream: createStream,
  DeleteStream: deleteStream,
  DescribeStream: describeStream,
  DescribeStreamSummary: describeStreamSummary,
  GetRecords: getRecords,
  GetShardIterator: getShardIterator,
  ListShards: listShards,
  ListStreams: listStreams,
  MergeShards: mergeShards,
  PutRecord: putRecord,
  PutRecords: putRecords,
  SplitShard: splitShard,
  UpdateShardCount: updateShardCount,
};

/** Whether the name is one of {@link OPERATIONS}. */
export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(OPERATIONS, name);
}
