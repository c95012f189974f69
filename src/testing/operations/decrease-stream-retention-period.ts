import { invalidArgument } from "../kinesis-model/service-error.js";
import { MAX_RETENTION_HOURS, MIN_RETENTION_HOURS } from "../kinesis-model/stream-settings.js";
import { InputFields } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { Operation } from "./operation.js";

/** DecreaseStreamRetentionPeriod: takes effect with the answer; older records are gone for good. */
export const decreaseStreamRetentionPeriod: Operation = (input, { model, now }) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  const hours = fields.requiredInteger("RetentionPeriodHours", { min: MIN_RETENTION_HOURS, max: MAX_RETENTION_HOURS });
  fields.done();
  const stream = named.findIn(model);
  stream.requireActive();
  const current = stream.settings.retentionHours;
  if (hours > current) {
    throw invalidArgument(
      `Requested retention period (${hours} hours) for stream ${stream.identity.name} is more than the existing retention period (${current} hours).`,
    );
  }
  stream.change({ retentionHours: hours });
  stream.expire(now);
  model.updateLater(stream, now);
  return undefined;
};
