/** After this time without trouble the next trouble is another one. Longer than a pause, and the request after it. */
const CALM_MS = 10_000;
/**
 * A storm that lasts longer than this, with its backlog, is not young: the load exceeds the shard over a whole minute.
 * Rule 13.
 */
const YOUNG_MS = 60_000;

/**
 * Measures how long records of a shard have been late, refused, or held back below the ceilings. Young trouble may be a
 * storm: the load from before it fits the shard, so a lower rate would only lose records. Lasting trouble is a contest.
 */
export class Trouble {
  #beganAt: number = Number.NEGATIVE_INFINITY;
  #latestAt: number = Number.NEGATIVE_INFINITY;

  /**
   * A record is late, refused or held back.
   *
   * @param isHeldBack - by a rate below the ceilings. Such a rate was found in a contest: trouble that begins so is not young
   * @returns whether young trouble begins
   */
  note(isHeldBack: boolean, now: number): boolean {
    const begins = now - this.#latestAt > CALM_MS;
    this.#latestAt = now;
    if (begins) this.#beganAt = isHeldBack ? Number.NEGATIVE_INFINITY : now;
    return begins && !isHeldBack;
  }

  /** Resets the age of the trouble, as if it began now. */
  restart(now: number): void {
    this.#beganAt = now;
    this.#latestAt = now;
  }

  isYoung(now: number): boolean {
    return now - this.#beganAt < YOUNG_MS;
  }
}
