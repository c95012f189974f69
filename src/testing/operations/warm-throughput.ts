import type { KinesisModel } from "../kinesis-model/kinesis-model.js";
import { ServiceError } from "../kinesis-model/service-error.js";
import type { StreamModel } from "../kinesis-model/stream-model.js";
import type { JsonObject } from "./operation.js";

/** @throws ServiceError unless the account has the commitment that warm throughput needs. The text is not the service's. */
export function requireCommitment({ account, options }: KinesisModel, now: number): void {
  if (account.stateAt(now)?.isInForce === true) return;
  throw new ServiceError(
    "ValidationException",
    `Request is invalid. Account ${options.accountId} does not have MinimumThroughputBillingCommitment enabled, which warm throughput needs.`,
  );
}

/** The API's WarmThroughputObject structure; undefined for a stream without it. */
export function warmThroughputOutput({ features }: StreamModel): JsonObject | undefined {
  const { warmThroughputMiBps: mibps } = features;
  return mibps === undefined ? undefined : { TargetMiBps: mibps, CurrentMiBps: mibps };
}
