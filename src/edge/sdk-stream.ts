import type { StreamRef } from "../core/ports.js";

/** How the SDK's commands name a stream: by its ARN when there is one, and then by nothing else. */
export function sdkStream({ streamName, streamArn }: StreamRef): { StreamARN: string } | { StreamName: string } {
  return streamArn === undefined ? { StreamName: streamName } : { StreamARN: streamArn };
}
