/** Paces one producer's records for one shard: `ShardLimiter`, or an alternative. */
export interface Pacer {
  /** Whether one Kinesis record of this many bytes may be sent now. If so, it is counted as sent. */
  tryTake(bytes: number, now: number, oldestAt: number): boolean;
  /** When to try again after a refusal. */
  retryAt(frontBytes: number, waitingRecords: number, waitingBytes: number, now: number, oldestAt: number): number;
  onThrottled(startedAt: number, now: number): void;
  onAccepted?(now: number): void;
}
