import { InputFields } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import { streamDescriptionOutput } from "./stream-output.js";

/** DescribeStreamSummary: only on-demand streams have a record distribution strategy in it. */
export const describeStreamSummary: Operation = (input, { model }) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  fields.done();
  const stream = named.findIn(model);
  const { mode, maxRecordBytes, recordDistribution } = stream.settings;
  return {
    StreamDescriptionSummary: {
      ...streamDescriptionOutput(stream),
      OpenShardCount: stream.status === "CREATING" ? 0 : stream.openShards.length,
      ConsumerCount: stream.consumers.all.length,
      MaxRecordSizeInKiB: maxRecordBytes / 1024,
      RecordDistributionStrategy: mode === "ON_DEMAND" ? recordDistribution : undefined,
    },
  };
};
