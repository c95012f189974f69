import { Ring } from "../../core/record/ring.js";

/** Something that callers are to be told. */
export interface Telling {
  /** Tells some more of it, for about `most` units of {@link TURN_COST} at the most; returns how many it took, one at least. */
  tell(most: number): number;
  /** Whether all of it was told. */
  readonly isTold: boolean;
}

/**
 * The part of a turn of the event loop that goes to telling, in units of a delivered record: 5 to 10 ms of this library's own work
 * (decisions/0050). The caller's code comes on top. Much less, and a loop of puts hands over more in a turn than is told in one.
 */
const TURN_COST = 64_000;

/** An error is made for each record that fails. */
export const FAILURE_COST = 16;

/** What may still be done in this turn of the event loop, in the same units: for what is decided, as for what is told. */
export class Effort {
  #left = TURN_COST;

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
 * Runs the caller's code: callbacks, and what waits for promises. Whatever is decided anywhere is pushed here, and told when every
 * stage has done its part, in the order in which it was decided, a part of it in each turn of the event loop. So a callback may call
 * everything, and nobody is told from within his own call. Rule 25.
 */
export class Teller {
  readonly #queue: Ring<Telling> = new Ring();
  readonly #wake: () => void;
  #left = TURN_COST;
  #pushed = 0;
  #told = 0;
  /** Whether the caller's code is being run. */
  isTelling = false;

  /** @param wake - has {@link tell} called in a later turn of the event loop */
  constructor(wake: () => void) {
    this.#wake = wake;
  }

  /** How many tellings there ever were. */
  get pushed(): number {
    return this.#pushed;
  }

  /** Whether the first `pushed` of them were told. */
  isToldThrough(pushed: number): boolean {
    return this.#told >= pushed;
  }

  /** What is told last, as it is now. */
  get last(): Telling | undefined {
    return this.#queue.at(this.#queue.length - 1);
  }

  /** Has something told later. */
  push(telling: Telling): void {
    this.#queue.push(telling);
    this.#pushed++;
    this.#wake();
  }

  /** A new turn of the event loop: telling may take as long again. */
  renew(): void {
    this.#left = TURN_COST;
  }

  /** Tells what was pushed before, as far as this turn goes. Only where every stage has done its part. */
  tell(): void {
    if (this.isTelling) return;
    this.isTelling = true;
    // What a callback pushes is for a later turn: a caller who tries again and again must not hold up timers and sockets.
    const end = this.#pushed;
    try {
      while (this.#told < end && this.#left > 0) this.#tellFirst();
    } finally {
      this.isTelling = false;
      if (this.#queue.length > 0) this.#wake();
    }
  }

  #tellFirst(): void {
    const telling = this.#queue.peek() as Telling;
    this.#left -= telling.tell(this.#left);
    if (!telling.isTold) return;
    this.#queue.shift();
    this.#told++;
  }
}
