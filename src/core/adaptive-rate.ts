/** A lone refusal takes this share of the rate, but at most {@link LIGHT_CUT_OF_CEILING} of the ceiling. */
const LIGHT_CUT = 0.08;
const LIGHT_CUT_OF_CEILING = 0.01;
/** The most that one lowering takes. */
const DEEPEST_CUT = 0.5;
/** What was refused before the last lowering counts as so many Kinesis records in what is refused since. */
const MEMORY_RECORDS = 6;
/** From this share on refusals are no longer lone ones: the rate is lowered by the share refused. */
const MANY_REFUSED = 0.25;
/** After many refusals the rate doubles in this time, or with each Kinesis record if those are rarer, up to what it was. */
const REBOUND_MS = 1_000;
/** The service counts by the second: what is refused within a second of a lowering tells of the same second. */
const ROUND_MS = 1_000;
/** The rate never falls below this share of the ceiling: with full aggregates less than one in five seconds. */
const FLOOR = 0.008;

/** What comes back: this share of the ceiling in a second, but at most this share of the rate with each record. */
const RAISE_PER_SECOND = 0.000_12;
const RAISE_PER_RECORD = 0.001;
/** So long, and so many Kinesis records, without a refusal say that the capacity has grown: the raise speeds up. */
const QUIET_MS = 60_000;
const QUIET_RECORDS = 200;
/** Then it doubles this often in each further such time. */
const DOUBLINGS = 8;
/** And no oftener than this in all: ten thousandfold. */
const MOST_DOUBLINGS = 13;

/** What is used is measured over so long and so many Kinesis records, whichever takes longer. */
const USAGE_MS = 5_000;
const USAGE_RECORDS = 10;
/** Who has sent nothing for so long starts anew. Longer than any wait, so that it is nobody who waits. */
const IDLE_MS = 60_000;

/**
 * The share of a shard's ceilings that this producer uses, found by trial, so that producers which know nothing of each
 * other settle near the shard's limit with few refusals. Signals are rare: beside 99 others a producer sends one full
 * aggregate in five seconds, and when one in a hundred is refused hears of it once in eight minutes. So:
 *
 * - A refusal takes a little; many of them take what they say is too much. Nothing is left that was not used before.
 * - What comes back is the same amount for all, which is what makes them equal in the end: the smaller gain as much as
 *   the larger, and the larger lose more.
 * - When many were refused and none was taken, it was a storm: once records are taken again, the rate doubles its way back
 *   to where the storm met it, or where it is refused again. Records that wait for a slower return would run out of time.
 * - Only when a long time and many records have passed without a refusal does it come back faster and faster.
 *
 * The numbers were found with `npm run fleet`; the decision on adaptive pacing says what they were weighed against.
 */
export class AdaptiveRate {
  #factor = 1;
  #loweredAt: number = Number.NEGATIVE_INFINITY;
  /** Since the last lowering, and {@link MEMORY_RECORDS} of before. */
  #sent: number = MEMORY_RECORDS;
  #refused = 0;
  #takenAt: number;
  /** Where the rate was when the storm came; undefined when there is none to come back from. */
  #reboundTo: number | undefined;
  /** Since the last lowering. */
  #hasAccepted = false;
  #acceptedAt: number;
  readonly #usage: Usage;

  constructor(now: number) {
    this.#takenAt = now;
    this.#acceptedAt = now;
    this.#usage = new Usage(now);
  }

  /** The share of the ceilings, up to 1. */
  get factor(): number {
    return this.#factor;
  }

  /**
   * A Kinesis record goes.
   *
   * @param seconds - of the ceilings that it takes up
   * @param wasHeldBack - whether it had to wait for the rate: a rate that is not used up is not too low
   */
  onTaken(seconds: number, wasHeldBack: boolean, now: number): void {
    const elapsedMs = Math.max(0, now - this.#takenAt);
    this.#takenAt = Math.max(now, this.#takenAt);
    if (elapsedMs > IDLE_MS) {
      this.#factor = 1;
      this.#reboundTo = undefined;
      this.#refused = 0;
      this.#usage.restart(now);
    }
    this.#usage.add(seconds, now);
    this.#sent++;
    if (wasHeldBack && this.#factor < 1) this.#raise(elapsedMs, now);
  }

  /** The shard took a Kinesis record. */
  onAccepted(now: number): void {
    const elapsedMs = Math.max(0, now - this.#acceptedAt);
    this.#acceptedAt = Math.max(now, this.#acceptedAt);
    this.#hasAccepted = true;
    if (this.#reboundTo === undefined) return;
    this.#factor = Math.min(this.#reboundTo, this.#factor * 2 ** Math.min(1, elapsedMs / REBOUND_MS));
    if (this.#factor >= this.#reboundTo) this.#reboundTo = undefined;
  }

  /**
   * A request that started at `startedAt` was refused, or one of its Kinesis records. Call it for each of them.
   *
   * @returns whether that lowered the rate: one answer does at most once, and answers to requests that started before
   * the last lowering tell nothing new
   */
  onRefused(startedAt: number, now: number): boolean {
    const isOfSameAnswer = now === this.#loweredAt;
    if (startedAt < this.#loweredAt && !isOfSameAnswer) return false;
    // Those of the same answer come after the lowering, and count for the next.
    this.#refused++;
    if (isOfSameAnswer || now - this.#loweredAt < ROUND_MS) return false;
    const used = Math.min(this.#factor, this.#usage.perSecond(now));
    const light = Math.min(LIGHT_CUT, LIGHT_CUT_OF_CEILING / used);
    const share = Math.min(1, this.#refused / this.#sent);
    const isStorm = share > MANY_REFUSED;
    const cut = isStorm ? Math.max(light, share) : light;
    // Where some are taken it is others that take the rest: there is no way back to what was.
    this.#reboundTo = isStorm && !this.#hasAccepted ? (this.#reboundTo ?? this.#factor) : undefined;
    this.#hasAccepted = false;
    this.#factor = Math.max(FLOOR, used * (1 - Math.min(cut, DEEPEST_CUT)));
    this.#loweredAt = now;
    this.#refused = share * MEMORY_RECORDS;
    this.#sent = MEMORY_RECORDS;
    return true;
  }

  #raise(elapsedMs: number, now: number): void {
    const quiet = Math.min((now - this.#loweredAt) / QUIET_MS, (this.#sent - MEMORY_RECORDS) / QUIET_RECORDS);
    const haste = quiet <= 1 ? 1 : 2 ** Math.min(MOST_DOUBLINGS, (quiet - 1) * DOUBLINGS);
    const raise = Math.min((elapsedMs / 1000) * RAISE_PER_SECOND, this.#factor * RAISE_PER_RECORD);
    this.#factor = Math.min(1, this.#factor + raise * haste);
  }
}

/** What has gone lately, in seconds of the ceilings per second. */
class Usage {
  #since: number;
  #seconds = 0;
  #records = 0;
  /** Of the stretch before the one that is being measured. */
  #before: number | undefined;

  constructor(now: number) {
    this.#since = now;
  }

  add(seconds: number, now: number): void {
    const elapsedMs = now - this.#since;
    if (elapsedMs >= USAGE_MS && this.#records >= USAGE_RECORDS) {
      this.#before = this.#seconds / (elapsedMs / 1000);
      this.#since = now;
      this.#seconds = 0;
      this.#records = 0;
    }
    this.#seconds += seconds;
    this.#records++;
  }

  perSecond(now: number): number {
    if (this.#before !== undefined) return this.#before;
    // The first records go in bursts: less than a second tells nothing.
    const elapsed = (now - this.#since) / 1000;
    return elapsed < 1 ? Number.POSITIVE_INFINITY : this.#seconds / elapsed;
  }

  restart(now: number): void {
    this.#since = now;
    this.#seconds = 0;
    this.#records = 0;
    this.#before = undefined;
  }
}
