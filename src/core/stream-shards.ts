import type { HashWords } from "./hash-key.js";
import type { EntryAccepted, ShardDescription } from "./ports.js";
import { CreationSpan, readNumberOf } from "./sequence-number.js";
import { type HashRange, isSameRange, type OpenShard, readHashRange, ShardMap, ShardMapProblem } from "./shard-map.js";

/** What a list of shards changed. `re-created`: it is of another stream, which has the name now. */
export type MapUpdate = "replaced" | "unchanged" | "re-created";

/** A shard as a list told it. */
interface KnownShard {
  readonly range: HashRange;
  /** A stream that is created again has others. */
  readonly firstNumber: string | undefined;
  /** Numbers of this creation of the shard; undefined where the first one cannot be read. */
  readonly span: CreationSpan | undefined;
  /** When a list told it first, in the clock's milliseconds. */
  readonly learntAt: number;
}

/** A shard by its number and the second of its creation: in one stream both rise together. */
interface Birth {
  readonly number: number;
  readonly second: number;
}

/**
 * All that is known about a stream's shards, through every resharding: the map of open ones, and the range of each shard
 * ever seen. Ranges are kept after a shard closes because an answer from before can still name it: a record that the
 * parent took is often answered after a refresh has dropped that parent from the list of open shards.
 *
 * All of it is of one creation of the stream: another one has other shards under the same ids. Rule 17.
 */
export class StreamShards {
  #map: ShardMap | undefined;
  readonly #known: Map<string, KnownShard> = new Map();
  /** Shards seen closed, or as the parent of another: never predicted again, however late a list still shows them. */
  readonly #closed: Set<string> = new Set();
  /** The known shards with the lowest and with the highest number. */
  #oldest: Birth | undefined;
  #newest: Birth | undefined;
  /** When the first list of this creation was taken in. */
  #learntAt: number = Number.POSITIVE_INFINITY;
  #readsNumbers = true;

  /** The open shards, as far as they are known. */
  get map(): ShardMap | undefined {
    return this.#map;
  }

  /** The shard that a record with this hash key goes to; undefined without a map. */
  predict(hash: HashWords): OpenShard | undefined {
    const map = this.#map;
    return map === undefined ? undefined : map.shards[map.predict(hash)];
  }

  /** The range of a shard, open or closed, if it was ever listed. */
  rangeOf(shardId: string): HashRange | undefined {
    return this.#known.get(shardId)?.range;
  }

  /** The range of the shard that answered; undefined also when that is a shard of another creation of the stream. */
  rangeOfAnswer({ shardId, sequenceNumber }: EntryAccepted): HashRange | undefined {
    const known = this.#known.get(shardId);
    return known === undefined || this.#isOther(known, shardId, sequenceNumber) ? undefined : known.range;
  }

  /**
   * Whether an answer by the shard's id is an answer by this very shard: the id may be that of another, where the stream was
   * created again.
   */
  isAnswerOf(shard: OpenShard, sequenceNumber: string): boolean {
    const known = this.#known.get(shard.shardId);
    if (known === undefined || !isSameRange(known.range, shard.range)) return false;
    // The way of nearly all.
    if (known.span?.covers(sequenceNumber) === true) return true;
    return !this.#isOther(known, shard.shardId, sequenceNumber);
  }

  /** Whether the answer's number tells which creation of the stream it is of, and so does the list. */
  tellsItsCreation({ shardId, sequenceNumber }: EntryAccepted): boolean {
    return this.#readsNumbers && this.#oldest !== undefined && readNumberOf(shardId, sequenceNumber) !== undefined;
  }

  /**
   * Whether what was accepted is gone with an earlier stream of this name. Only what was sent before this one was known can
   * be: from then on nothing goes to a stream that is no more, whatever numbers say.
   */
  isGone({ shardId, sequenceNumber }: EntryAccepted, sentAt: number): boolean {
    const known = this.#known.get(shardId);
    // Nearly always it is a shard that is known, and no number is parsed.
    if (known !== undefined && known.span?.covers(sequenceNumber) !== false) return false;
    if (!this.#readsNumbers || sentAt > (known?.learntAt ?? this.#learntAt)) return false;
    const read = readNumberOf(shardId, sequenceNumber);
    if (read === undefined) return false;
    if (known?.span !== undefined) return read.createdSecond < known.span.second;
    return this.#compareAge({ number: read.shardNumber, second: read.createdSecond }) === "earlier";
  }

  /**
   * Takes in a list that holds closed shards too: for their ranges. Predictions stay as they are, unless it is of a later
   * stream: all there is of that is in the list.
   */
  learnAll(shards: readonly ShardDescription[], now: number): MapUpdate {
    const creation = this.#creationOf(shards);
    if (creation === "earlier") return "unchanged";
    if (creation === "later") {
      const open = ShardMap.from(shards.filter((shard) => shard.endingSequenceNumber === undefined));
      if (open instanceof ShardMapProblem) return "unchanged";
      this.forget();
      this.#map = open;
      this.#learntAt = now;
    }
    this.#keep(shards, now);
    return creation === "later" ? "re-created" : "unchanged";
  }

  /**
   * Takes in the list of open shards as the new map; refuses a list with gaps, and one that lags behind what is known.
   *
   * @param now - in the clock's milliseconds
   */
  learnOpen(shards: readonly ShardDescription[], now: number): MapUpdate | ShardMapProblem {
    const creation = this.#creationOf(shards);
    if (creation === "earlier") return new ShardMapProblem("the list is of a stream that is gone");
    if (creation === "later") {
      this.forget();
      const update = this.learnOpen(shards, now);
      return update instanceof ShardMapProblem ? update : "re-created";
    }
    this.#learntAt = Math.min(this.#learntAt, now);
    this.#keep(shards, now);
    for (const { shardId } of shards) {
      if (this.#closed.has(shardId))
        return new ShardMapProblem(`the list still shows shard ${shardId}, which is closed`);
    }
    const next = ShardMap.from(shards);
    if (next instanceof ShardMapProblem) return next;
    if (this.#map !== undefined && isSame(this.#map, next)) return "unchanged";
    this.#map = next;
    return "replaced";
  }

  /** Forgets everything: the stream is gone, and another of its name would have other shards of the same ids. */
  forget(): void {
    this.#map = undefined;
    this.#known.clear();
    this.#closed.clear();
    this.#oldest = undefined;
    this.#newest = undefined;
    this.#learntAt = Number.POSITIVE_INFINITY;
    this.#readsNumbers = true;
  }

  /** Believes the lists, and no number any more: the service's own do not agree with each other. */
  stopReadingNumbers(): void {
    this.#readsNumbers = false;
  }

  /** Whether a number tells of another creation of the shard. One that cannot be read tells nothing. */
  #isOther({ span }: KnownShard, shardId: string, sequenceNumber: string): boolean {
    if (span === undefined || !this.#readsNumbers || span.covers(sequenceNumber)) return false;
    return readNumberOf(shardId, sequenceNumber) !== undefined;
  }

  #keep(shards: readonly ShardDescription[], now: number): void {
    for (const shard of shards) {
      const range = readHashRange(shard);
      if (range !== undefined) this.#keepRange(shard, range, now);
      if (shard.endingSequenceNumber !== undefined) this.#closed.add(shard.shardId);
      if (shard.parentShardId !== undefined) this.#closed.add(shard.parentShardId);
      if (shard.adjacentParentShardId !== undefined) this.#closed.add(shard.adjacentParentShardId);
    }
  }

  #keepRange(shard: ShardDescription, range: HashRange, now: number): void {
    const birth = birthOf(shard);
    const known = this.#known.get(shard.shardId);
    this.#known.set(shard.shardId, {
      range,
      firstNumber: shard.startingSequenceNumber ?? known?.firstNumber,
      span: birth === undefined ? known?.span : new CreationSpan(birth.second),
      learntAt: known?.learntAt ?? now,
    });
    if (birth === undefined) return;
    if (this.#oldest === undefined || birth.number < this.#oldest.number) this.#oldest = birth;
    if (this.#newest === undefined || birth.number > this.#newest.number) this.#newest = birth;
  }

  /** Which creation of the stream a list is of, beside the one that is known. Rule 17. */
  #creationOf(shards: readonly ShardDescription[]): "same" | "earlier" | "later" {
    for (const shard of shards) {
      const known = this.#known.get(shard.shardId);
      const creation = known === undefined ? this.#creationByAge(shard) : creationByShard(shard, known);
      if (creation !== "same") return creation;
    }
    return "same";
  }

  /** An earlier stream may have been resharded, so that lists of the two have no id in common. */
  #creationByAge(shard: ShardDescription): "same" | "earlier" | "later" {
    const birth = birthOf(shard);
    return birth === undefined ? "same" : this.#compareAge(birth);
  }

  /**
   * Looks whether a shard that is new here can have been created with those that are known: the higher its number, the later
   * it was.
   */
  #compareAge({ number, second }: Birth): "same" | "earlier" | "later" {
    const oldest = this.#oldest;
    const newest = this.#newest;
    if (oldest === undefined || newest === undefined) return "same";
    if (number < newest.number && second > newest.second) return "later";
    return number > oldest.number && second < oldest.second ? "earlier" : "same";
  }
}

/** Sequence numbers rise with time, so those of a later creation of the stream are larger. */
function creationByShard(shard: ShardDescription, { firstNumber, range }: KnownShard): "same" | "earlier" | "later" {
  const { startingSequenceNumber } = shard;
  if (startingSequenceNumber !== undefined && firstNumber !== undefined && startingSequenceNumber !== firstNumber)
    return BigInt(startingSequenceNumber) < BigInt(firstNumber) ? "earlier" : "later";
  // The range of a shard never changes: with another it is another shard, whatever else is said of it, or not said.
  const told = readHashRange(shard);
  return told === undefined || isSameRange(told, range) ? "same" : "later";
}

function birthOf({ shardId, startingSequenceNumber = "" }: ShardDescription): Birth | undefined {
  const read = readNumberOf(shardId, startingSequenceNumber);
  return read === undefined ? undefined : { number: read.shardNumber, second: read.createdSecond };
}

/** Ranges of a shard never change, so equal ids are equal maps. */
function isSame(a: ShardMap, b: ShardMap): boolean {
  return a.shards.length === b.shards.length && a.shards.every((shard, i) => shard.shardId === b.shards[i]?.shardId);
}
