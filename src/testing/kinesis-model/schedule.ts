import { ServiceError } from "./service-error.js";

interface Pending {
  readonly dueAt: number;
  readonly change: (dueAt: number) => void;
}

/** Changes that take effect later, without a timer: each call of the model brings the time. */
export class Schedule {
  #pending: Pending[] = [];

  /** Makes the change now, or when its delay is over. */
  after(now: number, delayMs: number, change: (dueAt: number) => void): void {
    if (delayMs <= 0) {
      change(now);
      return;
    }
    this.#pending.push({ dueAt: now + delayMs, change });
    // The sort is stable: changes that are due at the same moment happen in the order of their requests.
    this.#pending.sort((a, b) => a.dueAt - b.dueAt);
  }

  /** Makes every change that is due, each with its moment as the time. */
  advance(now: number): void {
    while (this.#pending.length > 0 && (this.#pending[0] as Pending).dueAt <= now) {
      const { dueAt, change } = this.#pending.shift() as Pending;
      try {
        change(dueAt);
      } catch (error) {
        // A test that resharded by hand meanwhile made the change impossible. The change is lost, because its request
        // was already answered.
        if (!(error instanceof ServiceError)) throw error;
      }
    }
  }
}
