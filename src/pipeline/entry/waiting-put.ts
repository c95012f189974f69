import type { ShardBudget } from "../../core/buffer-budget.js";
import type { Lane } from "../../core/lane/lane.js";
import type { PlacedRecord } from "../../core/record/placed-record.js";
import type { FailureReason } from "../settlement/settlement.js";
import type { Stream } from "../streams.js";
import type { Waiter } from "./room-queue.js";

/** What becomes of a put that waits for room. One for all of them. */
export interface WaitingPutEnds {
  /** Its room is taken. */
  readonly entered: (put: WaitingPut) => void;
  /** There will be none. */
  readonly refused: (put: WaitingPut, reason: FailureReason) => void;
}

/**
 * A put in the queue for room. There may be a million of them, for seconds: each is this object and the record beside it, because
 * a producer that has fallen behind catches up only as fast as the garbage collector lets it.
 */
export class WaitingPut implements Waiter {
  readonly stream: Stream;
  /** A copy, bytes and all, with its settler and its generation: its caller may use its own again. */
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

  enter(budget: ShardBudget): void {
    this.checked.budget = budget;
    this.#ends.entered(this);
  }

  refuse(reason: FailureReason): void {
    this.#ends.refused(this, reason);
  }
}
