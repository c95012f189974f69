import type { Operation } from "./operation.js";
import { readRetention } from "./retention-input.js";

/** DecreaseStreamRetentionPeriod: takes effect with the answer; older records are gone for good. */
export const decreaseStreamRetentionPeriod: Operation = (input, scope) => {
  const { stream, retentionHours } = readRetention(input, scope, "decrease");
  stream.change({ retentionHours });
  stream.expire(scope.now);
  scope.model.updateLater(stream, scope.now);
  return undefined;
};
