import type { Operation } from "./operation.js";
import { readRetention } from "./retention-input.js";

/** IncreaseStreamRetentionPeriod: takes effect with the answer; expired records stay gone. */
export const increaseStreamRetentionPeriod: Operation = (input, scope) => {
  const { stream, retentionHours } = readRetention(input, scope, "increase");
  stream.expire(scope.now);
  stream.change({ retentionHours });
  scope.model.updateLater(stream, scope.now);
  return undefined;
};
