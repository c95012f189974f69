import { ServiceError } from "../kinesis-model/service-error.js";

/** The member of an input that asks whether a request would succeed. */
export interface MayBeDryRun {
  readonly DryRun?: boolean;
}

/**
 * Ends a request that was only a question, after all of its checks and before its effect.
 *
 * @throws ServiceError when the input asks for it
 */
export function endDryRun({ DryRun: isDryRun }: MayBeDryRun): void {
  if (isDryRun !== true) return;
  throw new ServiceError(
    "DryRunOperationException",
    "The request was rejected because the DryRun parameter was specified.",
  );
}
