import type { StreamRef } from "../core/ports.js";

/** The SDK's parameters for a stream: only the ARN if it is known, otherwise the name. */
export function sdkStream({ streamName, streamArn }: StreamRef): { StreamARN: string } | { StreamName: string } {
  return streamArn === undefined ? { StreamName: streamName } : { StreamARN: streamArn };
}
