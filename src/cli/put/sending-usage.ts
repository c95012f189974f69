import type { StreamStats } from "../../index.js";

/** How records were packed and sent, from the producer's statistics. */
export interface SendingUsage {
  /** Data of the delivered records. */
  readonly bytes: number;
  /** Kinesis records that the service accepted. */
  readonly kinesisRecords: number;
  /** PutRecords requests. */
  readonly requests: number;
  /** Kinesis records that the service refused because their shard was over its limit. */
  readonly throttled: number;
  /** Kinesis records that were sent again, for any reason. */
  readonly retries: number;
  /** The age of the oldest record that is not settled, in milliseconds. */
  readonly oldestAgeMs: number;
}

/** Nothing was sent. */
export const NO_USAGE: SendingUsage = {
  bytes: 0,
  kinesisRecords: 0,
  requests: 0,
  throttled: 0,
  retries: 0,
  oldestAgeMs: 0,
};

/** Reads the statistics of one stream. */
export function usageOfStream({
  bytesDelivered,
  kinesisRecordsAccepted,
  kinesisRecordsThrottled,
  requests,
  retries,
  oldestAgeMs,
}: StreamStats): SendingUsage {
  return {
    bytes: bytesDelivered,
    kinesisRecords: kinesisRecordsAccepted,
    requests,
    throttled: kinesisRecordsThrottled,
    retries,
    oldestAgeMs,
  };
}

/** The usage of two streams together. */
export function addUsage(one: SendingUsage, other: SendingUsage): SendingUsage {
  return {
    bytes: one.bytes + other.bytes,
    kinesisRecords: one.kinesisRecords + other.kinesisRecords,
    requests: one.requests + other.requests,
    throttled: one.throttled + other.throttled,
    retries: one.retries + other.retries,
    oldestAgeMs: Math.max(one.oldestAgeMs, other.oldestAgeMs),
  };
}
