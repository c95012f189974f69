import type { DeliveryHistory } from "../../core/record/delivery-history.js";
import type { Attempt } from "../../record.js";

const NONE: readonly Attempt[] = Object.freeze([]);

/**
 * The attempts of a Kinesis record, for each of its user records: the delay of the first attempt counts from the
 * acceptance of the user record. Records accepted in the same moment share one list.
 */
export class AttemptsTold {
  readonly #history: DeliveryHistory;
  #attempts: readonly Attempt[] = NONE;
  #acceptedAt: number = Number.NaN;

  constructor(history: DeliveryHistory) {
    this.#history = history;
  }

  /** Whether these are the attempts of this history, so that another Kinesis record can use them. */
  isOf(history: DeliveryHistory): boolean {
    return history === this.#history;
  }

  /** The attempts of a user record that was accepted at this moment. */
  of(acceptedAt: number): readonly Attempt[] {
    if (acceptedAt === this.#acceptedAt) return this.#attempts;
    const { attempts, firstStartedAt } = this.#history;
    if (attempts.length === 0) return NONE;
    const [first, ...others] = attempts;
    this.#acceptedAt = acceptedAt;
    this.#attempts = [{ ...(first as Attempt), delayMs: Math.max(0, firstStartedAt - acceptedAt) }, ...others];
    return this.#attempts;
  }
}
