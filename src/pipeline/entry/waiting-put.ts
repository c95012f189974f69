import type { ShardBudget } from "../../core/buffer-budget.js";
import type { Lane } from "../../core/lane/lane.js";
import type { PlacedRecord } from "../../core/record/placed-record.js";
import type { FailureReason } from "../settlement/settlement.js";
import type { Stream } from "../streams.js";
import type { Waiter } from "./room-queue.js";

/** The two ends of a put that waits for room. One object for all waiting puts. */
export interface WaitingPutEnds {
  /** Room was taken for the put. */
  readonly entered: (put: WaitingPut) => void;
  /** There will be no room. */
  readonly refused: (put: WaitingPut, reason: FailureReason) => void;
}

/**
 * A put in the queue for room. There may be a million, for seconds. Each is only this object and its record, because
 * garbage collection limits how fast a producer that has fallen behind catches up.
 */
export class WaitingPut implements Waiter {
  readonly stream: Stream;
  /** A copy of the record, bytes included, with its settler and its generation: the caller may reuse its own record. */
  readonly checked: PlacedRecord;
  isGone = false;
  lane: Lane | undefined = undefined;
  order = 0;
  readonly #ends: WaitingPutEnds;

  constructor(stream: Stream, checked: PlacedRecord, ends: WaitingPutEnds) {
    this.stream = stream;
    this.checked = checked;
    this.#ends = ends;
  }

  get bytes(): number {
    return this.checked.bufferedBytes;
  }

  get generation(): number {
    return this.checked.generation;
  }

  get since(): number {
    return this.checked.acceptedAt;
  }

  enter(budget: ShardBudget): void {
    this.checked.budget = budget;
    this.#ends.entered(this);
  }

  refuse(reason: FailureReason): void {
    this.#ends.refused(this, reason);
  }
}
