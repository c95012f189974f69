import type { Clock } from "../../core/ports.js";

/** Wakes one sleeper: after a time, or when something has changed. */
export class Alarm {
  readonly #clock: Pick<Clock, "setTimer">;
  #wake: (() => void) | undefined;
  /** It rang while nobody slept. */
  #isRung = false;

  constructor(clock: Pick<Clock, "setTimer">) {
    this.#clock = clock;
  }

  ring(): void {
    if (this.#wake === undefined) this.#isRung = true;
    else this.#wake();
  }

  /** Resolves at the next ring, or after this time. A ring since the last sleep counts. */
  sleep(ms?: number): Promise<void> {
    if (this.#isRung) {
      this.#isRung = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : this.#clock.setTimer(ms, () => this.#wake?.());
      this.#wake = () => {
        timer?.cancel();
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
