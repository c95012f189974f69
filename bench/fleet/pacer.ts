/** What paces one producer's records for one shard: `ShardLimiter`, or something that is measured beside it. */
export interface Pacer {
  /** Whether one Kinesis record of this many bytes may go now; if so it is counted as gone. */
  tryTake(bytes: number, now: number, oldestAt: number): boolean;
  /** When to ask again after a refusal. */
  retryAt(frontBytes: number, waitingRecords: number, waitingBytes: number, now: number, oldestAt: number): number;
  onThrottled(startedAt: number, now: number): void;
  onAccepted?(now: number): void;
}
