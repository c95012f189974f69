/**
 * How long the limiter of a lane, or the lane's pause after throttling, holds due Kinesis records back.
 *
 * Only the time between two moments is stored: each refusal extends it. A record that leaves was held back for the part
 * of this time in which it was due.
 */
export class PacedTime {
  #from: number = Number.NEGATIVE_INFINITY;
  #until: number = Number.NEGATIVE_INFINITY;

  /**
   * A record that is due since `dueAt` may not leave at `now`, and not before `until`. If it was due in the time of an
   * earlier refusal, it has been held back without a gap.
   */
  extend(dueAt: number, now: number, until: number): void {
    if (dueAt > this.#until) this.#from = now;
    if (until > this.#until) this.#until = until;
  }

  /** Whether a record was ever held back. */
  get hasBegun(): boolean {
    return this.#until !== Number.NEGATIVE_INFINITY;
  }

  /** For how many milliseconds a record was held back that is due since `dueAt` and leaves now. */
  of(dueAt: number, now: number): number {
    return Math.max(0, Math.min(now, this.#until) - Math.max(this.#from, dueAt));
  }
}
