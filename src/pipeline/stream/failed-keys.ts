import type { Sweep } from "../../core/lane/lane-queue.js";
import { keyNameOf } from "../../core/record/entry.js";
import { GONE, type PendingKinesisRecord } from "../../core/record/pending-kinesis-record.js";
import type { PlacedRecord } from "../../core/record/placed-record.js";
import type { SettlementLedger } from "../../core/settlement-ledger.js";
import type { FailureReason, Settlement } from "../settlement/settlement.js";
import type { FailureListener } from "../settlement/settlement-parts.js";
import { type Effort, FAILURE_COST, KEY_COST } from "../settlement/teller.js";
import type { Router } from "./router.js";

export interface FailedKeysParts {
  readonly router: Router;
  readonly settlement: Settlement;
  readonly ledger: SettlementLedger;
  readonly effort: Effort;
}

/** Why a follower fails: the cause is another record. */
const FOLLOWER: FailureReason = {
  code: "KP_RECORD_FAILED",
  message: "a record of the same key, accepted before it, has failed (onOrderedFailure: failKey)",
};

/**
 * Keys of which a record has failed for good: records of the same key that wait behind it, and were accepted before the
 * failure, fail too. Rule 21, `onOrderedFailure: "failKey"`.
 */
export class FailedKeys implements FailureListener, Sweep {
  /** See {@link Sweep}. */
  readonly acceptedThrough: number = Number.POSITIVE_INFINITY;
  readonly #parts: FailedKeysParts;
  /**
   * The last generation that fails, by key. Records that a callback hands over in answer to the failure have a later
   * one.
   */
  readonly #through: Map<string, number> = new Map();
  /** Kinesis records that were checked already: a second check in the next turn would find nothing. */
  readonly #seen: Set<PendingKinesisRecord> = new Set();

  constructor(parts: FailedKeysParts) {
    this.#parts = parts;
  }

  /** A record has failed; the caller's code has not run yet. */
  onFailed(record: PlacedRecord, reason: FailureReason): void {
    if (hasFollowers(reason)) this.#note(keyNameOf(record), record.generation);
  }

  /** All unsettled user records of a Kinesis record have failed; the caller's code has not run yet. */
  onAllFailed(record: PendingKinesisRecord, reason: FailureReason): void {
    if (!hasFollowers(reason)) return;
    const generation = record.generationOf(record.count - 1);
    if (!record.mayNameOthers) for (const name of record.keyNames()) this.#note(name, generation);
    else for (const placed of record.records()) if (placed.settler !== GONE) this.onFailed(placed, reason);
  }

  #note(name: string, generation: number): void {
    // A follower does not extend the limit: records that came after the first failure, in answer to it, stay.
    const noted = this.#through.get(name);
    if (noted !== undefined && generation <= noted) return;
    this.#through.set(name, this.#parts.ledger.closeGeneration());
    this.#seen.clear();
  }

  /**
   * Whether more records must fail than one turn of the event loop allows. Until all have failed, no request starts.
   */
  get isUnderWay(): boolean {
    return this.#through.size > 0;
  }

  /**
   * Fails records that wait behind new failures, before the callers of the failed records can hand over more. Continues
   * in the next turn if one turn is not enough.
   */
  settle(): void {
    const { router } = this.#parts;
    if (this.#through.size === 0) return;
    for (const lane of router.lanes()) {
      const isDone = lane.queue.sweep(this);
      router.reschedule(lane);
      if (!isDone) return;
    }
    this.#through.clear();
    this.#seen.clear();
  }

  get isOver(): boolean {
    return this.#parts.effort.isSpent;
  }

  concerns(pending: PendingKinesisRecord): boolean {
    return !this.#seen.has(pending) && pending.keyNames().some((name) => this.#through.has(name));
  }

  settleIn(pending: PendingKinesisRecord): void {
    const { settlement, effort } = this.#parts;
    if (this.#isAllBehind(pending)) {
      effort.spend(pending.count * KEY_COST);
      settlement.failed(pending, FOLLOWER);
      return;
    }
    effort.spend(pending.count * FAILURE_COST);
    settlement.failWhere(pending, (record) => {
      const through = this.#through.get(keyNameOf(record));
      return through !== undefined && record.generation <= through ? FOLLOWER : undefined;
    });
    this.#seen.add(pending);
  }

  #isAllBehind(pending: PendingKinesisRecord): boolean {
    if (pending.mayNameOthers) return false;
    const generation = pending.generationOf(pending.count - 1);
    return pending.keyNames().every((name) => generation <= (this.#through.get(name) ?? -1));
  }
}

/** Records that the caller aborted, or that close() ended, have no followers: the caller gave them up. */
function hasFollowers({ code, message }: FailureReason): boolean {
  return code !== "KP_ABORTED" && code !== "KP_CLOSED" && message !== FOLLOWER.message;
}
