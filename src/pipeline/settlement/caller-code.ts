import type { Clock } from "../../core/ports.js";
import type { Telling } from "./teller.js";

/**
 * Calls a caller's function. An error that it throws is the caller's bug: it surfaces as an uncaught exception, and
 * changes nothing else.
 */
export function callBack<T>(clock: Clock, callback: (value: T) => void, value: T): void {
  try {
    callback(value);
  } catch (error) {
    clock.defer(() => {
      throw error;
    });
  }
}

/** One call of a caller's function. */
export class CallTelling<T> implements Telling {
  readonly #clock: Clock;
  readonly #callback: (value: T) => void;
  readonly #value: T;
  isTold = false;

  constructor(clock: Clock, callback: (value: T) => void, value: T) {
    this.#clock = clock;
    this.#callback = callback;
    this.#value = value;
  }

  tell(): number {
    this.isTold = true;
    callBack(this.#clock, this.#callback, this.#value);
    return 1;
  }
}
