import type { RecordDistribution } from "../../core/ports.js";
import { invalidArgument } from "../kinesis-model/service-error.js";
import type { CapacityMode } from "../kinesis-model/stream-settings.js";
import { InputFields, NAME_RULE } from "./input-fields.js";
import type { Operation } from "./operation.js";
import { readTags } from "./tags-input.js";

/** CreateStream: the stream is CREATING for the time in the model's timing. */
export const createStream: Operation = (input, { model, now }) => {
  const fields = new InputFields(input);
  const name = fields.requiredText("StreamName", NAME_RULE);
  const shards = fields.integer("ShardCount", { min: 1, max: 10_000 });
  const maxRecordKib = fields.integer("MaxRecordSizeInKiB", { min: 1024, max: 10_240 });
  const mode = fields.member("StreamModeDetails")?.requiredText("StreamMode", { oneOf: ["PROVISIONED", "ON_DEMAND"] });
  const strategy = fields.text("RecordDistributionStrategy", { oneOf: ["AUTO", "USER_PARTITION_KEY"] });
  const tags = readTags(fields);
  fields.done();
  if (mode !== "ON_DEMAND") {
    if (strategy !== undefined) {
      throw invalidArgument("RecordDistributionStrategy is supported for streams in the on-demand capacity mode only.");
    }
    if (shards === undefined)
      throw invalidArgument("ShardCount is required for a stream in the provisioned capacity mode.");
  }
  model.createStreamLater(
    name,
    {
      mode: (mode ?? "PROVISIONED") as CapacityMode,
      ...(shards === undefined ? {} : { shards }),
      ...(maxRecordKib === undefined ? {} : { maxRecordBytes: maxRecordKib * 1024 }),
      ...(strategy === undefined ? {} : { recordDistribution: strategy as RecordDistribution }),
    },
    now,
  );
  model.stream(name).addTags(tags);
  return undefined;
};
