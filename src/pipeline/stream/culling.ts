import type { SettlementLedger } from "../../core/settlement-ledger.js";
import { FailedKeys } from "./failed-keys.js";
import { Sweeper, type SweeperParts } from "./sweeper.js";

export interface CullingParts extends SweeperParts {
  readonly ledger: SettlementLedger;
}

/**
 * Ends records in the queues, a limited number in each turn of the event loop: expired and aborted ones ({@link
 * Sweeper}), then followers of a failed record of the same key ({@link FailedKeys}). Records in flight, or held because
 * another shard took them, are not in a queue and are not touched. Rules 18 and 21.
 */
export class Culling {
  readonly sweeper: Sweeper;
  readonly failedKeys: FailedKeys;

  constructor(parts: CullingParts) {
    this.sweeper = new Sweeper(parts);
    this.failedKeys = new FailedKeys(parts);
  }

  /**
   * Whether one turn was not enough. Until the rest is checked no request starts: it could carry records that must
   * fail.
   */
  get isUnderWay(): boolean {
    return this.sweeper.isUnderWay || this.failedKeys.isUnderWay;
  }

  /** Ends records, up to the limit of a turn. Followers come last, when all records that fail now are known. */
  onTime(now: number): void {
    this.sweeper.maybeSweep(now);
    if (!this.sweeper.isUnderWay) this.failedKeys.settle();
  }
}
