import { ServiceError } from "./service-error.js";

interface Pending {
  readonly dueAt: number;
  readonly change: (dueAt: number) => void;
}

/** Changes that become true later, without a timer: whoever asks the model says what time it is. */
export class Schedule {
  #pending: Pending[] = [];

  /** Makes the change now, or when its delay is over. */
  after(now: number, delayMs: number, change: (dueAt: number) => void): void {
    if (delayMs <= 0) {
      change(now);
      return;
    }
    this.#pending.push({ dueAt: now + delayMs, change });
    // Stable: changes that are due at one moment happen in the order in which they were asked for.
    this.#pending.sort((a, b) => a.dueAt - b.dueAt);
  }

  /** Makes every change that is due, each as of its own moment. */
  advance(now: number): void {
    while (this.#pending.length > 0 && (this.#pending[0] as Pending).dueAt <= now) {
      const { dueAt, change } = this.#pending.shift() as Pending;
      try {
        change(dueAt);
      } catch (error) {
        // A test that reshards by hand meanwhile has made it impossible: the change is lost, as its request is answered.
        if (!(error instanceof ServiceError)) throw error;
      }
    }
  }
}
