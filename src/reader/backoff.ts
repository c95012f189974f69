import { readFailureOf } from "./read-failure.js";

const FIRST_MS = 200;
const LONGEST_MS = 10_000;

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
   * Milliseconds to wait before the next try: doubled with each failure, and half of it by chance.
   *
   * @param random - from 0 to 1
   * @throws the error itself, when it will not pass, or has come too often in a row
   */
  waitAfter(error: unknown, random: number): number {
    const failure = readFailureOf(error);
    if (failure === "transient") this.#transient++;
    if (failure === "fatal" || this.#transient >= this.#maxAttempts) throw error;
    const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(this.#failures++, 10));
    return most * (0.5 + random / 2);
  }
}
