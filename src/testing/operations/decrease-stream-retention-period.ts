import type { Operation } from "./operation.js";
import { type RetentionInput, streamToRetain } from "./retention-change.js";

/** DecreaseStreamRetentionPeriod: takes effect with the answer; older records are gone for good. */
export const decreaseStreamRetentionPeriod: Operation<RetentionInput> = (input, scope) => {
  const stream = streamToRetain(input, scope, "decrease");
  if (stream === undefined) return undefined;
  stream.change({ retentionHours: input.RetentionPeriodHours });
  stream.expire(scope.now);
  scope.model.updateLater(stream, scope.now);
  return undefined;
};
