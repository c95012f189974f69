import type { Operation } from "./operation.js";
import { type RetentionInput, streamToRetain } from "./retention-change.js";

/** IncreaseStreamRetentionPeriod: takes effect with the answer; expired records stay gone. */
export const increaseStreamRetentionPeriod: Operation<RetentionInput> = (input, scope) => {
  const stream = streamToRetain(input, scope, "increase");
  if (stream === undefined) return undefined;
  stream.expire(scope.now);
  stream.change({ retentionHours: input.RetentionPeriodHours });
  scope.model.updateLater(stream, scope.now);
  return undefined;
};
