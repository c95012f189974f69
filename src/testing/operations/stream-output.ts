import type { StreamModel } from "../kinesis-model/stream-model.js";
import type { JsonObject } from "./operation.js";

/** What every description of a stream begins with. */
export function streamSummaryOutput(stream: StreamModel): JsonObject {
  return {
    StreamName: stream.identity.name,
    StreamARN: stream.identity.arn,
    StreamStatus: stream.status,
    StreamModeDetails: { StreamMode: stream.settings.mode },
    StreamCreationTimestamp: stream.identity.createdAt / 1000,
  };
}

/** What both descriptions of one stream have in common. */
export function streamDescriptionOutput(stream: StreamModel): JsonObject {
  return {
    ...streamSummaryOutput(stream),
    RetentionPeriodHours: stream.settings.retentionHours,
    EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
    EncryptionType: "NONE",
  };
}
