import type { EntryAccepted, ShardDescription } from "../ports.js";
import type { HashWords } from "./hash-key.js";
import { CreationSpan, readNumberOf } from "./sequence-number.js";
import { type HashRange, isSameRange, type OpenShard, readHashRange, ShardMap, ShardMapProblem } from "./shard-map.js";

/** The effect of a list of shards. `re-created`: the list belongs to another stream, which has the name now. */
export type MapUpdate = "replaced" | "unchanged" | "re-created";

/** A shard as a list described it. */
interface KnownShard {
  readonly range: HashRange;
  /** A re-created stream has other numbers. */
  readonly firstNumber: string | undefined;
  /** Numbers of this creation of the shard; undefined where the first one cannot be read. */
  readonly span: CreationSpan | undefined;
  /** When a list first contained it, in the clock's milliseconds. */
  readonly learntAt: number;
}

/** The number of a shard and the second of its creation: in one stream both rise together. */
interface Birth {
  readonly number: number;
  readonly second: number;
}

/**
 * All shards of a stream, through every resharding: the map of open shards, and the range of each shard ever seen.
 * Ranges are kept after a shard closes, because an earlier answer can still name it: the answer for a record that the
 * parent took often comes after a refresh has dropped the parent from the list of open shards.
 *
 * All of them belong to one creation of the stream: another creation has other shards with the same ids. Rule 17.
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

  /** The open shards; undefined until they are known. */
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

  /** The range of the shard that answered; undefined also when the shard belongs to another creation of the stream. */
  rangeOfAnswer({ shardId, sequenceNumber }: EntryAccepted): HashRange | undefined {
    const known = this.#known.get(shardId);
    return known === undefined || this.#isOther(known, shardId, sequenceNumber) ? undefined : known.range;
  }

  /**
   * Whether an answer with the shard's id comes from this shard. After the stream was re-created, another shard may
   * have the id.
   */
  isAnswerOf(shard: OpenShard, sequenceNumber: string): boolean {
    const known = this.#known.get(shard.shardId);
    if (known === undefined || !isSameRange(known.range, shard.range)) return false;
    // True for nearly all answers.
    if (known.span?.covers(sequenceNumber) === true) return true;
    return !this.#isOther(known, shard.shardId, sequenceNumber);
  }

  /** Whether both the answer's number and the list show their creation of the stream. */
  tellsItsCreation({ shardId, sequenceNumber }: EntryAccepted): boolean {
    return this.#readsNumbers && this.#oldest !== undefined && readNumberOf(shardId, sequenceNumber) !== undefined;
  }

  /**
   * Whether an accepted record was lost with an earlier stream of this name. Only a record that was sent before the
   * present stream was known can be lost: later records go to the present stream, whatever their numbers say.
   */
  isGone({ shardId, sequenceNumber }: EntryAccepted, sentAt: number): boolean {
    const known = this.#known.get(shardId);
    // Nearly always the shard is known, and no number is parsed.
    if (known !== undefined && known.span?.covers(sequenceNumber) !== false) return false;
    if (!this.#readsNumbers || sentAt > (known?.learntAt ?? this.#learntAt)) return false;
    const read = readNumberOf(shardId, sequenceNumber);
    if (read === undefined) return false;
    if (known?.span !== undefined) return read.createdSecond < known.span.second;
    return this.#compareAge({ number: read.shardNumber, second: read.createdSecond }) === "earlier";
  }

  /**
   * Learns from a list that has closed shards too: their ranges. Predictions stay as they are, unless the list belongs
   * to a later stream, which it then describes completely.
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
   * Learns the list of open shards as the new map; refuses a list with gaps, or one that is older than known facts.
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

  /**
   * Forgets everything: the stream is gone, and another stream of its name would have other shards with the same ids.
   */
  forget(): void {
    this.#map = undefined;
    this.#known.clear();
    this.#closed.clear();
    this.#oldest = undefined;
    this.#newest = undefined;
    this.#learntAt = Number.POSITIVE_INFINITY;
    this.#readsNumbers = true;
  }

  /** From now on only lists count, not numbers: the service's numbers contradict each other. */
  stopReadingNumbers(): void {
    this.#readsNumbers = false;
  }

  /** Whether a number belongs to another creation of the shard; false for a number that cannot be read. */
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

  /** Which creation of the stream a list belongs to, compared with the known one. Rule 17. */
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
   * Whether a new shard can belong to the same creation as the known ones: a shard with a higher number was created
   * later.
   */
  #compareAge({ number, second }: Birth): "same" | "earlier" | "later" {
    const oldest = this.#oldest;
    const newest = this.#newest;
    if (oldest === undefined || newest === undefined) return "same";
    if (number < newest.number && second > newest.second) return "later";
    return number > oldest.number && second < oldest.second ? "earlier" : "same";
  }
}

/** Compares by sequence numbers, which rise with time: a later creation of the stream has larger ones. */
function creationByShard(shard: ShardDescription, { firstNumber, range }: KnownShard): "same" | "earlier" | "later" {
  const { startingSequenceNumber } = shard;
  if (startingSequenceNumber !== undefined && firstNumber !== undefined && startingSequenceNumber !== firstNumber)
    return BigInt(startingSequenceNumber) < BigInt(firstNumber) ? "earlier" : "later";
  // The range of a shard never changes: a shard with another range is another shard, whatever else the list says.
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
