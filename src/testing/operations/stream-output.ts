import type { StreamModel } from "../kinesis-model/stream-model.js";
import type { JsonObject } from "./operation.js";

/** The first fields of every description of a stream. */
export function streamSummaryOutput(stream: StreamModel): JsonObject {
  return {
    StreamName: stream.identity.name,
    StreamARN: stream.identity.arn,
    StreamStatus: stream.status,
    StreamModeDetails: { StreamMode: stream.settings.mode },
    StreamCreationTimestamp: stream.identity.createdAt / 1000,
  };
}

/** The common fields of both descriptions of a stream. */
export function streamDescriptionOutput(stream: StreamModel): JsonObject {
  return {
    ...streamSummaryOutput(stream),
    RetentionPeriodHours: stream.settings.retentionHours,
    EnhancedMonitoring: [{ ShardLevelMetrics: stream.features.shardLevelMetrics }],
    EncryptionType: stream.encryptionType ?? "NONE",
    KeyId: stream.features.keyId,
  };
}
