import { Trouble } from "./trouble.js";

/** A lone refusal takes this share of the rate, but at most {@link LIGHT_CUT_OF_CEILING} of the ceiling. */
const LIGHT_CUT = 0.08;
const LIGHT_CUT_OF_CEILING = 0.01;
/** One lowering takes at most this share of the rate. */
const DEEPEST_CUT = 0.5;
/** Weight, in Kinesis records, of the share that was refused before the last lowering. */
const MEMORY_RECORDS = 6;
/** From this share on, the rate is lowered by the share that was refused. */
const MANY_REFUSED = 0.25;
/** The service counts by the second: a refusal within a second of a lowering belongs to the same second. */
const ROUND_MS = 1_000;
/** The rate never falls below this share of the ceiling: with full aggregates less than one in five seconds. */
const FLOOR = 0.008;

/** Raise of the rate: this share of the ceiling per second, but at most this share of the rate per record. */
const RAISE_PER_SECOND = 0.000_12;
const RAISE_PER_RECORD = 0.001;
/** After this time and this many Kinesis records without a refusal, the capacity has grown: the raise speeds up. */
const QUIET_MS = 60_000;
const QUIET_RECORDS = 200;
/** Doublings of the raise in each further such period. */
const DOUBLINGS = 8;
/** Most doublings in all: about ten thousandfold. */
const MOST_DOUBLINGS = 13;

/** Usage is measured over this time and this many Kinesis records, whichever takes longer. */
const USAGE_MS = 5_000;
const USAGE_RECORDS = 10;
/**
 * A single second counts as usage if this share of the ceiling was sent in it. A smaller share is normal variation of a
 * small rate.
 */
const BURST_OF_CEILING = 1 / 2;
/** After this time without sending, the rate starts again. Longer than any wait for the rate, so a waiting producer never does. */
const IDLE_MS = 60_000;

/** During recovery the rate doubles in this time, or with each Kinesis record if those are rarer. */
const DOUBLE_MS = 1_000;
/** The recovery begins at this share of its goal. */
const BACK_FROM = 1 / 32;
/** A record is late this long after it was due. */
const LATE_MS = 500;

/**
 * The share of a shard's ceilings that this producer uses. It is found by trial: producers that do not know each other
 * settle near the shard's limit, with few refusals. Signals are rare. Beside 99 others a producer sends one full
 * aggregate in five seconds; if one in a hundred is refused, it sees a refusal once in eight minutes. Therefore:
 *
 * - A single refusal lowers the rate a little; many lower it by the share that was refused. In both cases the unused
 *   part of the rate is lost.
 * - The raise is the same amount for every producer, which makes their rates equal in the end: a small rate gains as
 *   much as a large one, and a large one loses more.
 * - When many records were refused and none was taken, it was a storm. After it, the accepted records raise the rate
 *   again, at most doubling it in a second, up to the rate from before the storm or until a record is refused.
 * - Where records expire, nothing lowers the rate in the first minute of trouble (`trouble`): a storm is over by then.
 * - After a long time and many records without a refusal, the raise becomes faster and faster.
 *
 * The numbers were found with `npm run bench fleet`; the decision on adaptive pacing has the alternatives.
 */
export class AdaptiveRate {
  #factor = 1;
  #loweredAt: number = Number.NEGATIVE_INFINITY;
  /** Records since the last lowering, and {@link MEMORY_RECORDS} from before. */
  #sent: number = MEMORY_RECORDS;
  #refused = 0;
  #takenAt: number;
  readonly #recovery: Recovery;
  /** Absent where records never expire. */
  readonly #trouble: Trouble | undefined;
  readonly #usage: Usage;

  /**
   * @param expires - whether records expire: then the rate also recovers from storms in which some records are taken
   */
  constructor(now: number, expires = false) {
    this.#takenAt = now;
    this.#recovery = new Recovery(now);
    this.#trouble = expires ? new Trouble() : undefined;
    this.#usage = new Usage(now);
  }

  /** The share of the ceilings, up to 1. */
  get factor(): number {
    return this.#factor;
  }

  /**
   * A Kinesis record is sent.
   *
   * @param seconds - how many seconds of the ceilings the record takes up
   * @param wasHeldBack - whether it had to wait for the rate: a rate that is not used up is not too low
   * @param lateMs - time since the record was due
   */
  onTaken(seconds: number, wasHeldBack: boolean, now: number, lateMs = 0): void {
    const elapsedMs = Math.max(0, now - this.#takenAt);
    this.#takenAt = Math.max(now, this.#takenAt);
    if (elapsedMs > IDLE_MS) {
      this.restart(now);
    }
    const isHeldBack = wasHeldBack && this.#factor < 1;
    if (isHeldBack || lateMs >= LATE_MS) this.#noteTrouble(isHeldBack, now);
    this.#usage.add(seconds, now);
    this.#sent++;
    if (isHeldBack) this.#raise(elapsedMs, now);
  }

  /** The shard took a Kinesis record. */
  onAccepted(now: number): void {
    this.#factor = this.#recovery.onAccepted(this.#factor, now);
  }

  /**
   * A request that started at `startedAt` was refused, or one of its Kinesis records. Call it for each of them.
   *
   * @returns whether that lowered the rate. One answer lowers it at most once, and an answer to a request from before
   * the last lowering has no effect
   */
  onRefused(startedAt: number, now: number): boolean {
    const isOfSameAnswer = now === this.#loweredAt;
    if (startedAt < this.#loweredAt && !isOfSameAnswer) return false;
    // Further refusals of the same answer come after the lowering, and count for the next one.
    this.#refused++;
    this.#noteTrouble(false, now);
    if (this.#trouble?.isYoung(now) === true) return false;
    if (isOfSameAnswer || now - this.#loweredAt < ROUND_MS) return false;
    const used = Math.min(this.#factor, this.#usage.perSecond(now));
    const light = Math.min(LIGHT_CUT, LIGHT_CUT_OF_CEILING / used);
    const share = Math.min(1, this.#refused / this.#sent);
    const isHeavy = share > MANY_REFUSED;
    this.#recovery.onLowered(isHeavy, this.#factor);
    const cut = isHeavy ? Math.max(light, share) : light;
    this.#factor = Math.max(FLOOR, used * (1 - Math.min(cut, DEEPEST_CUT)));
    this.#loweredAt = now;
    this.#refused = share * MEMORY_RECORDS;
    this.#sent = MEMORY_RECORDS;
    return true;
  }

  /** Begins again at the ceilings. */
  restart(now: number): void {
    this.#factor = 1;
    this.#recovery.close();
    this.#refused = 0;
    this.#trouble?.restart(now);
    this.#usage.restart(now);
  }

  /** Young trouble begins at the ceilings: the rate from before it comes from a contest that is over. */
  #noteTrouble(isHeldBack: boolean, now: number): void {
    if (this.#trouble?.note(isHeldBack, now) === true && this.#factor < 1) this.restart(now);
  }

  #raise(elapsedMs: number, now: number): void {
    const quiet = Math.min((now - this.#loweredAt) / QUIET_MS, (this.#sent - MEMORY_RECORDS) / QUIET_RECORDS);
    const haste = quiet <= 1 ? 1 : 2 ** Math.min(MOST_DOUBLINGS, (quiet - 1) * DOUBLINGS);
    const raise = Math.min((elapsedMs / 1000) * RAISE_PER_SECOND, this.#factor * RAISE_PER_RECORD);
    this.#factor = Math.min(1, this.#factor + raise * haste);
  }
}

/** The recovery of the rate from before a storm: a row of lowerings without an accepted record between them. */
class Recovery {
  /** The goal of the recovery; undefined while there is no recovery. */
  #to: number | undefined;
  #acceptedAt: number;
  /** Whether a record was accepted since the last lowering. */
  #hasAccepted = true;

  constructor(now: number) {
    this.#acceptedAt = now;
  }

  onLowered(isHeavy: boolean, factor: number): void {
    // If some records are accepted, other producers use the rest of the capacity: this is a contest, not a storm.
    this.#to = isHeavy && !this.#hasAccepted ? (this.#to ?? factor) : undefined;
    this.#hasAccepted = false;
  }

  /** Returns the rate after a record was taken at this one. */
  onAccepted(factor: number, now: number): number {
    const elapsedMs = Math.max(0, now - this.#acceptedAt);
    this.#acceptedAt = Math.max(now, this.#acceptedAt);
    this.#hasAccepted = true;
    const to = this.#to;
    if (to === undefined) return factor;
    const next = Math.min(to, Math.max(factor, to * BACK_FROM) * 2 ** Math.min(1, elapsedMs / DOUBLE_MS));
    if (next >= to) this.close();
    return Math.max(factor, next);
  }

  close(): void {
    this.#to = undefined;
  }
}

/**
 * Recent usage, in seconds of the ceilings per second: the mean over some seconds, or a recent second if that is more.
 */
class Usage {
  #since: number;
  #seconds = 0;
  #records = 0;
  /** Usage in the period before the present one. */
  #before: number | undefined;
  #secondAt: number;
  #inSecond = 0;
  #inSecondBefore = 0;
  #last = 0;

  constructor(now: number) {
    this.#since = now;
    this.#secondAt = now;
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
    if (now - this.#secondAt >= 1000) {
      this.#inSecondBefore = now - this.#secondAt < 2000 ? this.#inSecond : 0;
      this.#secondAt = now;
      this.#inSecond = 0;
    }
    this.#inSecond += seconds;
    this.#last = seconds;
  }

  perSecond(now: number): number {
    const burst = this.#burst();
    if (this.#before !== undefined) return Math.max(burst, this.#before);
    // The first records are sent in bursts: less than a second gives no rate.
    const elapsed = (now - this.#since) / 1000;
    return elapsed < 1 ? Number.POSITIVE_INFINITY : Math.max(burst, this.#seconds / elapsed);
  }

  /**
   * After an outage the backlog is sent at the ceiling, while the mean over seconds is still that of the outage. One
   * record in a second does not show a rate.
   */
  #burst(): number {
    const seconds = Math.max(this.#inSecond, this.#inSecondBefore) - this.#last;
    return seconds >= BURST_OF_CEILING ? seconds : 0;
  }

  restart(now: number): void {
    this.#since = now;
    this.#seconds = 0;
    this.#records = 0;
    this.#before = undefined;
    this.#secondAt = now;
    this.#inSecond = 0;
    this.#inSecondBefore = 0;
  }
}
