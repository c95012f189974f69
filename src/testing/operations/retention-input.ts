import { invalidArgument } from "../kinesis-model/service-error.js";
import type { StreamModel } from "../kinesis-model/stream-model.js";
import { MAX_RETENTION_HOURS, MIN_RETENTION_HOURS } from "../kinesis-model/stream-settings.js";
import { InputFields } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { JsonObject, OperationScope } from "./operation.js";

/**
 * The active stream of a change of the retention period, and the hours that are wanted.
 *
 * @param change - what the operation can do to the period
 */
export function readRetention(
  input: JsonObject,
  { model }: OperationScope,
  change: "increase" | "decrease",
): { readonly stream: StreamModel; readonly retentionHours: number } {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  const retentionHours = fields.requiredInteger("RetentionPeriodHours", {
    min: MIN_RETENTION_HOURS,
    max: MAX_RETENTION_HOURS,
  });
  fields.done();
  const stream = named.findIn(model);
  stream.requireActive();
  const current = stream.settings.retentionHours;
  if (change === "increase" ? retentionHours < current : retentionHours > current) {
    const comparison = change === "increase" ? "less" : "more";
    throw invalidArgument(
      `Requested retention period (${retentionHours} hours) for stream ${stream.identity.name} is ${comparison} than the existing retention period (${current} hours).`,
    );
  }
  return { stream, retentionHours };
}
