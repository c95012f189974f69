/** After this time without trouble the next trouble is another one. Longer than a pause, and the request after it. */
const CALM_MS = 10_000;
/** A storm and its backlog that take longer than this do not fit the shard over a minute: it is how things are. Rule 13. */
const YOUNG_MS = 60_000;

/**
 * Since when records of a shard are late, refused, or held back below the ceilings. Trouble that is young may be a storm, and
 * what was offered before it fits the shard: slowing down would only cost records. Trouble that lasts is a contest.
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

  /** Whatever was before is over: the trouble is as young as if it began now. */
  restart(now: number): void {
    this.#beganAt = now;
    this.#latestAt = now;
  }

  isYoung(now: number): boolean {
    return now - this.#beganAt < YOUNG_MS;
  }
}
