/** When records are due, and when they expire. */
export interface RecordTimes {
  readonly lingerMs: number;
  readonly recordTtlMs: number;
}

/** Haste begins when the oldest record has waited for this share of the time between being due and expiring. */
const BEGINS = 2 / 3;
/** It ends when the oldest has waited for less than this share of it. */
const ENDS = 1 / 3;

/**
 * Whether the records of a shard go at its ceilings in spite of refusals, because the oldest one will expire soon.
 * Records that never expire are never in haste.
 */
export class Haste {
  readonly #lingerMs: number;
  readonly #fromDueMs: number;
  #isOn = false;

  constructor({ lingerMs, recordTtlMs }: RecordTimes) {
    this.#lingerMs = lingerMs;
    this.#fromDueMs = Math.max(0, recordTtlMs - lingerMs);
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /**
   * Updates haste by the record in front.
   *
   * @returns whether haste began or ended
   */
  onFront(oldestAt: number, now: number): boolean {
    const before = this.#isOn;
    this.#isOn = now >= oldestAt + this.#lingerMs + this.#fromDueMs * (before ? ENDS : BEGINS);
    return this.#isOn !== before;
  }

  /** When haste begins, if this record stays in front. */
  beginsAt(oldestAt: number): number {
    return oldestAt + this.#lingerMs + this.#fromDueMs * BEGINS;
  }
}
