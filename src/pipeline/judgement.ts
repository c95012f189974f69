import type { TakenRecord } from "../core/collector.js";
import { effectiveHashKey, newHashWords } from "../core/hash-key.js";
import type { PendingKinesisRecord } from "../core/pending-kinesis-record.js";
import type { EntryAccepted } from "../core/ports.js";
import { type HashRange, rangeCovers } from "../core/shard-map.js";
import type { StreamShards } from "../core/stream-shards.js";

/** A Kinesis record that another shard than the predicted one took, and that nobody may call delivered yet. */
export interface HeldRecord {
  readonly taken: TakenRecord;
  readonly answer: EntryAccepted;
  /** When its request began. */
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** `undecided`: the range of the answering shard, of this creation of the stream, is not known. */
export type Verdict = "inside" | "outside" | "undecided";

/** What a review decided. */
export interface Review {
  readonly delivered: readonly HeldRecord[];
  /** To be packed anew, for where the map says. */
  readonly misplaced: readonly HeldRecord[];
  /** The same: the stream that took them is no more, another has its name. */
  readonly gone: readonly HeldRecord[];
  /** To be packed anew so that no map matters: the bound has passed, and nobody knows where they are. */
  readonly undecided: readonly HeldRecord[];
}

const scratch = newHashWords();

/**
 * Judges aggregates by the range of the shard that took them. Each is judged as a whole: a reader that filters drops an
 * aggregate with one record outside its shard's range whole, so if a single user record lies outside, none counts as
 * delivered. Rule 20.
 */
export class Judgement {
  readonly #shards: StreamShards;
  readonly #boundMs: number;
  #held: HeldRecord[] = [];

  /** @param boundMs - how long after the answer a decision is waited for */
  constructor(shards: StreamShards, boundMs: number) {
    this.#shards = shards;
    this.#boundMs = boundMs;
  }

  /** Kinesis records that wait for a verdict. */
  get held(): readonly HeldRecord[] {
    return this.#held;
  }

  /** When the oldest wait ends whatever is known by then. */
  get nextAt(): number {
    return this.#held.reduce((at, held) => Math.min(at, held.answeredAt + this.#boundMs), Number.POSITIVE_INFINITY);
  }

  hold(held: HeldRecord): void {
    this.#held.push(held);
  }

  /** Whether all user records lie in the range of the shard that took them. */
  verdictOn(record: PendingKinesisRecord, answer: EntryAccepted): Verdict {
    const range = this.#shards.rangeOfAnswer(answer);
    if (range === undefined) return "undecided";
    return liesWithin(record, range) ? "inside" : "outside";
  }

  /** Whether some held record waits for a range that no list has shown. */
  isMissingRanges(): boolean {
    return this.#held.some((held) => !this.isGone(held) && this.#shards.rangeOfAnswer(held.answer) === undefined);
  }

  /** Whether the stream that took the record is no more. Rule 17. */
  isGone({ answer, sentAt }: HeldRecord): boolean {
    return this.#shards.isGone(answer, sentAt);
  }

  /**
   * Decides what can be decided.
   *
   * @param freshSince - the start of the latest refresh: what was answered before it can be packed by its map
   */
  review(freshSince: number, now: number): Review {
    const delivered: HeldRecord[] = [];
    const misplaced: HeldRecord[] = [];
    const gone: HeldRecord[] = [];
    const undecided: HeldRecord[] = [];
    const waiting: HeldRecord[] = [];
    for (const held of this.#held) {
      const verdict = this.verdictOn(held.taken.record, held.answer);
      const isOverdue = now >= held.answeredAt + this.#boundMs;
      if (this.isGone(held)) gone.push(held);
      else if (verdict === "inside") delivered.push(held);
      else if (verdict === "outside" && freshSince >= held.answeredAt) misplaced.push(held);
      // Only a service that ignores keys puts one key where it does not belong, and nothing says that this one does.
      else if (isOverdue && verdict === "undecided" && held.taken.record.hasOneKey) delivered.push(held);
      else if (isOverdue) undecided.push(held);
      else waiting.push(held);
    }
    this.#held = waiting;
    return { delivered, misplaced, gone, undecided };
  }

  /** The stream was created again: takes what may be of the one before. The others tell by their numbers, and are judged. */
  takeUntold(): HeldRecord[] {
    const held = this.#held;
    this.#held = held.filter(({ answer }) => this.#shards.tellsItsCreation(answer));
    return held.filter(({ answer }) => !this.#shards.tellsItsCreation(answer));
  }

  /** Takes everything, undecided: the stream is gone, or the producer is being closed. */
  takeAll(): HeldRecord[] {
    const held = this.#held;
    this.#held = [];
    return held;
  }
}

function liesWithin(record: PendingKinesisRecord, range: HashRange): boolean {
  for (const member of record.records()) {
    effectiveHashKey(member, scratch);
    if (!rangeCovers(range, scratch)) return false;
  }
  return true;
}
