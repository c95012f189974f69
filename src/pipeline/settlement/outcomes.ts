import { type DeliveryHistory, GONE, type PendingKinesisRecord } from "../../core/pending-kinesis-record.js";
import type { PlacedRecord } from "../../core/placed-record.js";
import { DeliveredTelling } from "./delivered-telling.js";
import { FailedTelling, LoneFailedTelling } from "./failed-telling.js";
import type { FailureReason, Landing, OutcomeParts } from "./outcome-parts.js";

export type { FailureReason, OutcomeCallbacks } from "./outcome-parts.js";

/**
 * The end of every accepted record: decides it, exactly once, and has the caller told when every stage has done its part. Until then
 * the record is outstanding, and in the buffer. Whoever calls here has taken the Kinesis record out of every queue, or marks what it
 * settles as gone.
 */
export class Outcomes {
  readonly #parts: OutcomeParts;

  constructor(parts: OutcomeParts) {
    this.#parts = parts;
  }

  /** Kinesis has the record: every user record in it that is not settled yet is delivered. */
  delivered(record: PendingKinesisRecord, landing: Landing): void {
    const { teller, clock } = this.#parts;
    teller.push(new DeliveredTelling(this.#parts, record, landing, clock.now()));
  }

  /** All user records that are not settled yet fail. */
  failed(record: PendingKinesisRecord, reason: FailureReason): void {
    if (record.liveCount === 0) return;
    const { teller, onFailing } = this.#parts;
    if (onFailing !== undefined)
      for (const placed of record.records()) if (placed.settler !== GONE) onFailing(placed, reason);
    const { last } = teller;
    const isLike = last instanceof FailedTelling && last.isLike(this.#parts, reason);
    const telling = isLike ? last : new FailedTelling(this.#parts, reason);
    if (!isLike) teller.push(telling);
    telling.add(record);
  }

  /** Fails the user records for which there is a reason, and marks them gone; the others stay. */
  failWhere(record: PendingKinesisRecord, reasonFor: (record: PlacedRecord) => FailureReason | undefined): void {
    const records = record.records();
    for (const [i, placed] of records.entries()) {
      if (placed.settler === GONE) continue;
      const reason = reasonFor(placed);
      if (reason === undefined) continue;
      record.markGone(i, placed.bufferedBytes);
      this.failOne(placed, record.history, reason);
    }
  }

  /** Fails one user record that is in no Kinesis record (any more). */
  failOne(placed: PlacedRecord, history: DeliveryHistory, reason: FailureReason): void {
    const { teller, onFailing } = this.#parts;
    onFailing?.(placed, reason);
    teller.push(new LoneFailedTelling(this.#parts, placed, reason, history));
  }
}
