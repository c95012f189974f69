import type { CapacityMode } from "../kinesis-model/stream-settings.js";
import { InputFields } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { Operation } from "./operation.js";

/** UpdateStreamMode: the shards stay. A provisioned stream always distributes by keys. */
export const updateStreamMode: Operation = (input, { model, now }) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  const mode = fields
    .requiredMember("StreamModeDetails")
    .requiredText("StreamMode", { oneOf: ["PROVISIONED", "ON_DEMAND"] }) as CapacityMode;
  fields.done();
  const stream = named.findIn(model);
  stream.requireActive();
  stream.change(mode === "PROVISIONED" ? { mode, recordDistribution: "USER_PARTITION_KEY" } : { mode });
  model.updateLater(stream, now);
  return undefined;
};
