import type { Sweep } from "../../core/lane/lane-queue.js";
import type { PendingKinesisRecord } from "../../core/record/pending-kinesis-record.js";
import type { PlacedRecord } from "../../core/record/placed-record.js";
import { abortedBy, isAborted } from "../entry/aborts.js";
import type { FailureReason, Settlement } from "../settlement/settlement.js";
import { type Effort, FAILURE_COST, KEY_COST } from "../settlement/teller.js";
import { ExpiryReasons, type ExpiryReasonsParts } from "./expiry-reasons.js";
import type { Router } from "./router.js";

export interface SweeperParts extends ExpiryReasonsParts {
  readonly router: Router;
  readonly settlement: Settlement;
  readonly effort: Effort;
}

/**
 * Ends expired and aborted records in the queues. Records in flight, and held records, are not in a queue and are not
 * touched. Rule 18.
 *
 * Nothing is tracked per record: one number is a lower bound of the acceptance times in the queues. It may be earlier
 * than the oldest record, which sometimes costs a sweep that finds nothing, but never later.
 */
export class Sweeper implements Sweep {
  /** See {@link Sweep}. */
  acceptedThrough: number = Number.NEGATIVE_INFINITY;
  readonly #parts: SweeperParts;
  readonly #reasons: ExpiryReasons;
  #floor: number = Number.POSITIVE_INFINITY;
  /** Number of aborted records that are not settled yet. Some may be in flight, or held. */
  #aborted = 0;
  /** An aborted record may be in a queue that no sweep has searched since. */
  #mustSeek = false;
  /** When the current sweep began. */
  #startedAt: number | undefined;
  /** Whether the current sweep looks for aborted records too. */
  #seeks = false;
  /** Records accepted at this moment or before expire in the current sweep. */
  #expiredBefore: number = Number.NEGATIVE_INFINITY;

  constructor(parts: SweeperParts) {
    this.#parts = parts;
    this.#reasons = new ExpiryReasons(parts);
  }

  /** When the first record may expire. */
  get nextAt(): number {
    return this.#startedAt ?? this.#floor + this.#parts.recordTtlMs;
  }

  /**
   * A record that was accepted at this moment is in a queue, for the first time or again; returns whether it is the
   * oldest.
   */
  onQueued(acceptedAt: number): boolean {
    if (acceptedAt >= this.#floor) return false;
    this.#floor = acceptedAt;
    return true;
  }

  /** A Kinesis record that was in flight, or held, is in a queue again. */
  onBack(record: PendingKinesisRecord): void {
    this.onQueued(record.oldestAt);
    if (this.#aborted > 0 && record.liveCount > 0 && hasAborted(record)) this.#mustSeek = true;
  }

  onAborted(): void {
    this.#aborted++;
    this.#mustSeek = true;
  }

  /** An aborted record is settled. */
  onAbortedSettled(): void {
    this.#aborted--;
  }

  /** Whether records in the queues must end. Until all have ended, no request starts. */
  get isUnderWay(): boolean {
    return this.#startedAt !== undefined || this.#mustSeek;
  }

  /**
   * Ends expired and aborted records in all queues, if there can be any. Continues in the next turn if one is not
   * enough.
   */
  maybeSweep(now: number): void {
    if (this.#startedAt === undefined) {
      if (!this.#mustSeek && this.nextAt > now) return;
      this.#begin(now);
    }
    const { router } = this.#parts;
    for (const lane of router.lanes()) {
      if (!this.#seeks && lane.queue.expiryFloor > this.#expiredBefore) continue;
      this.#reasons.begin(lane, now);
      const isDone = lane.queue.sweep(this);
      router.reschedule(lane);
      if (!isDone) return;
    }
    this.#startedAt = undefined;
    this.#floor = this.oldestAt();
  }

  /** Records that expire, or are aborted, during the sweep are for the next one, so that this one ends. */
  #begin(now: number): void {
    this.#startedAt = now;
    this.#seeks = this.#mustSeek;
    this.#mustSeek = false;
    this.#expiredBefore = now - this.#parts.recordTtlMs;
    this.acceptedThrough = this.#seeks ? Number.POSITIVE_INFINITY : this.#expiredBefore;
  }

  get isOver(): boolean {
    return this.#parts.effort.isSpent;
  }

  concerns(record: PendingKinesisRecord): boolean {
    return record.oldestAt <= this.#expiredBefore || (this.#seeks && hasAborted(record));
  }

  settleIn(record: PendingKinesisRecord): void {
    const { settlement, effort } = this.#parts;
    // Reading records back is expensive, and the aborted record may be in another aggregate.
    const hasSomeAborted = this.#seeks && hasAborted(record);
    if (record.youngestAt <= this.#expiredBefore && !hasSomeAborted) {
      effort.spend(settlement.areKeysHeard ? record.count * KEY_COST : 1);
      settlement.failed(record, this.#reasons.of(record.history));
      return;
    }
    effort.spend(record.count * FAILURE_COST);
    const expiry = record.oldestAt <= this.#expiredBefore ? this.#reasons.of(record.history) : undefined;
    settlement.failWhere(record, (placed) => this.#reasonToEnd(placed, expiry));
  }

  /** When the oldest record in a queue was accepted, or a little before; Infinity when none is. */
  oldestAt(): number {
    let at = Number.POSITIVE_INFINITY;
    for (const lane of this.#parts.router.lanes()) at = Math.min(at, lane.queue.expiryFloor);
    return at;
  }

  #reasonToEnd({ settler, acceptedAt }: PlacedRecord, expiry: FailureReason | undefined): FailureReason | undefined {
    if (isAborted(settler)) return abortedBy(settler.signal);
    return acceptedAt > this.#expiredBefore ? undefined : expiry;
  }
}

function hasAborted(record: PendingKinesisRecord): boolean {
  for (let i = 0; i < record.count; i++) if (isAborted(record.settlerAt(i))) return true;
  return false;
}
