import type { RequestFailure } from "../../core/ports.js";

/**
 * Called when it is decided how records find their lanes. `trouble`: the stream cannot be reached, or does not exist.
 */
export type OnDecided = (trouble: RequestFailure | undefined) => void;

interface DecisionWait {
  readonly callback: OnDecided;
  /** When the wait ends without a decision. */
  readonly until: number;
}

/** Callers of `ready()` that wait until the stream is reached. */
export class DecisionWaits {
  /** In the order of their ends. */
  #waits: DecisionWait[] = [];

  get isEmpty(): boolean {
    return this.#waits.length === 0;
  }

  /** When the first wait ends without a decision; Infinity if it waits for the first decision, or if there is none. */
  get nextAt(): number {
    return this.#waits[0]?.until ?? Number.POSITIVE_INFINITY;
  }

  /** @param until - of calls after each other, the later one must not end earlier */
  add(callback: OnDecided, until: number): void {
    this.#waits.push({ callback, until });
  }

  /** Calls back all callers. */
  tell(trouble: RequestFailure | undefined): void {
    const waits = this.#waits;
    this.#waits = [];
    for (const { callback } of waits) callback(trouble);
  }
}
