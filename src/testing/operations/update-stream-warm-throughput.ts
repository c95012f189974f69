import { findStream, type NamesStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import { wrongMode } from "./stream-changes.js";
import { requireCommitment, warmThroughputOutput } from "./warm-throughput.js";

/** UpdateStreamWarmThroughput: of on-demand streams, in accounts with the commitment. Nothing scales. */
export const updateStreamWarmThroughput: Operation<NamesStream & { readonly WarmThroughputMiBps: number }> = (
  input,
  { model, now },
) => {
  const stream = findStream(input, model);
  if (stream.settings.mode !== "ON_DEMAND") throw wrongMode(stream, "Provisioned");
  requireCommitment(model, now);
  stream.requireActive();
  stream.changeFeatures({ warmThroughputMiBps: input.WarmThroughputMiBps });
  model.updateLater(stream, now);
  const { name, arn } = stream.identity;
  return { StreamARN: arn, StreamName: name, WarmThroughput: warmThroughputOutput(stream) };
};
