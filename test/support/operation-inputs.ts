import type { JsonObject } from "../../src/testing/operations/operation.js";
import type { OperationName } from "../../src/testing/operations/operations.js";

/** The stream that the inputs name. */
export const STREAM: string = "clicks";
const ARN = `arn:aws:kinesis:us-east-1:000000000000:stream/${STREAM}`;
/** The first shard of the stream. */
export const SHARD: string = "shardId-000000000000";
const RECORD = { PartitionKey: "a", ExplicitHashKey: "5", Data: "eHl6" };

const CHANNEL = `${ARN.slice(0, ARN.indexOf(":stream/"))}:channel/table`;
const BUCKET = { BucketARN: "arn:aws:s3:::events", ExpectedBucketOwner: "000000000000" };
const LOGGING = { CloudWatchLogs: { Enabled: true, LogGroupName: "/aws/kinesis", LogStreamName: "delivery" } };

/** An input with every field that an operation reads. Operations that are missing here have no field. */
export const OPERATION_INPUTS: Readonly<Partial<Record<OperationName, JsonObject>>> = {
  AddTagsToStream: { StreamName: STREAM, Tags: { team: "web" } },
  CreateChannel: {
    ...{ ChannelName: "table", ServiceExecutionRoleARN: "arn:aws:iam::000000000000:role/delivery" },
    StreamConfigurationList: [
      {
        StreamARN: ARN.replace(STREAM, "wide"),
        RecordConfiguration: {
          ...{ RecordFormatType: "GSR_JSON", GSRSchemaARN: "arn:aws:glue:us-east-1:000000000000:schema/a/b" },
        },
      },
    ],
    S3DestinationConfiguration: {
      ...{ DataFreshnessInSeconds: 300, DeadLetterQueueS3Configuration: { ...BUCKET, ErrorOutputPrefix: "errors/" } },
      StorageConfiguration: {
        ...{ ...BUCKET, OutputKeyTemplate: "a/{b}", StorageClass: "STANDARD", CompressionType: "GZIP" },
      },
    },
    EncryptionConfiguration: { EncryptionType: "KMS", KeyId: "alias/own" },
    ...{ Tags: { team: "web" }, LoggingConfiguration: LOGGING },
  },
  CreateStream: {
    ...{ StreamName: "views", ShardCount: 2, MaxRecordSizeInKiB: 1024, Tags: { team: "web" } },
    StreamModeDetails: { StreamMode: "ON_DEMAND" },
    RecordDistributionStrategy: "AUTO",
  },
  DecreaseStreamRetentionPeriod: { StreamName: STREAM, RetentionPeriodHours: 24 },
  DeleteChannel: { ChannelARN: CHANNEL },
  DeleteResourcePolicy: { ResourceARN: ARN },
  DeleteStream: { StreamName: STREAM, EnforceConsumerDeletion: true },
  DeregisterStreamConsumer: { StreamARN: ARN, ConsumerName: "app", ConsumerARN: `${ARN}/consumer/app:1` },
  DescribeChannel: { ChannelARN: CHANNEL },
  DescribeStream: { StreamName: STREAM, Limit: 10, ExclusiveStartShardId: SHARD },
  DescribeStreamConsumer: { StreamARN: ARN, ConsumerName: "app", ConsumerARN: `${ARN}/consumer/app:1` },
  DescribeStreamSummary: { StreamName: STREAM, StreamARN: ARN },
  DisableEnhancedMonitoring: { StreamName: STREAM, ShardLevelMetrics: ["ALL"] },
  EnableEnhancedMonitoring: { StreamName: STREAM, ShardLevelMetrics: ["IncomingBytes", "OutgoingBytes"] },
  GetRecords: { ShardIterator: "made below", Limit: 10, StreamARN: ARN },
  GetResourcePolicy: { ResourceARN: ARN },
  GetShardIterator: {
    ...{ StreamName: STREAM, ShardId: SHARD, ShardIteratorType: "AT_SEQUENCE_NUMBER" },
    ...{ StartingSequenceNumber: "1", Timestamp: 1, DryRun: false },
  },
  IncreaseStreamRetentionPeriod: { StreamName: STREAM, RetentionPeriodHours: 48 },
  ListChannels: {
    ...{ StreamFilter: [{ StreamARN: ARN, StreamCreationTimestamp: 1 }], MaxResults: 10, NextToken: "e30" },
  },
  ListShards: {
    ...{ StreamName: STREAM, MaxResults: 10, ExclusiveStartShardId: SHARD },
    ShardFilter: { Type: "AT_TIMESTAMP", Timestamp: 1, ShardId: SHARD },
  },
  ListStreamConsumers: { StreamARN: ARN, MaxResults: 10, NextToken: "e30" },
  ListStreams: { Limit: 10, ExclusiveStartStreamName: "a", NextToken: "WyJhIl0" },
  ListTagsForResource: { ResourceARN: ARN },
  ListTagsForStream: { StreamName: STREAM, Limit: 10, ExclusiveStartTagKey: "a" },
  MergeShards: { StreamName: STREAM, ShardToMerge: SHARD, AdjacentShardToMerge: "shardId-000000000001" },
  PutRecord: { StreamName: STREAM, ...RECORD, SequenceNumberForOrdering: "1" },
  PutRecords: { StreamName: STREAM, Records: [RECORD, { PartitionKey: "b", Data: "" }] },
  PutResourcePolicy: { ResourceARN: ARN, Policy: '{"Version":"2012-10-17","Statement":[]}' },
  RegisterStreamConsumer: { StreamARN: ARN, ConsumerName: "app", Tags: { team: "web" } },
  RemoveTagsFromStream: { StreamName: STREAM, TagKeys: ["team"] },
  SplitShard: { StreamName: STREAM, ShardToSplit: SHARD, NewStartingHashKey: "1000" },
  StartStreamEncryption: { StreamName: STREAM, EncryptionType: "KMS", KeyId: "alias/aws/kinesis" },
  StopStreamEncryption: { StreamName: STREAM, EncryptionType: "KMS", KeyId: "alias/aws/kinesis" },
  TagResource: { ResourceARN: ARN, Tags: { team: "web" } },
  UntagResource: { ResourceARN: ARN, TagKeys: ["team"] },
  UpdateAccountSettings: { MinimumThroughputBillingCommitment: { Status: "ENABLED" } },
  UpdateChannel: {
    ...{ ChannelARN: CHANNEL, LoggingConfiguration: LOGGING },
    S3DestinationConfiguration: { DataFreshnessInSeconds: 600 },
  },
  UpdateMaxRecordSize: { StreamName: STREAM, MaxRecordSizeInKiB: 2048 },
  UpdateShardCount: { StreamName: STREAM, TargetShardCount: 2, ScalingType: "UNIFORM_SCALING" },
  UpdateStreamMode: { StreamARN: ARN, StreamModeDetails: { StreamMode: "ON_DEMAND" }, WarmThroughputMiBps: 1 },
  UpdateStreamRecordDistributionStrategy: { StreamARN: ARN, RecordDistributionStrategy: "AUTO" },
  UpdateStreamWarmThroughput: { StreamARN: ARN, WarmThroughputMiBps: 10 },
};
