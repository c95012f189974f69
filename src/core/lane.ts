import type { Aggregator } from "./aggregator.js";
import type { Deadlined } from "./deadline-heap.js";
import { LaneQueue } from "./lane-queue.js";
import type { PendingKinesisRecord } from "./pending-kinesis-record.js";
import type { Pause } from "./retry-policy.js";
import type { ShardLimiter } from "./shard-limiter.js";
import type { OpenShard } from "./shard-map.js";

/** What a lane is made of. */
export interface LaneParts {
  /** The predicted shard; absent on the lanes of records that have none. */
  readonly shard?: OpenShard;
  readonly aggregator: Aggregator;
  readonly limiter: ShardLimiter;
  readonly pause: Pause;
}

/** What a lane gives when it is asked for a Kinesis record. `blocked`: not before `Lane.blockedUntil`. */
export type TakeOutcome = PendingKinesisRecord | "empty" | "blocked" | "does-not-fit";

/**
 * Everything that goes to one predicted shard: the aggregate that is still growing, those that are complete, and those
 * that come back, in the order in which they will go; and what says when: the pause, the hold, the limiter.
 */
export class Lane implements Deadlined {
  heapIndex = -1;
  deadline = 0;
  readonly shard: OpenShard | undefined;
  readonly limiter: ShardLimiter;
  readonly pause: Pause;
  /** Nothing goes while a refresh of the shard map decides about this shard. */
  heldUntil: number = Number.NEGATIVE_INFINITY;
  /** What waits, in the order in which it will go. */
  readonly queue: LaneQueue;
  #tokensAt: number = Number.NEGATIVE_INFINITY;

  constructor(parts: LaneParts) {
    this.shard = parts.shard;
    this.limiter = parts.limiter;
    this.pause = parts.pause;
    this.queue = new LaneQueue(parts.aggregator);
  }

  /** The pause, the hold and the limiter's last word: nothing goes before this moment. */
  get blockedUntil(): number {
    return Math.max(this.pause.until, this.heldUntil, this.#tokensAt);
  }

  /** The moment at which the lane has something to do; Infinity when it is empty. */
  nextAt(lingerMs: number): number {
    const dueAt = this.queue.dueAt(lingerMs);
    return dueAt === Number.POSITIVE_INFINITY ? dueAt : Math.max(dueAt, this.blockedUntil);
  }

  /**
   * Takes the oldest Kinesis record that is due by `horizon`, and its tokens with it.
   *
   * @param room - bytes the request still has room for
   */
  tryTake(now: number, horizon: number, lingerMs: number, room: number): TakeOutcome {
    if (this.blockedUntil > now) return "blocked";
    const front = this.queue.front(horizon, lingerMs);
    if (front === undefined) return "empty";
    const bytes = front.wireBytes;
    if (bytes > room) return "does-not-fit";
    if (!this.limiter.tryTake(bytes, now)) {
      this.#tokensAt = this.limiter.retryAt(bytes, this.queue.kinesisRecords, this.queue.bytes, now);
      return "blocked";
    }
    this.queue.takeFront();
    return front;
  }
}
