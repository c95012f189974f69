import type { JsonObject } from "../../src/testing/operations/operation.js";
import type { OperationName } from "../../src/testing/operations/operations.js";

/** The stream that the inputs name. */
export const STREAM: string = "clicks";
const ARN = `arn:aws:kinesis:us-east-1:000000000000:stream/${STREAM}`;
/** The first shard of the stream. */
export const SHARD: string = "shardId-000000000000";
const RECORD = { PartitionKey: "a", ExplicitHashKey: "5", Data: "eHl6" };

/** An input with every field that an operation reads. Operations that are missing here have no required field. */
export const OPERATION_INPUTS: Readonly<Partial<Record<OperationName, JsonObject>>> = {
  AddTagsToStream: { StreamName: STREAM, Tags: { team: "web" } },
  CreateStream: {
    ...{ StreamName: "views", ShardCount: 2, MaxRecordSizeInKiB: 1024, Tags: { team: "web" } },
    StreamModeDetails: { StreamMode: "ON_DEMAND" },
    RecordDistributionStrategy: "AUTO",
  },
  DecreaseStreamRetentionPeriod: { StreamName: STREAM, RetentionPeriodHours: 24 },
  DeleteStream: { StreamName: STREAM, EnforceConsumerDeletion: true },
  DeregisterStreamConsumer: { StreamARN: ARN, ConsumerName: "app", ConsumerARN: `${ARN}/consumer/app:1` },
  DescribeLimits: {},
  DescribeStream: { StreamName: STREAM, Limit: 10, ExclusiveStartShardId: SHARD },
  DescribeStreamConsumer: { StreamARN: ARN, ConsumerName: "app", ConsumerARN: `${ARN}/consumer/app:1` },
  DescribeStreamSummary: { StreamName: STREAM, StreamARN: ARN },
  GetRecords: { ShardIterator: "made below", Limit: 10, StreamARN: ARN },
  GetShardIterator: {
    ...{ StreamName: STREAM, ShardId: SHARD, ShardIteratorType: "AT_SEQUENCE_NUMBER" },
    ...{ StartingSequenceNumber: "1", Timestamp: 1 },
  },
  IncreaseStreamRetentionPeriod: { StreamName: STREAM, RetentionPeriodHours: 48 },
  ListShards: {
    ...{ StreamName: STREAM, MaxResults: 10, ExclusiveStartShardId: SHARD },
    ShardFilter: { Type: "AT_TIMESTAMP", Timestamp: 1, ShardId: SHARD },
  },
  ListStreamConsumers: { StreamARN: ARN, MaxResults: 10, NextToken: "e30" },
  ListStreams: { Limit: 10, ExclusiveStartStreamName: "a", NextToken: "WyJhIl0" },
  ListTagsForStream: { StreamName: STREAM, Limit: 10, ExclusiveStartTagKey: "a" },
  MergeShards: { StreamName: STREAM, ShardToMerge: SHARD, AdjacentShardToMerge: "shardId-000000000001" },
  PutRecord: { StreamName: STREAM, ...RECORD, SequenceNumberForOrdering: "1" },
  PutRecords: { StreamName: STREAM, Records: [RECORD, { PartitionKey: "b", Data: "" }] },
  RegisterStreamConsumer: { StreamARN: ARN, ConsumerName: "app" },
  RemoveTagsFromStream: { StreamName: STREAM, TagKeys: ["team"] },
  SplitShard: { StreamName: STREAM, ShardToSplit: SHARD, NewStartingHashKey: "1000" },
  UpdateMaxRecordSize: { StreamName: STREAM, MaxRecordSizeInKiB: 2048 },
  UpdateShardCount: { StreamName: STREAM, TargetShardCount: 2, ScalingType: "UNIFORM_SCALING" },
  UpdateStreamMode: { StreamARN: ARN, StreamModeDetails: { StreamMode: "ON_DEMAND" } },
  UpdateStreamRecordDistributionStrategy: { StreamARN: ARN, RecordDistributionStrategy: "AUTO" },
};
