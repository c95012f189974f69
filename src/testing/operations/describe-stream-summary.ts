import { findStream, type NamesStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import { streamDescriptionOutput } from "./stream-output.js";
import { warmThroughputOutput } from "./warm-throughput.js";

/** DescribeStreamSummary: only on-demand streams have a record distribution strategy in it. */
export const describeStreamSummary: Operation<NamesStream> = (input, { model }) => {
  const stream = findStream(input, model);
  const { mode, maxRecordBytes, recordDistribution } = stream.settings;
  return {
    StreamDescriptionSummary: {
      ...streamDescriptionOutput(stream),
      OpenShardCount: stream.isFormed ? stream.openShards.length : 0,
      ConsumerCount: stream.consumers.all.length,
      WarmThroughput: warmThroughputOutput(stream),
      MaxRecordSizeInKiB: maxRecordBytes / 1024,
      ChannelCount: model.channels.of(stream.identity.arn).length,
      RecordDistributionStrategy: mode === "ON_DEMAND" ? recordDistribution : undefined,
      QueueCount: 0,
    },
  };
};
