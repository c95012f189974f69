import type { AppendCaller } from "./log-writer.js";

/** The promise of one append, which may be written in several parts. */
export class AppendCall implements AppendCaller {
  readonly promise: Promise<void>;
  #resolve: () => void = () => {};
  #reject: (error: Error) => void = () => {};
  /** Parts that are not settled, and one for the call itself. */
  #open = 1;
  #error: Error | undefined;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Another part will be settled. */
  expectOne(): this {
    this.#open++;
    return this;
  }

  settle(error: Error | undefined): void {
    this.#error ??= error;
    if (--this.#open > 0 && this.#error === undefined) return;
    if (this.#error === undefined) this.#resolve();
    else this.#reject(this.#error);
  }
}
