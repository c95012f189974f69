import type { Sweep } from "../../core/lane/lane-queue.js";
import { GONE, keyNameOf, type PendingKinesisRecord } from "../../core/record/pending-kinesis-record.js";
import type { PlacedRecord } from "../../core/record/placed-record.js";
import type { SettlementLedger } from "../../core/settlement-ledger.js";
import type { FailureReason, Settlement } from "../settlement/settlement.js";
import type { FailureListener } from "../settlement/settlement-parts.js";
import { type Effort, FAILURE_COST } from "../settlement/teller.js";
import type { Router } from "./router.js";

export interface FailedKeysParts {
  readonly router: Router;
  readonly settlement: Settlement;
  readonly ledger: SettlementLedger;
  readonly effort: Effort;
}

/** Why a record fails that did nothing wrong itself. */
const FOLLOWER: FailureReason = {
  code: "KP_RECORD_FAILED",
  message: "a record of the same key, accepted before it, has failed (onOrderedFailure: failKey)",
};

/**
 * Keys of which a record has failed for good: what waits behind it, accepted before the failure, fails too. Rule 21,
 * `onOrderedFailure: "failKey"`.
 */
export class FailedKeys implements FailureListener, Sweep {
  /** See {@link Sweep}. */
  readonly acceptedThrough: number = Number.POSITIVE_INFINITY;
  readonly #parts: FailedKeysParts;
  /** The last generation that fails, by key: what a callback hands over in answer to the failure is of a later one. */
  readonly #through: Map<string, number> = new Map();
  /** What is left of Kinesis records in which something has failed: a look at them in the next turn would find nothing. */
  readonly #seen: Set<PendingKinesisRecord> = new Set();

  constructor(parts: FailedKeysParts) {
    this.#parts = parts;
  }

  /** A record has failed, and nobody has been told yet. */
  onFailed(record: PlacedRecord, reason: FailureReason): void {
    if (hasFollowers(reason)) this.#note(keyNameOf(record), record.generation);
  }

  /** All that was left of a Kinesis record has failed, and nobody has been told yet. */
  onAllFailed(record: PendingKinesisRecord, reason: FailureReason): void {
    if (!hasFollowers(reason)) return;
    const generation = record.generationOf(record.count - 1);
    if (!record.mayNameOthers) for (const name of record.keyNames()) this.#note(name, generation);
    else for (const placed of record.records()) if (placed.settler !== GONE) this.onFailed(placed, reason);
  }

  #note(name: string, generation: number): void {
    // What fails with another does not draw in what came after that one, in answer to its failure.
    const noted = this.#through.get(name);
    if (noted !== undefined && generation <= noted) return;
    this.#through.set(name, this.#parts.ledger.closeGeneration());
    this.#seen.clear();
  }

  /** Whether there is more to fail than one turn of the event loop is for: until it is done, nothing may go. */
  get isUnderWay(): boolean {
    return this.#through.size > 0;
  }

  /**
   * Fails what waits behind the failures since they were last settled; what a turn is not enough for, in the next. Before the callers
   * of those can hand over anything more.
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
      effort.spend(pending.count);
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

/** Whoever aborts a record, or closes the producer, gives it up himself. */
function hasFollowers({ code, message }: FailureReason): boolean {
  return code !== "KP_ABORTED" && code !== "KP_CLOSED" && message !== FOLLOWER.message;
}
