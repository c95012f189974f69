import { keyNameOf } from "../core/pending-kinesis-record.js";
import type { PlacedRecord } from "../core/placed-record.js";
import type { SettlementLedger } from "../core/settlement-ledger.js";
import type { FailureReason, Outcomes } from "./outcomes.js";
import type { Router } from "./router.js";

export interface FailedKeysParts {
  readonly router: Router;
  readonly outcomes: Outcomes;
  readonly ledger: SettlementLedger;
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
export class FailedKeys {
  readonly #parts: FailedKeysParts;
  /** The last generation that fails, by key: what a callback hands over in answer to the failure is of a later one. */
  readonly #through: Map<string, number> = new Map();

  constructor(parts: FailedKeysParts) {
    this.#parts = parts;
  }

  /** A record has failed, and nobody has been told yet. */
  onFailed(record: PlacedRecord, { code, message }: FailureReason): void {
    // Whoever aborts a record, or closes the producer, gives it up himself.
    if (code === "KP_ABORTED" || code === "KP_CLOSED" || message === FOLLOWER.message) return;
    this.#through.set(keyNameOf(record), this.#parts.ledger.closeGeneration());
  }

  /** Fails what waits behind the failures since the last call. Before the callers of those can hand over anything more. */
  settle(): void {
    const { router, outcomes } = this.#parts;
    if (this.#through.size === 0) return;
    for (const lane of router.lanes()) {
      lane.queue.sweep((pending) => {
        outcomes.failWhere(pending, (record) => {
          const through = this.#through.get(keyNameOf(record));
          return through !== undefined && record.generation <= through ? FOLLOWER : undefined;
        });
      });
      router.reschedule(lane);
    }
    this.#through.clear();
  }
}
