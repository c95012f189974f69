import type { Ring } from "../../core/record/ring.js";
import type { RecordFailedError } from "../../errors.js";
import type { Resolve, Settler } from "../entry/settler.js";
import { type TellingParts, tellError } from "./failed-telling.js";
import type { FailureReason } from "./settlement-parts.js";
import { FAILURE_COST, type Telling } from "./teller.js";

/** Settles a record that was never accepted. */
export class RefusedTelling implements Telling {
  readonly #parts: TellingParts;
  readonly #settler: Settler | Resolve;
  readonly #error: RecordFailedError;
  isTold = false;

  constructor(parts: TellingParts, settler: Settler | Resolve, error: RecordFailedError) {
    this.#parts = parts;
    this.#settler = settler;
    this.#error = error;
  }

  tell(): number {
    this.isTold = true;
    tellError(this.#parts, this.#settler, this.#error);
    return FAILURE_COST;
  }
}

/** A caller that waited for room. */
interface TurnedAway {
  /** The caller has stopped waiting. */
  isGone: boolean;
  /** Settles the caller's promise. */
  refuse(reason: FailureReason): void;
}

/** Refuses, in order, all callers that waited for room. */
export class TurnedAwayTelling implements Telling {
  readonly #waiters: Ring<TurnedAway>;
  readonly #reason: FailureReason;

  constructor(waiters: Ring<TurnedAway>, reason: FailureReason) {
    this.#waiters = waiters;
    this.#reason = reason;
  }

  get isTold(): boolean {
    return this.#waiters.length === 0;
  }

  tell(most: number): number {
    let cost = 0;
    while (cost < most) {
      const waiter = this.#waiters.shift();
      if (waiter === undefined) break;
      cost += waiter.isGone ? 1 : FAILURE_COST;
      if (waiter.isGone) continue;
      waiter.isGone = true;
      waiter.refuse(this.#reason);
    }
    return cost;
  }
}
