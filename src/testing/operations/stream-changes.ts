import { ServiceError } from "../kinesis-model/service-error.js";
import type { StreamModel } from "../kinesis-model/stream-model.js";
import { MAX_SHARDS } from "../kinesis-model/stream-settings.js";

/** An error for a request that does not fit the capacity mode of the stream. */
export function wrongMode(
  { identity: { name, accountId } }: StreamModel,
  mode: "On-Demand" | "Provisioned",
): ServiceError {
  return new ServiceError(
    "ValidationException",
    `Request is invalid. Stream ${name} under account ${accountId} is in ${mode} mode.`,
  );
}

/** @throws ServiceError for an on-demand stream: the service alone reshards it. The text is moto's. */
export function requireProvisioned(stream: StreamModel): void {
  if (stream.settings.mode === "ON_DEMAND") throw wrongMode(stream, "On-Demand");
}

/** An error for a stream of too many shards. Source of the bound: "UpdateShardCount", API Reference. */
export function tooManyShards(count: number): ServiceError {
  return new ServiceError("LimitExceededException", `A stream can have ${MAX_SHARDS} shards, got ${count}.`);
}
