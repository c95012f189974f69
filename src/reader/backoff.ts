import { backoffMs, READ_BACKOFF } from "../core/pacing/retry-policy.js";
import type { Random } from "../core/ports.js";
import { readFailureOf } from "./read-failure.js";

/** How long to wait after the failures of one call that is tried again. */
export class Backoff {
  readonly #maxAttempts: number;
  #failures = 0;
  #transient = 0;

  constructor(maxAttempts: number) {
    this.#maxAttempts = maxAttempts;
  }

  /** It went well. */
  reset(): void {
    this.#failures = 0;
    this.#transient = 0;
  }

  /**
   * Milliseconds to wait before the next try.
   *
   * @throws the error itself, when it will not pass, or has come too often in a row
   */
  waitAfter(error: unknown, random: Random): number {
    const failure = readFailureOf(error);
    if (failure === "transient") this.#transient++;
    if (failure === "fatal" || this.#transient >= this.#maxAttempts) throw error;
    return backoffMs(READ_BACKOFF, ++this.#failures, random);
  }
}
