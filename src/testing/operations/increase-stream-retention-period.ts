import type { Operation } from "./operation.js";
import { readRetention } from "./retention-input.js";

/** IncreaseStreamRetentionPeriod: records can be read for longer, from the answer on; what had expired stays gone. */
export const increaseStreamRetentionPeriod: Operation = (input, scope) => {
  const { stream, retentionHours } = readRetention(input, scope, "increase");
  stream.expire(scope.now);
  stream.change({ retentionHours });
  scope.model.updateLater(stream, scope.now);
  return undefined;
};
