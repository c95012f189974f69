import type { ShardBudget } from "../buffer-budget.js";
import { PacedTime } from "../pacing/paced-time.js";
import type { FailureFacts, Pause } from "../pacing/retry-policy.js";
import type { ShardLimiter } from "../pacing/shard-limiter.js";
import type { PendingKinesisRecord } from "../record/pending-kinesis-record.js";
import type { HashRange, OpenShard } from "../shards/shard-map.js";
import { type AggregateLimits, type Aggregator, newAggregator, type Packing } from "./aggregator.js";
import type { Deadlined } from "./deadline-heap.js";
import { LaneQueue, type Waiting } from "./lane-queue.js";
import type { Press } from "./press.js";

/** The parts of a lane. */
export interface LaneParts {
  /** The predicted shard; absent on the lanes of records without one. */
  readonly shard?: OpenShard;
  readonly aggregator: Aggregator;
  readonly limiter: ShardLimiter;
  readonly pause: Pause;
  /** The share of the buffer in which its records count. */
  readonly budget: ShardBudget;
  /** Whether records of one key stay in order: then no two Kinesis records that share a key are in flight at once. */
  readonly isOrdered?: boolean;
  /** Compresses the records before they go; absent without compression. */
  readonly press?: Press | undefined;
  /** The codec has answered: the lane may be due. Without a result if the record has left the lane. */
  readonly onPressed?: (lane: Lane, result: Pressed | undefined) => void;
}

/**
 * The outcome of a record at the codec. `kept`: it is not smaller when it is compressed, or the codec has failed.
 * `divided`: it was too large; its parts are compressed again. Bytes are as Kinesis counts them.
 */
export interface Pressed {
  readonly outcome: "compressed" | "kept" | "divided";
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/**
 * The answer of a lane that is asked for a Kinesis record. `blocked`: not before `Lane.blockedUntil`. `apart`: the
 * record goes in a request of another isolation group.
 */
export type TakeOutcome = PendingKinesisRecord | "empty" | "blocked" | "does-not-fit" | "apart";

/** The room that a request still has. */
export interface RequestRoom {
  readonly bytes: number;
  /** See `PendingKinesisRecord.isolationGroup`; undefined while the request is empty. */
  readonly isolationGroup: number | undefined;
}

/** The room of an empty request: one Kinesis record of any size fits. */
export const ANY_ROOM: RequestRoom = { bytes: Number.POSITIVE_INFINITY, isolationGroup: undefined };

/**
 * All Kinesis records for one predicted shard, in the order in which they will go: the growing aggregate, complete
 * ones, and those that come back. The pause, the hold and the limiter decide when they go; where order is kept, the
 * records in flight decide too.
 */
export class Lane implements Deadlined {
  heapIndex = -1;
  deadline = 0;
  readonly shard: OpenShard | undefined;
  readonly limiter: ShardLimiter;
  readonly pause: Pause;
  readonly budget: ShardBudget;
  /** User records of this lane that are in flight. */
  recordsInFlight = 0;
  /** Nothing goes while a refresh of the shard map decides about this shard. */
  heldUntil: number = Number.NEGATIVE_INFINITY;
  /** Nothing goes while a record of an older lane, with hash keys of this one, is in flight. */
  isBarred = false;
  /** The latest refusal of one of its records, for messages. */
  refusal: FailureFacts | undefined = undefined;
  /** For how many milliseconds the limiter, or a pause after throttling, held back the record that was taken last. */
  pacedMs = 0;
  readonly #paced: PacedTime = new PacedTime();
  /** The records that wait, in the order in which they will go. */
  readonly queue: LaneQueue;
  #tokensAt: number = Number.NEGATIVE_INFINITY;
  readonly #isOrdered: boolean;
  readonly press: Press | undefined;
  readonly #onPressed: NonNullable<LaneParts["onPressed"]>;
  /**
   * In ordered mode: the records in flight or held, and whether another record may be in flight beside each.
   */
  readonly #inFlight: Map<PendingKinesisRecord, "alone" | "beside-other-keys"> = new Map();
  #alone = 0;

  constructor(parts: LaneParts) {
    this.shard = parts.shard;
    this.limiter = parts.limiter;
    this.pause = parts.pause;
    this.budget = parts.budget;
    this.queue = new LaneQueue(parts.aggregator);
    this.#isOrdered = parts.isOrdered ?? false;
    this.press = parts.press;
    this.#onPressed = parts.onPressed ?? nothing;
  }

  /** The hash keys of its records; undefined, which means all, when it has no shard. */
  get range(): HashRange | undefined {
    return this.shard?.range;
  }

  /** Whether a record is in flight that others must not overtake. */
  get isBusy(): boolean {
    return this.#inFlight.size > 0;
  }

  /**
   * Nothing goes before this moment, because of the pause, the hold or the limiter. Infinity: not before an answer, or
   * before the record in front is compressed.
   */
  get blockedUntil(): number {
    if (this.isBarred || this.#isTaken) return Number.POSITIVE_INFINITY;
    if (this.press?.isBusy === true && !this.queue.isFrontPressed) return Number.POSITIVE_INFINITY;
    return Math.max(this.pause.until, this.heldUntil, this.#tokensAt);
  }

  /** The latest moment for which the limiter has held a record back; -Infinity before the first. */
  get tokensAt(): number {
    return this.#tokensAt;
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
    if (room.isolationGroup !== undefined && room.isolationGroup !== front.isolationGroup) return "apart";
    if (this.#compresses && !front.isPressed) return "blocked";
    const bytes = front.wireBytes;
    if (bytes > room.bytes) return "does-not-fit";
    if (!this.limiter.tryTake(bytes, now, front.oldestAt)) return this.#waitForTokens(bytes, front, now, lingerMs);
    this.pacedMs = this.#paced.hasBegun ? this.#paced.of(this.queue.dueSince(front, lingerMs), now) : 0;
    this.queue.takeFront();
    if (this.#isOrdered) this.#send(front);
    return front;
  }

  #waitForTokens(bytes: number, front: PendingKinesisRecord, now: number, lingerMs: number): "blocked" {
    const { kinesisRecords, bytes: waitingBytes } = this.queue;
    const waiting = this.press?.storedOf(waitingBytes) ?? waitingBytes;
    this.#tokensAt = this.limiter.retryAt(bytes, kinesisRecords, waiting, now, front.oldestAt);
    this.#paced.extend(this.queue.dueSince(front, lingerMs), now, this.#tokensAt);
    return "blocked";
  }

  /** The pause after throttling has begun, and counts as pacing. */
  onThrottledPause(now: number): void {
    this.#paced.extend(now, now, this.pause.until);
  }

  /** The records that could go in a request: with compression, the compressed ones in front. */
  get ready(): Waiting {
    return this.#compresses ? this.queue.pressed() : this.queue;
  }

  /** Whether records are compressed before they go. Without an envelope they are not. */
  get #compresses(): boolean {
    return this.press !== undefined && this.queue.aggregator.packing !== "none";
  }

  /**
   * Begins to compress the next record that is due, if there is one and the lane could send it. While tokens are missing, an
   * aggregate rather goes on growing.
   *
   * @param aheadBytes - when this many compressed bytes wait, nothing more is compressed
   */
  maybePress(now: number, lingerMs: number, aheadBytes: number): void {
    const { press, queue } = this;
    if (press === undefined || press.isBusy || !this.#compresses || this.isBarred) return;
    if (Math.max(this.pause.until, this.heldUntil) > now) return;
    const ahead = queue.pressed();
    if (ahead.bytes >= aheadBytes) return;
    const next =
      queue.completeAt(ahead.kinesisRecords) ?? (this.#isTaken ? undefined : queue.dueGrowing(now, lingerMs));
    if (next === undefined) return;
    const bytes = press.storedOf(next.wireBytes);
    if (this.limiter.hasTokens(ahead.bytes + bytes, now, next.oldestAt)) this.#press(press, next);
    else if (ahead.kinesisRecords === 0) this.#waitForTokens(bytes, next, now, lingerMs);
  }

  #press(press: Press, record: PendingKinesisRecord): void {
    this.queue.beginPress(record);
    press.begin(record, (take) => {
      const { maxCount } = press;
      const { packing } = this.queue.aggregator;
      let result: Pressed | undefined;
      const seen = (): number | undefined => {
        const bytesBefore = record.wireBytes;
        const partBytes = take();
        if (partBytes !== undefined || record.isPressed) result = pressed(record, bytesBefore);
        return partBytes;
      };
      this.queue.endPress(seen, (whole, maxBytes) => divided(whole, packing, { maxBytes, maxCount }));
      this.#onPressed(this, result);
    });
  }

  /**
   * A Kinesis record is no longer in flight: it is settled, or about to come back.
   *
   * @returns whether another record may go because of this
   */
  release(record: PendingKinesisRecord): boolean {
    const how = this.#inFlight.get(record);
    if (how === undefined) return false;
    this.#inFlight.delete(record);
    if (how === "alone") this.#alone--;
    else this.queue.openKey(record.keyName);
    return true;
  }

  #send(record: PendingKinesisRecord): void {
    if (this.queue.aggregator.packing === "shard") {
      // It may hold any key of the shard.
      this.#inFlight.set(record, "alone");
      this.#alone++;
      return;
    }
    this.#inFlight.set(record, "beside-other-keys");
    this.queue.closeKey(record.keyName);
  }

  get #isTaken(): boolean {
    if (this.#alone > 0) return true;
    return this.#inFlight.size > 0 && this.queue.aggregator.packing === "shard";
  }
}

/** A record that was not pressed after all must be divided. */
function pressed({ isPressed, wireBytes }: PendingKinesisRecord, bytesBefore: number): Pressed {
  const outcome = !isPressed ? "divided" : wireBytes < bytesBefore ? "compressed" : "kept";
  return { outcome, bytesBefore, bytesAfter: wireBytes };
}

/** The user records of a Kinesis record in smaller ones. */
function divided(record: PendingKinesisRecord, packing: Packing, limits: AggregateLimits): PendingKinesisRecord[] {
  const queue = new LaneQueue(newAggregator(packing, limits));
  record.compact();
  for (const placed of record.records()) queue.add(placed, record.history);
  const parts = queue.takeAll();
  // It may come back from a refused request, smaller by an expired record, and need other compressed bytes.
  for (const part of parts) part.isolationGroup = record.isolationGroup;
  return parts;
}

function nothing(): void {}
