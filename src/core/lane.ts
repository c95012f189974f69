import type { Aggregator } from "./aggregator.js";
import type { ShardBudget } from "./buffer-budget.js";
import type { Deadlined } from "./deadline-heap.js";
import { LaneQueue } from "./lane-queue.js";
import type { PendingKinesisRecord } from "./pending-kinesis-record.js";
import type { Pause } from "./retry-policy.js";
import type { ShardLimiter } from "./shard-limiter.js";
import type { HashRange, OpenShard } from "./shard-map.js";

/** What a lane is made of. */
export interface LaneParts {
  /** The predicted shard; absent on the lanes of records that have none. */
  readonly shard?: OpenShard;
  readonly aggregator: Aggregator;
  readonly limiter: ShardLimiter;
  readonly pause: Pause;
  /** The share of the buffer that its records count in. */
  readonly budget: ShardBudget;
  /** Whether records of one key stay in order: then no two Kinesis records that share a key are on their way at once. */
  readonly isOrdered?: boolean;
}

/**
 * What a lane gives when it is asked for a Kinesis record. `blocked`: not before `Lane.blockedUntil`. `apart`: it goes in
 * a request of another company.
 */
export type TakeOutcome = PendingKinesisRecord | "empty" | "blocked" | "does-not-fit" | "apart";

/** What a request still takes. */
export interface RequestRoom {
  readonly bytes: number;
  /** See `PendingKinesisRecord.company`; undefined while the request is empty. */
  readonly company: number | undefined;
}

/** Room of a request that is empty: one Kinesis record fits, however large. */
export const ANY_ROOM: RequestRoom = { bytes: Number.POSITIVE_INFINITY, company: undefined };

/**
 * Everything that goes to one predicted shard: the aggregate that is still growing, those that are complete, and those
 * that come back, in the order in which they will go; and what says when: the pause, the hold, the limiter, and where
 * order is kept, what is on its way.
 */
export class Lane implements Deadlined {
  heapIndex = -1;
  deadline = 0;
  readonly shard: OpenShard | undefined;
  readonly limiter: ShardLimiter;
  readonly pause: Pause;
  readonly budget: ShardBudget;
  /** User records of it that are in flight. */
  recordsInFlight = 0;
  /** Nothing goes while a refresh of the shard map decides about this shard. */
  heldUntil: number = Number.NEGATIVE_INFINITY;
  /** Nothing goes while something of an older lane, with hash keys of this one, is on its way. */
  isBarred = false;
  /** What waits, in the order in which it will go. */
  readonly queue: LaneQueue;
  #tokensAt: number = Number.NEGATIVE_INFINITY;
  readonly #isOrdered: boolean;
  /** Where order is kept: what is on its way or waits for a verdict, and whether nothing at all may go beside it. */
  readonly #onItsWay: Map<PendingKinesisRecord, "alone" | "beside-other-keys"> = new Map();
  #alone = 0;

  constructor(parts: LaneParts) {
    this.shard = parts.shard;
    this.limiter = parts.limiter;
    this.pause = parts.pause;
    this.budget = parts.budget;
    this.queue = new LaneQueue(parts.aggregator);
    this.#isOrdered = parts.isOrdered ?? false;
  }

  /** The hash keys of its records; all there are when it has no shard. */
  get range(): HashRange | undefined {
    return this.shard?.range;
  }

  /** Whether something is on its way that others must not overtake. */
  get isBusy(): boolean {
    return this.#onItsWay.size > 0;
  }

  /** The pause, the hold and the limiter's last word: nothing goes before this moment. Infinity: not before an answer. */
  get blockedUntil(): number {
    if (this.isBarred || this.#isTaken) return Number.POSITIVE_INFINITY;
    return Math.max(this.pause.until, this.heldUntil, this.#tokensAt);
  }

  /** The moment at which the lane has something to do; Infinity when it is empty. */
  nextAt(lingerMs: number): number {
    const dueAt = this.queue.dueAt(lingerMs);
    return dueAt === Number.POSITIVE_INFINITY ? dueAt : Math.max(dueAt, this.blockedUntil);
  }

  /** Takes the oldest Kinesis record that is due by `horizon`, and its tokens with it. */
  tryTake(now: number, horizon: number, lingerMs: number, room: RequestRoom): TakeOutcome {
    if (this.blockedUntil > now) return "blocked";
    const front = this.queue.front(now, horizon, lingerMs);
    if (front === undefined) return "empty";
    if (room.company !== undefined && room.company !== front.company) return "apart";
    const bytes = front.wireBytes;
    if (bytes > room.bytes) return "does-not-fit";
    if (!this.limiter.tryTake(bytes, now, front.oldestAt)) {
      const { kinesisRecords, bytes: waitingBytes } = this.queue;
      this.#tokensAt = this.limiter.retryAt(bytes, kinesisRecords, waitingBytes, now, front.oldestAt);
      return "blocked";
    }
    this.queue.takeFront();
    if (this.#isOrdered) this.#send(front);
    return front;
  }

  /**
   * A Kinesis record is not on its way any more: it is settled, or about to come back.
   *
   * @returns whether that may let something else go
   */
  release(record: PendingKinesisRecord): boolean {
    const how = this.#onItsWay.get(record);
    if (how === undefined) return false;
    this.#onItsWay.delete(record);
    if (how === "alone") this.#alone--;
    else this.queue.openKey(record.keyName);
    return true;
  }

  #send(record: PendingKinesisRecord): void {
    if (this.queue.aggregator.packing === "shard") {
      // It may hold any key of the shard.
      this.#onItsWay.set(record, "alone");
      this.#alone++;
      return;
    }
    this.#onItsWay.set(record, "beside-other-keys");
    this.queue.closeKey(record.keyName);
  }

  get #isTaken(): boolean {
    if (this.#alone > 0) return true;
    return this.#onItsWay.size > 0 && this.queue.aggregator.packing === "shard";
  }
}
