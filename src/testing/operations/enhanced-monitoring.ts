import type { StreamModel } from "../kinesis-model/stream-model.js";
import { findStream, type NamesStream } from "./named-stream.js";
import type { JsonObject, Operation, OperationScope } from "./operation.js";

/** Every metric, in the order of answers. Source: the example of "enable-enhanced-monitoring", AWS CLI. */
const METRICS: readonly string[] = [
  "IncomingBytes",
  "OutgoingRecords",
  "IteratorAgeMilliseconds",
  "IncomingRecords",
  "ReadProvisionedThroughputExceeded",
  "WriteProvisionedThroughputExceeded",
  "OutgoingBytes",
];

interface Input extends NamesStream {
  readonly ShardLevelMetrics: readonly string[];
}

/** EnableEnhancedMonitoring: the metrics are shown. Nothing measures them. */
export const enableEnhancedMonitoring: Operation<Input> = (input, scope) =>
  change(input, scope, (present, named) => present || named);

/** DisableEnhancedMonitoring. */
export const disableEnhancedMonitoring: Operation<Input> = (input, scope) =>
  change(input, scope, (present, named) => present && !named);

/** @param stays - whether a metric is on afterwards: whether it is on now, whether the input names it */
function change(
  input: Input,
  { model, now }: OperationScope,
  stays: (present: boolean, named: boolean) => boolean,
): JsonObject {
  const stream: StreamModel = findStream(input, model);
  stream.requireActive();
  const current = stream.features.shardLevelMetrics;
  const named = input.ShardLevelMetrics.includes("ALL") ? METRICS : input.ShardLevelMetrics;
  const desired = METRICS.filter((metric) => stays(current.includes(metric), named.includes(metric)));
  stream.changeFeatures({ shardLevelMetrics: desired });
  model.updateLater(stream, now);
  const { name, arn } = stream.identity;
  return {
    StreamName: name,
    CurrentShardLevelMetrics: current,
    DesiredShardLevelMetrics: desired,
    StreamARN: arn,
  };
}
