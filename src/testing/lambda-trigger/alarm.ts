import type { Clock } from "../../core/ports.js";

/** Wakes its sleepers: each after its time, and all of them when something has changed. */
export class Alarm {
  readonly #clock: Pick<Clock, "setTimer">;
  readonly #wakes = new Set<() => void>();
  /** It rang while nobody slept. */
  #isRung = false;

  constructor(clock: Pick<Clock, "setTimer">) {
    this.#clock = clock;
  }

  ring(): void {
    if (this.#wakes.size === 0) this.#isRung = true;
    for (const wake of [...this.#wakes]) wake();
  }

  /** Resolves at the next ring, or after this time. A ring since the last sleep counts, for one sleeper. */
  sleep(ms?: number): Promise<void> {
    if (this.#isRung) {
      this.#isRung = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const wake = (): void => {
        timer?.cancel();
        this.#wakes.delete(wake);
        resolve();
      };
      const timer = ms === undefined ? undefined : this.#clock.setTimer(ms, wake);
      this.#wakes.add(wake);
    });
  }
}
