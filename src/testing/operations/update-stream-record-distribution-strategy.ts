import type { RecordDistribution } from "../../core/ports.js";
import { invalidArgument } from "../kinesis-model/service-error.js";
import { InputFields } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { Operation } from "./operation.js";

/** UpdateStreamRecordDistributionStrategy: takes effect at once, in both directions, for later records. */
export const updateStreamRecordDistributionStrategy: Operation = (input, { model }) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  const recordDistribution = fields.requiredText("RecordDistributionStrategy", {
    oneOf: ["AUTO", "USER_PARTITION_KEY"],
  }) as RecordDistribution;
  fields.done();
  const stream = named.findIn(model);
  if (stream.settings.mode !== "ON_DEMAND") {
    throw invalidArgument("RecordDistributionStrategy is supported for streams in the on-demand capacity mode only.");
  }
  stream.change({ recordDistribution });
  return undefined;
};
