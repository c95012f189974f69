import { backoffMs, READ_BACKOFF } from "../core/pacing/retry-policy.js";
import type { Random } from "../core/ports.js";
import { readFailureOf } from "./read-failure.js";

/** Computes the waits between the attempts of one call. */
export class Backoff {
  readonly #maxAttempts: number;
  #failures = 0;
  #transient = 0;

  constructor(maxAttempts: number) {
    this.#maxAttempts = maxAttempts;
  }

  /** The call succeeded. */
  reset(): void {
    this.#failures = 0;
    this.#transient = 0;
  }

  /**
   * Milliseconds to wait before the next attempt.
   *
   * @throws the error itself, if it is permanent, or after too many failures in a row
   */
  waitAfter(error: unknown, random: Random): number {
    const failure = readFailureOf(error);
    if (failure === "transient") this.#transient++;
    if (failure === "fatal" || this.#transient >= this.#maxAttempts) throw error;
    return backoffMs(READ_BACKOFF, ++this.#failures, random);
  }
}
