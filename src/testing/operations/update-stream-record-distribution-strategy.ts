import type { RecordDistribution } from "../../core/ports.js";
import { invalidArgument } from "../kinesis-model/service-error.js";
import { findStream } from "./named-stream.js";
import type { Operation } from "./operation.js";

interface Input {
  readonly StreamARN: string;
  readonly RecordDistributionStrategy: RecordDistribution;
}

/** UpdateStreamRecordDistributionStrategy: takes effect at once, in both directions, for later records. */
export const updateStreamRecordDistributionStrategy: Operation<Input> = (input, { model }) => {
  const stream = findStream(input, model);
  if (stream.settings.mode !== "ON_DEMAND") {
    throw invalidArgument("RecordDistributionStrategy is supported for streams in the on-demand capacity mode only.");
  }
  stream.change({ recordDistribution: input.RecordDistributionStrategy });
  return undefined;
};
