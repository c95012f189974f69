import { describeAccountSettings, updateAccountSettings } from "./account-settings-operations.js";
import { addTagsToStream } from "./add-tags-to-stream.js";
import { deleteChannel, describeChannel, listChannels, updateChannel } from "./channels.js";
import { createChannel } from "./create-channel.js";
import { createStream } from "./create-stream.js";
import { decreaseStreamRetentionPeriod } from "./decrease-stream-retention-period.js";
import { deleteStream } from "./delete-stream.js";
import { deregisterStreamConsumer } from "./deregister-stream-consumer.js";
import { describeLimits } from "./describe-limits.js";
import { describeStream } from "./describe-stream.js";
import { describeStreamConsumer } from "./describe-stream-consumer.js";
import { describeStreamSummary } from "./describe-stream-summary.js";
import { disableEnhancedMonitoring, enableEnhancedMonitoring } from "./enhanced-monitoring.js";
import { getRecords } from "./get-records.js";
import { getShardIterator } from "./get-shard-iterator.js";
import { increaseStreamRetentionPeriod } from "./increase-stream-retention-period.js";
import { listShards } from "./list-shards.js";
import { listStreamConsumers } from "./list-stream-consumers.js";
import { listStreams } from "./list-streams.js";
import { listTagsForStream } from "./list-tags-for-stream.js";
import { mergeShards } from "./merge-shards.js";
import type { Operation } from "./operation.js";
import { putRecord } from "./put-record.js";
import { putRecords } from "./put-records.js";
import { registerStreamConsumer } from "./register-stream-consumer.js";
import { removeTagsFromStream } from "./remove-tags-from-stream.js";
import { deleteResourcePolicy, getResourcePolicy, putResourcePolicy } from "./resource-policy.js";
import { listTagsForResource, tagResource, untagResource } from "./resource-tags.js";
import { splitShard } from "./split-shard.js";
import { startStreamEncryption, stopStreamEncryption } from "./stream-encryption.js";
import { subscribeToShard } from "./subscribe-to-shard.js";
import { updateMaxRecordSize } from "./update-max-record-size.js";
import { updateShardCount } from "./update-shard-count.js";
import { updateStreamMode } from "./update-stream-mode.js";
import { updateStreamRecordDistributionStrategy } from "./update-stream-record-distribution-strategy.js";
import { updateStreamWarmThroughput } from "./update-stream-warm-throughput.js";

/** The operations of `LocalKinesis`. */
export type OperationName =
  | "AddTagsToStream"
  | "CreateChannel"
  | "CreateStream"
  | "DecreaseStreamRetentionPeriod"
  | "DeleteChannel"
  | "DeleteResourcePolicy"
  | "DeleteStream"
  | "DeregisterStreamConsumer"
  | "DescribeAccountSettings"
  | "DescribeChannel"
  | "DescribeLimits"
  | "DescribeStream"
  | "DescribeStreamConsumer"
  | "DescribeStreamSummary"
  | "DisableEnhancedMonitoring"
  | "EnableEnhancedMonitoring"
  | "GetRecords"
  | "GetResourcePolicy"
  | "GetShardIterator"
  | "IncreaseStreamRetentionPeriod"
  | "ListChannels"
  | "ListShards"
  | "ListStreamConsumers"
  | "ListStreams"
  | "ListTagsForResource"
  | "ListTagsForStream"
  | "MergeShards"
  | "PutRecord"
  | "PutRecords"
  | "PutResourcePolicy"
  | "RegisterStreamConsumer"
  | "RemoveTagsFromStream"
  | "SplitShard"
  | "StartStreamEncryption"
  | "StopStreamEncryption"
  | "SubscribeToShard"
  | "TagResource"
  | "UntagResource"
  | "UpdateAccountSettings"
  | "UpdateChannel"
  | "UpdateMaxRecordSize"
  | "UpdateShardCount"
  | "UpdateStreamMode"
  | "UpdateStreamRecordDistributionStrategy"
  | "UpdateStreamWarmThroughput";

/** Every operation by its name in the target header. */
export const OPERATIONS: Readonly<Record<OperationName, Operation>> = {
  AddTagsToStream: addTagsToStream,
  CreateChannel: createChannel,
  CreateStream: createStream,
  DecreaseStreamRetentionPeriod: decreaseStreamRetentionPeriod,
  DeleteChannel: deleteChannel,
  DeleteResourcePolicy: deleteResourcePolicy,
  DeleteStream: deleteStream,
  DeregisterStreamConsumer: deregisterStreamConsumer,
  DescribeAccountSettings: describeAccountSettings,
  DescribeChannel: describeChannel,
  DescribeLimits: describeLimits,
  DescribeStream: describeStream,
  DescribeStreamConsumer: describeStreamConsumer,
  DescribeStreamSummary: describeStreamSummary,
  DisableEnhancedMonitoring: disableEnhancedMonitoring,
  EnableEnhancedMonitoring: enableEnhancedMonitoring,
  GetRecords: getRecords,
  GetResourcePolicy: getResourcePolicy,
  GetShardIterator: getShardIterator,
  IncreaseStreamRetentionPeriod: increaseStreamRetentionPeriod,
  ListChannels: listChannels,
  ListShards: listShards,
  ListStreamConsumers: listStreamConsumers,
  ListStreams: listStreams,
  ListTagsForResource: listTagsForResource,
  ListTagsForStream: listTagsForStream,
  MergeShards: mergeShards,
  PutRecord: putRecord,
  PutRecords: putRecords,
  PutResourcePolicy: putResourcePolicy,
  RegisterStreamConsumer: registerStreamConsumer,
  RemoveTagsFromStream: removeTagsFromStream,
  SplitShard: splitShard,
  StartStreamEncryption: startStreamEncryption,
  StopStreamEncryption: stopStreamEncryption,
  SubscribeToShard: subscribeToShard,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateAccountSettings: updateAccountSettings,
  UpdateChannel: updateChannel,
  UpdateMaxRecordSize: updateMaxRecordSize,
  UpdateShardCount: updateShardCount,
  UpdateStreamMode: updateStreamMode,
  UpdateStreamRecordDistributionStrategy: updateStreamRecordDistributionStrategy,
  UpdateStreamWarmThroughput: updateStreamWarmThroughput,
};

/** Whether the name is one of {@link OPERATIONS}. */
export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(OPERATIONS, name);
}
