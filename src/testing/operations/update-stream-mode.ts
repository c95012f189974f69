import type { CapacityMode } from "../kinesis-model/stream-settings.js";
import { findStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import { wrongMode } from "./stream-changes.js";
import { requireCommitment } from "./warm-throughput.js";

interface Input {
  readonly StreamARN: string;
  readonly StreamModeDetails: { readonly StreamMode: CapacityMode };
  readonly WarmThroughputMiBps?: number;
}

/** UpdateStreamMode: the shards stay. A provisioned stream always distributes by keys, and has no warm throughput. */
export const updateStreamMode: Operation<Input> = (input, { model, now }) => {
  const { StreamModeDetails: details, WarmThroughputMiBps: warmThroughputMiBps } = input;
  const mode = details.StreamMode;
  const stream = findStream(input, model);
  if (warmThroughputMiBps !== undefined) {
    if (mode !== "ON_DEMAND") throw wrongMode(stream, "Provisioned");
    requireCommitment(model, now);
  }
  stream.requireActive();
  stream.change(mode === "PROVISIONED" ? { mode, recordDistribution: "USER_PARTITION_KEY" } : { mode });
  if (mode === "PROVISIONED" || warmThroughputMiBps !== undefined) stream.changeFeatures({ warmThroughputMiBps });
  model.updateLater(stream, now);
  return undefined;
};
