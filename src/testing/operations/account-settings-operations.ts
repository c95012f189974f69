import type { KinesisModel } from "../kinesis-model/kinesis-model.js";
import type { JsonObject, Operation } from "./operation.js";

/** DescribeAccountSettings. */
export const describeAccountSettings: Operation<object> = (_, { model, now }) => settingsOutput(model, now);

interface Input {
  readonly MinimumThroughputBillingCommitment: { readonly Status: "ENABLED" | "DISABLED" };
}

/** UpdateAccountSettings: a commitment ends when it is a day old, not earlier. */
export const updateAccountSettings: Operation<Input> = (input, { model, now }) => {
  if (input.MinimumThroughputBillingCommitment.Status === "ENABLED") model.account.commit(now);
  else model.account.end(now);
  return settingsOutput(model, now);
};

function settingsOutput({ account }: KinesisModel, now: number): JsonObject {
  const state = account.stateAt(now);
  if (state === undefined) return { MinimumThroughputBillingCommitment: { Status: "DISABLED" } };
  const { startedAt, endsAt, isInForce, earliestEndAt } = state;
  const status = isInForce ? (endsAt === undefined ? "ENABLED" : "ENABLED_UNTIL_EARLIEST_ALLOWED_END") : "DISABLED";
  return {
    MinimumThroughputBillingCommitment: {
      Status: status,
      StartedAt: startedAt / 1000,
      EndedAt: isInForce || endsAt === undefined ? undefined : endsAt / 1000,
      EarliestAllowedEndAt: earliestEndAt / 1000,
    },
  };
}
