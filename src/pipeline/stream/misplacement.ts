import type { Packing } from "../../core/lane/aggregator.js";
import type { TakenRecord } from "../../core/lane/collector.js";
import type { Lane } from "../../core/lane/lane.js";
import type { EntryAccepted } from "../../core/ports.js";
import type { PendingKinesisRecord } from "../../core/record/pending-kinesis-record.js";
import { effectiveHashKey, newHashWords } from "../../core/shards/hash-key.js";
import { type HashRange, rangeCovers } from "../../core/shards/shard-map.js";
import type { FactsChange } from "./facts-change.js";
import type { StreamFacts } from "./stream-facts.js";

export interface MisplacementParts {
  readonly facts: StreamFacts;
  /** The configured packing; trusted lanes use it. */
  readonly packing: Packing;
  /** How long a decision may take, counted from the answer. */
  readonly boundMs: number;
}

/**
 * A Kinesis record that another shard than the predicted one took. Until its placement is decided, it is neither
 * delivered nor resent.
 */
export interface HeldRecord {
  readonly taken: TakenRecord;
  readonly answer: EntryAccepted;
  /** When its request began. */
  readonly sentAt: number;
  readonly answeredAt: number;
}

/**
 * The outcome of a Kinesis record that the predicted shard did not take. `gone`: held too, but not evidence against the
 * map.
 */
export type Landing = "delivered" | "held" | "gone";

/** `undecided`: the range of the shard that answered is unknown for this creation of the stream. */
type Placement = "inside" | "outside" | "undecided";

/** Records to re-pack for the current lanes. */
export interface Resend {
  readonly records: readonly HeldRecord[];
  readonly why: string;
  /** Replaces the packing of the lanes. */
  readonly packing: Packing | undefined;
}

/** Decisions about lanes and held records: a plain value, which the stream carries out. */
export interface MisplacementDecision {
  readonly delivered: readonly HeldRecord[];
  readonly resend: readonly Resend[];
  /**
   * Lanes that are no longer held, and no longer trusted: any shard may take the records that they pack from now on.
   */
  readonly distrusted: readonly Lane[];
}

const NOTHING_DECIDED: MisplacementDecision = { delivered: [], resend: [], distrusted: [] };

const GONE = "the stream that took the record was deleted, and created again";
const ELSEWHERE = "the shard that took the aggregate does not hold all of its hash keys";

const scratch = newHashWords();

/**
 * Decides about records that the predicted shard did not take: which lanes to trust, and which records to hold,
 * deliver, or resend.
 *
 * - **Lanes**: a lane is held, as in a pause, when its shard did not take its record. The hold ends when a refresh that
 * began after the evidence is answered, or at the bound. If the map still says the same then, the lane is not trusted
 * any more. Rule 5.
 * - **Records**: the range of the shard that took an aggregate decides about the whole aggregate. A reader that filters
 * drops an aggregate whole if one of its user records lies outside the shard's range, so then no user record counts as
 * delivered. Rule 20.
 * - **Keys**: an aggregate of one key outside its shard says that the service may be ignoring keys. Rule 12.
 */
export class Misplacement {
  readonly #parts: MisplacementParts;
  /** Held lanes, with the start of the hold. */
  readonly #heldLanes: Map<Lane, number> = new Map();
  #held: HeldRecord[] = [];
  /** Whether the service uses keys. `believed`: it ignores them, because a fresh map did not explain the evidence. */
  #keys: "trusted" | "suspected" | "believed" = "trusted";
  /** When an aggregate of one key was last found in a wrong shard. */
  #keysSuspectedAt: number = Number.NEGATIVE_INFINITY;

  constructor(parts: MisplacementParts) {
    this.#parts = parts;
  }

  /** The next moment at which the bound of a lane or a record passes. */
  get nextAt(): number {
    let since = Number.POSITIVE_INFINITY;
    for (const { answeredAt } of this.#held) since = Math.min(since, answeredAt);
    return Math.min(since + this.#parts.boundMs, this.#heldLanesUntil);
  }

  get #heldLanesUntil(): number {
    let since = Number.POSITIVE_INFINITY;
    for (const at of this.#heldLanes.values()) since = Math.min(since, at);
    return since + this.#parts.boundMs;
  }

  /** When the oldest held user record was accepted; Infinity when none is held. */
  oldestHeldAt(): number {
    let at = Number.POSITIVE_INFINITY;
    for (const { taken } of this.#held) at = Math.min(at, taken.record.oldestAt);
    return at;
  }

  /**
   * Whether the evidence says that the service ignores keys, even against its summary. Records that need the envelope
   * would then be resent without end.
   */
  get mayIgnoreKeys(): boolean {
    return this.#keys === "believed";
  }

  /** How to pack records without a trusted shard: by key, unless the service may be ignoring keys. */
  get fallbackPacking(): Packing {
    const { packing, facts } = this.#parts;
    if (packing === "none" || this.#keys !== "trusted") return "none";
    return facts.recordDistribution === "USER_PARTITION_KEY" ? "key" : "none";
  }

  /** Whether a held record waits for a range that no list has shown. */
  get isMissingRanges(): boolean {
    const { shards } = this.#parts.facts;
    return this.#held.some((held) => !this.#isGone(held) && shards.rangeOfAnswer(held.answer) === undefined);
  }

  /** Whether the lane's shard took the record, and not a shard with the same id in another creation of the stream. */
  isPredicted({ shard }: Lane, { shardId, sequenceNumber }: EntryAccepted): boolean {
    return shard?.shardId === shardId && this.#parts.facts.shards.isAnswerOf(shard, sequenceNumber);
  }

  /** The lane's shard did not take the record, or the lane has no shard. The lane may be held from now on. */
  onLanded(taken: TakenRecord, answer: EntryAccepted, sentAt: number, now: number): Landing {
    const { record, lane } = taken;
    const held: HeldRecord = { taken, answer, sentAt, answeredAt: now };
    if (this.#isGone(held)) {
      this.#held.push(held);
      return "gone";
    }
    this.#suspect(lane, answer, now);
    // Rule 19: for a raw record every shard is right.
    if (!record.isAggregate || (record.hasOneKey && this.#isInPlace(taken, answer))) return "delivered";
    if (record.hasOneKey && this.#placementOf(record, answer) === "outside") this.#suspectKeys(now);
    this.#held.push(held);
    return "held";
  }

  #suspect(lane: Lane, { shardId }: EntryAccepted, now: number): void {
    if (lane.shard === undefined) return;
    if (lane.shard.shardId === shardId) {
      this.#parts.facts.onOtherCreation(now);
      // Aggregates of one key, and raw records, do not depend on shard boundaries.
      if (lane.queue.aggregator.packing !== "shard") return;
    }
    if (this.#heldLanes.has(lane)) return;
    this.#heldLanes.set(lane, now);
    lane.heldUntil = now + this.#parts.boundMs;
  }

  /** The next summary, or the next map, decides. */
  #suspectKeys(now: number): void {
    if (this.#keys === "trusted") this.#keys = "suspected";
    this.#keysSuspectedAt = now;
  }

  /**
   * Whether an aggregate of one key counts as delivered at once. If it was made while the map was trusted, it waits for
   * the range of a shard that the map does not have: the service may have begun to ignore keys. The range comes with
   * the next list, or later if the list lags.
   */
  #isInPlace({ record, lane }: TakenRecord, answer: EntryAccepted): boolean {
    const placement = this.#placementOf(record, answer);
    return placement === "inside" || (placement === "undecided" && !this.#wasBelieved(lane));
  }

  /**
   * Whether an aggregate of the lane was made while the lane was trusted, as far as is known. A lane without trust
   * makes aggregates of one key, or none: any other aggregate is older.
   */
  #wasBelieved(lane: Lane): boolean {
    const { packing } = lane.queue.aggregator;
    return lane.shard !== undefined && (packing === this.#parts.packing || packing === "none");
  }

  /** Reads new facts, before the lanes change; returns the decisions. */
  onFacts({ map, isListing, isSummary }: FactsChange, now: number): MisplacementDecision {
    if (map === "replaced" || map === "re-created" || isSummary === true) this.#keys = "trusted";
    else if (map !== undefined && this.#keys === "suspected" && this.#parts.facts.askedAt >= this.#keysSuspectedAt)
      this.#keys = "believed";
    const distrusted = isListing === true ? this.#releaseSuspects(now) : [];
    return this.#review(distrusted, map === "re-created", now);
  }

  /** Decides by the passed time. */
  onTime(now: number): MisplacementDecision {
    const distrusted = this.#heldLanesUntil <= now ? this.#releaseSuspects(now) : [];
    return this.#held.length === 0 && distrusted.length === 0 ? NOTHING_DECIDED : this.#review(distrusted, false, now);
  }

  /** Ends the hold of lanes that a refresh has decided, and of lanes whose bound has passed. */
  #releaseSuspects(now: number): readonly Lane[] {
    const { facts, boundMs } = this.#parts;
    const released: Lane[] = [];
    for (const [lane, since] of this.#heldLanes) {
      if (facts.askedAt < since && now < since + boundMs) continue;
      this.#heldLanes.delete(lane);
      lane.heldUntil = Number.NEGATIVE_INFINITY;
      released.push(lane);
    }
    return released;
  }

  #review(distrusted: readonly Lane[], isRecreated: boolean, now: number): MisplacementDecision {
    const sorted: Record<Fate, HeldRecord[]> = { deliver: [], leave: [], misplaced: [], undecided: [], gone: [] };
    for (const held of this.#held) sorted[this.#fateOf(held, isRecreated, now)].push(held);
    this.#held = sorted.leave;
    const resend: Resend[] = [
      { records: sorted.gone, why: GONE, packing: undefined },
      { records: sorted.misplaced, why: ELSEWHERE, packing: this.#keys === "trusted" ? undefined : "none" },
      { records: sorted.undecided, why: ELSEWHERE, packing: this.fallbackPacking },
    ];
    return { delivered: sorted.deliver, resend, distrusted };
  }

  #fateOf(held: HeldRecord, isRecreated: boolean, now: number): Fate {
    const { facts, boundMs } = this.#parts;
    const { answer, answeredAt, taken } = held;
    // Only answers whose sequence numbers show the creation are decided.
    if ((isRecreated && !facts.shards.tellsItsCreation(answer)) || this.#isGone(held)) return "gone";
    const placement = this.#placementOf(taken.record, answer);
    if (placement === "inside") return "deliver";
    // The map was asked for after the answer: packing by it cannot repeat the mistake.
    if (placement === "outside" && facts.askedAt >= answeredAt) return "misplaced";
    if (now < answeredAt + boundMs) return "leave";
    // Only a service that ignores keys puts one key into a wrong shard, and nothing says that this service does.
    return placement === "undecided" && taken.record.hasOneKey ? "deliver" : "undecided";
  }

  /** Takes all held records, undecided: the stream is gone, or the producer is closing. */
  takeAll(): readonly HeldRecord[] {
    const held = this.#held;
    this.#held = [];
    return held;
  }

  /** Whether all user records lie in the range of the shard that took them. */
  #placementOf(record: PendingKinesisRecord, answer: EntryAccepted): Placement {
    const range = this.#parts.facts.shards.rangeOfAnswer(answer);
    if (range === undefined) return "undecided";
    return liesWithin(record, range) ? "inside" : "outside";
  }

  /** Whether the stream that took the record was deleted. Rule 17. */
  #isGone({ answer, sentAt }: HeldRecord): boolean {
    return this.#parts.facts.shards.isGone(answer, sentAt);
  }
}

/** The decision about a held record. `undecided`: the bound has passed, and the range of its shard is unknown. */
type Fate = "deliver" | "leave" | "misplaced" | "undecided" | "gone";

function liesWithin(record: PendingKinesisRecord, range: HashRange): boolean {
  for (const member of record.records()) {
    effectiveHashKey(member, scratch);
    if (!rangeCovers(range, scratch)) return false;
  }
  return true;
}
