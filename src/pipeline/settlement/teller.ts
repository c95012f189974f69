import { Ring } from "../../core/record/ring.js";

/** Outcomes for which the caller's code has yet to run. */
export interface Telling {
  /**
   * Passes on more outcomes, for at most about `most` units of {@link TURN_COST}; returns the units used, at least one.
   */
  tell(most: number): number;
  /** Whether all outcomes were passed on. */
  readonly isTold: boolean;
}

/**
 * Work for tellings in one turn of the event loop, in units of a delivered record: 5 to 10 ms of this library's own
 * work (decisions/0050), plus the caller's code. With much less, a loop of puts hands over more records in a turn than
 * are settled in a turn.
 */
const TURN_COST = 64_000;

/** Higher than for a delivered record, because each record that fails gets an error object. */
export const FAILURE_COST = 16;

/** For each record whose key is noted because it fails: a hash key is made into a name, and kept in a Map. */
export const KEY_COST = 8;

/** Work that may still be done in this turn of the event loop, in the same units: for decisions and for tellings. */
export class Effort {
  #left = TURN_COST;

  /** Work that is left; below 0 if the last piece was larger. */
  get left(): number {
    return this.#left;
  }

  get isSpent(): boolean {
    return this.#left <= 0;
  }

  spend(cost: number): void {
    this.#left -= cost;
  }

  /** A new turn of the event loop. */
  renew(): void {
    this.#left = TURN_COST;
  }
}

/**
 * Runs the caller's code: callbacks and the continuations of promises. Each stage pushes its decisions here. They are
 * passed on in the same order when every stage has done its part, a limited number in each turn of the event loop. So a
 * callback may call any method, and no callback runs within a call of the caller. Rule 25.
 */
export class Teller {
  readonly #queue: Ring<Telling> = new Ring();
  readonly #wake: () => void;
  readonly #effort: Effort = new Effort();
  #pushed = 0;
  #told = 0;
  /** Whether the caller's code is being run. */
  isTelling = false;

  /** @param wake - has {@link tell} called in a later turn of the event loop */
  constructor(wake: () => void) {
    this.#wake = wake;
  }

  /** Number of tellings pushed so far. */
  get pushed(): number {
    return this.#pushed;
  }

  /** Whether the first `pushed` tellings have ended. */
  isToldThrough(pushed: number): boolean {
    return this.#told >= pushed;
  }

  /** The last telling in the queue. */
  get last(): Telling | undefined {
    return this.#queue.at(this.#queue.length - 1);
  }

  /** Adds a telling; it runs later. */
  push(telling: Telling): void {
    this.#queue.push(telling);
    this.#pushed++;
    this.#wake();
  }

  /** A new turn of the event loop: the work limit starts again. */
  renew(): void {
    this.#effort.renew();
  }

  /** Runs the tellings pushed so far, up to the limit of this turn. Call it only when every stage has done its part. */
  tell(): void {
    if (this.isTelling) return;
    this.isTelling = true;
    // Tellings that a callback pushes run in a later turn: a caller that retries forever must not block timers and
    // sockets.
    const end = this.#pushed;
    try {
      while (this.#told < end && !this.#effort.isSpent) this.#tellFirst();
    } finally {
      this.isTelling = false;
      if (this.#queue.length > 0) this.#wake();
    }
  }

  #tellFirst(): void {
    const telling = this.#queue.peek() as Telling;
    this.#effort.spend(telling.tell(this.#effort.left));
    if (!telling.isTold) return;
    this.#queue.shift();
    this.#told++;
  }
}
