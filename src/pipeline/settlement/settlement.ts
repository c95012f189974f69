import type { DeliveryHistory } from "../../core/record/delivery-history.js";
import { GONE, type PendingKinesisRecord } from "../../core/record/pending-kinesis-record.js";
import type { PlacedRecord } from "../../core/record/placed-record.js";
import { DeliveredTelling } from "./delivered-telling.js";
import { FailedTelling, LoneFailedTelling } from "./failed-telling.js";
import type { FailureReason, Landing, SettlementParts } from "./settlement-parts.js";

export type { FailureReason, SettlementCallbacks } from "./settlement-parts.js";

/**
 * Decides the outcome of every accepted record, exactly once. The caller's code runs later, when every stage has done
 * its part; until then the record is outstanding and in the buffer. Before the call, the Kinesis record must be taken
 * out of every queue, or its settled user records must be marked as gone.
 */
export class Settlement {
  readonly #parts: SettlementParts;

  constructor(parts: SettlementParts) {
    this.#parts = parts;
  }

  /** Whether a listener needs the keys of records that fail. */
  get areKeysHeard(): boolean {
    return this.#parts.failing() !== undefined;
  }

  /** Kinesis stored the record: all its user records that are not settled yet are delivered. */
  delivered(record: PendingKinesisRecord, landing: Landing): void {
    const { teller, clock } = this.#parts;
    teller.push(new DeliveredTelling(this.#parts, record, landing, clock.now()));
  }

  /** All user records that are not settled yet fail. */
  failed(record: PendingKinesisRecord, reason: FailureReason): void {
    if (record.liveCount === 0) return;
    this.#parts.failing()?.onAllFailed(record, reason);
    record.end();
    this.#tellingOf(reason).add(record);
  }

  /**
   * Fails all records of a queue without reading each one: there may be a million, and no other stage holds them.
   *
   * @param records - the caller must not use the array any more
   */
  queueFailed(records: PendingKinesisRecord[], reason: FailureReason): void {
    if (records.length > 0) this.#tellingOf(reason).addAll(records);
  }

  /** One telling for all records that fail together. */
  #tellingOf(reason: FailureReason): FailedTelling {
    const { teller } = this.#parts;
    const { last } = teller;
    if (last instanceof FailedTelling && last.isLike(this.#parts, reason)) return last;
    const telling = new FailedTelling(this.#parts, reason);
    teller.push(telling);
    return telling;
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

  /** Fails one user record that is not (or no longer) in a Kinesis record. */
  failOne(placed: PlacedRecord, history: DeliveryHistory, reason: FailureReason): void {
    const { teller, failing } = this.#parts;
    failing()?.onFailed(placed, reason);
    teller.push(new LoneFailedTelling(this.#parts, placed, reason, history));
  }
}
