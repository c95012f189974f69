import { evenHashRanges } from "../even-shards.js";
import { type HashPosition, positionOfHashKey } from "./hash-position.js";
import type { ModelJournal } from "./model-journal.js";
import type { ShardSnapshot } from "./model-snapshot.js";
import { ShardNumbering } from "./sequence-number.js";
import { invalidArgument, notFound, type ServiceError } from "./service-error.js";
import { Shard } from "./shard.js";
import type { StreamIdentity } from "./stream-identity.js";

/** The parts of the model that a stream needs. */
export interface StreamSurroundings {
  /** The next ordinal, for a sequence number; ordinals increase. */
  nextOrdinal(): number;
  /** The earliest creation second of a shard, since the Unix epoch. */
  readonly earliestSecond: number;
  /** How long a reshard stays hidden from listings, at present. */
  staleListMs(): number;
  readonly keepsRecords: boolean;
  /** Records what happens. */
  readonly journal: ModelJournal | undefined;
}

/** The origin of a new shard. */
interface ShardBirth {
  readonly first: bigint;
  readonly last: bigint;
  readonly now: number;
  readonly parentShardId?: string;
  readonly adjacentParentShardId?: string;
}

/** The shards of one stream: the open ones cover all hash keys, and are split and merged in one step. */
export class ShardSet {
  readonly #identity: StreamIdentity;
  readonly #surroundings: StreamSurroundings;
  readonly #shards = new Map<string, Shard>();
  /** The creation second of the youngest shard: a shard with a higher number is created later. */
  #youngestSecond = 0;
  /** Sorted by range. */
  #open: readonly Shard[] = [];
  #turn = 0;

  /** @param begin - the number of even ranges, or the restored shards */
  constructor(begin: number | readonly ShardSnapshot[], identity: StreamIdentity, surroundings: StreamSurroundings) {
    this.#identity = identity;
    this.#surroundings = surroundings;
    if (typeof begin === "number") {
      this.#open = evenHashRanges(begin).map((range) => this.#add({ ...range, now: identity.createdAt }));
      return;
    }
    const shards = begin.map((kept) => Shard.restored(kept, surroundings.keepsRecords));
    for (const shard of shards) {
      this.#shards.set(shard.shardId, shard);
      this.#youngestSecond = Math.max(this.#youngestSecond, shard.numbering.createdSecond);
    }
    this.#replaceOpen(
      [],
      shards.filter(({ closure }) => closure === undefined),
    );
  }

  /** Every shard, closed ones too, in the order of their numbers. */
  get all(): readonly Shard[] {
    return [...this.#shards.values()];
  }

  /** The open shards in the order of their ranges. */
  get open(): readonly Shard[] {
    return this.#open;
  }

  /** @throws ServiceError for an unknown id */
  get(shardId: string): Shard {
    const shard = this.#shards.get(shardId);
    if (shard !== undefined) return shard;
    throw notFound(
      `Shard ${shardId} in stream ${this.#identity.name} under account ${this.#identity.accountId} does not exist`,
    );
  }

  /** A shard to split or to merge. @throws ServiceError for an unknown id, with its own text */
  toReshard(shardId: string): Shard {
    const shard = this.#shards.get(shardId);
    if (shard !== undefined) return shard;
    throw notFound(
      `Could not find shard ${shardId} in stream ${this.#identity.name} under account ${this.#identity.accountId}.`,
    );
  }

  /** The open shard whose range holds the position. */
  at(position: HashPosition): Shard {
    let low = 0;
    let high = this.#open.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#open[middle] as Shard).start <= position) low = middle;
      else high = middle - 1;
    }
    return this.#open[low] as Shard;
  }

  /** The open shards in rotation. */
  inTurn(): Shard {
    return this.#open[this.#turn++ % this.#open.length] as Shard;
  }

  /** @throws ServiceError when the shard is unknown or closed */
  toReplace(shardId: string): Shard {
    const shard = this.toReshard(shardId);
    if (shard.closure === undefined) return shard;
    throw invalidArgument(
      `Shard ${shardId} in stream ${this.#identity.name} under account ${this.#identity.accountId} has already been merged or split, and thus is not eligible for merging or splitting.`,
    );
  }

  /**
   * Closes a shard and opens two in its place.
   *
   * @param secondStart - first hash key of the second child; the middle by default
   * @returns the children in the order of their ranges
   * @throws ServiceError when the shard is unknown or closed, or the key would leave a child empty
   */
  split(shardId: string, now: number, secondStart?: bigint): readonly [Shard, Shard] {
    const parent = this.toReplace(shardId);
    const { first, last } = parent.origin;
    const start = secondStart ?? first + (last - first + 1n) / 2n;
    if (start <= first || start > last) {
      throw invalidArgument(
        `The hash key ${start} does not split shard ${shardId}, whose range is ${first} to ${last}.`,
      );
    }
    this.#close(parent, now);
    const children = [
      this.#add({ first, last: start - 1n, parentShardId: shardId, now }),
      this.#add({ first: start, last, parentShardId: shardId, now }),
    ] as const;
    this.#replaceOpen([parent], children);
    return children;
  }

  /**
   * Two shards that can be merged, in the order of their ranges.
   *
   * @throws ServiceError when a shard is unknown or closed, or they are not neighbours
   */
  neighbours(shardId: string, adjacentShardId: string): readonly [Shard, Shard] {
    const parents = [this.toReplace(shardId), this.toReplace(adjacentShardId)] as const;
    const [low, high] = parents[0].start <= parents[1].start ? parents : ([parents[1], parents[0]] as const);
    if (low.origin.last + 1n !== high.origin.first) throw this.#noNeighbours(shardId, adjacentShardId);
    return [low, high];
  }

  /** Checks two shards as `neighbours` does, and that the first has the lower range: the service wants this order. */
  checkInOrder(shardId: string, adjacentShardId: string): void {
    const [low] = this.neighbours(shardId, adjacentShardId);
    if (low.shardId !== shardId) throw this.#noNeighbours(shardId, adjacentShardId);
  }

  #noNeighbours(shardId: string, adjacentShardId: string): ServiceError {
    const { name, accountId } = this.#identity;
    return invalidArgument(
      `Shards ${shardId} and ${adjacentShardId} in stream ${name} under account ${accountId} are not an adjacent pair of shards eligible for merging`,
    );
  }

  /**
   * Closes two adjacent shards and opens one in their place.
   *
   * @throws ServiceError when a shard is unknown or closed, or they are not neighbours
   */
  merge(shardId: string, adjacentShardId: string, now: number): Shard {
    const [low, high] = this.neighbours(shardId, adjacentShardId);
    this.#close(low, now);
    this.#close(high, now);
    const range = { first: low.origin.first, last: high.origin.last };
    const child = this.#add({ ...range, parentShardId: shardId, adjacentParentShardId: adjacentShardId, now });
    this.#replaceOpen([low, high], [child]);
    return child;
  }

  /**
   * Reshards to `count` even ranges by splits and merges, as the service does. A shard that already has its range stays
   * open. Short-lived shards in between stay behind, closed.
   */
  replaceAll(count: number, now: number): void {
    const ranges = evenHashRanges(count);
    for (const { first } of ranges) {
      const shard = this.at(positionOfHashKey(first));
      if (shard.origin.first !== first) this.split(shard.shardId, now, first);
    }
    for (const { first, last } of ranges) {
      let shard = this.at(positionOfHashKey(first));
      while (shard.origin.last < last) {
        const next = this.at(positionOfHashKey(shard.origin.last + 1n));
        shard = this.merge(shard.shardId, next.shardId, now);
      }
    }
  }

  #close(shard: Shard, now: number): void {
    shard.close({ endingSequenceNumber: shard.numbering.ending(now), closedAt: now });
  }

  #add(birth: ShardBirth): Shard {
    const { now: openedAt, ...range } = birth;
    const index = this.#shards.size;
    this.#youngestSecond = this.#creationSecond(birth);
    const startingSequenceNumber = new ShardNumbering(this.#youngestSecond, index).starting();
    const shard = new Shard({ ...range, index, openedAt, startingSequenceNumber }, this.#surroundings.keepsRecords);
    this.#shards.set(shard.shardId, shard);
    return shard;
  }

  /** A child is created at least one second after its parents: its numbers must be above theirs. */
  #creationSecond({ now, parentShardId, adjacentParentShardId }: ShardBirth): number {
    const parents = [parentShardId, adjacentParentShardId].flatMap((id) => (id === undefined ? [] : this.get(id)));
    const afterParents = parents.map(({ numbering }) => numbering.createdSecond + 1);
    return Math.max(Math.floor(now / 1_000), this.#surroundings.earliestSecond, this.#youngestSecond, ...afterParents);
  }

  #replaceOpen(parents: readonly Shard[], children: readonly Shard[]): void {
    this.#open = this.#open
      .filter((shard) => !parents.includes(shard))
      .concat(children)
      .sort((a, b) => (a.start < b.start ? -1 : 1));
  }
}
