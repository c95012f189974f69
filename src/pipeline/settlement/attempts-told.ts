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

  /** The attempts of a user record that was accepted at this moment. */
  of(acceptedAt: number): readonly Attempt[] {
    if (acceptedAt === this.#acceptedAt) return this.#attempts;
    const { attempts, firstStartedAt } = this.#history;
    const [first, ...others] = attempts;
    this.#acceptedAt = acceptedAt;
    this.#attempts =
      first === undefined ? NONE : [{ ...first, delayMs: Math.max(0, firstStartedAt - acceptedAt) }, ...others];
    return this.#attempts;
  }
}
