import type { DeliveryHistory } from "../../core/record/pending-kinesis-record.js";
import type { Attempt } from "../../record.js";

const NONE: readonly Attempt[] = Object.freeze([]);

/**
 * The attempts of a Kinesis record as its user records lived them: the first one's delay counts from their own acceptance. Those
 * accepted in the same moment share theirs.
 */
export class AttemptsTold {
  readonly #history: DeliveryHistory;
  #attempts: readonly Attempt[] = NONE;
  #acceptedAt: number = Number.NaN;

  constructor(history: DeliveryHistory) {
    this.#history = history;
  }

  /** The attempts of a user record that was accepted then. */
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
