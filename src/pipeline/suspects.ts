import type { Lane } from "../core/lane.js";

/**
 * Lanes whose shard did not take what was predicted for it. Each is held, like a pause, until a refresh that began after
 * the evidence has answered, or until the bound; if the map still says the same then, the lane is not believed any more.
 * Rule 5.
 */
export class Suspects {
  readonly #boundMs: number;
  readonly #since: Map<Lane, number> = new Map();

  constructor(boundMs: number) {
    this.#boundMs = boundMs;
  }

  /** When the first hold ends by itself. */
  get nextAt(): number {
    let at = Number.POSITIVE_INFINITY;
    for (const since of this.#since.values()) at = Math.min(at, since + this.#boundMs);
    return at;
  }

  /** Evidence against a lane. */
  add(lane: Lane, now: number): void {
    if (this.#since.has(lane)) return;
    this.#since.set(lane, now);
    lane.heldUntil = now + this.#boundMs;
  }

  /** Lets go of the lanes that a refresh has decided about, and of those whose bound has passed; returns them. */
  release(refreshStartedAt: number, now: number): Lane[] {
    const released: Lane[] = [];
    for (const [lane, since] of this.#since) {
      if (refreshStartedAt < since && now < since + this.#boundMs) continue;
      this.#since.delete(lane);
      lane.heldUntil = Number.NEGATIVE_INFINITY;
      released.push(lane);
    }
    return released;
  }
}
