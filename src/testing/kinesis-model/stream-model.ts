import type { ShardDescription } from "../../core/ports.js";
import { evenHashRanges } from "../even-shards.js";
import { type HashPosition, positionOfHashKey, positionOfPartitionKey } from "./hash-position.js";
import { sequenceNumberOf } from "./sequence-number.js";
import { invalidArgument, notFound } from "./service-error.js";
import { Shard, type StoredRecord } from "./shard.js";
import type { StreamSettings } from "./stream-settings.js";

/** Who a stream is. */
export interface StreamIdentity {
  readonly name: string;
  readonly arn: string;
  readonly accountId: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** Tells a re-created stream from the old one of the same name. */
  readonly generation: number;
}

/** What is put: the hash key, where given, is within 0 to 2^128 - 1. */
export interface IncomingRecord {
  readonly partitionKey?: string;
  readonly explicitHashKey?: string;
  readonly data: Uint8Array;
}

/** A stream: shards that cover all hash keys, split and merged in one step. Time comes in as `now`, epoch milliseconds. */
export class StreamModel {
  readonly identity: StreamIdentity;
  readonly settings: StreamSettings;
  readonly #nextOrdinal: () => number;
  readonly #shards = new Map<string, Shard>();
  /** Sorted by range. */
  #open: readonly Shard[];
  #turn = 0;

  /** @param nextOrdinal - rising numbers, from which sequence numbers are made */
  constructor(identity: StreamIdentity, settings: StreamSettings, nextOrdinal: () => number) {
    this.identity = identity;
    this.settings = settings;
    this.#nextOrdinal = nextOrdinal;
    this.#open = evenHashRanges(settings.shards).map((range) => this.#addShard({ ...range, now: identity.createdAt }));
  }

  /** Every shard, closed ones too, in the order of their numbers. */
  get shards(): readonly Shard[] {
    return [...this.#shards.values()];
  }

  /** The open shards in the order of their ranges. */
  get openShards(): readonly Shard[] {
    return this.#open;
  }

  /** Every shard as ListShards describes it. */
  describeShards(): ShardDescription[] {
    return this.shards.map((shard) => shard.describe());
  }

  /** @throws ServiceError for an unknown id */
  shard(shardId: string): Shard {
    const shard = this.#shards.get(shardId);
    if (shard !== undefined) return shard;
    throw notFound(
      `Shard ${shardId} in stream ${this.identity.name} under account ${this.identity.accountId} does not exist`,
    );
  }

  /** A number above every sequence number that the stream has given so far. */
  sequenceNumberAhead(): bigint {
    return BigInt(sequenceNumberOf(this.#nextOrdinal(), 0));
  }

  /** Stores the record in the shard that its keys, or the turn of an AUTO stream, say. */
  put(record: IncomingRecord, now: number): StoredRecord {
    const isAuto = this.settings.recordDistribution === "AUTO";
    const shard = isAuto ? this.#shardInTurn() : this.#shardAt(routeOf(record));
    const { partitionKey, explicitHashKey, data } = record;
    const stored: StoredRecord = {
      shardId: shard.shardId,
      sequenceNumber: sequenceNumberOf(this.#nextOrdinal(), shard.origin.index),
      ...(isAuto || partitionKey === undefined ? {} : { partitionKey }),
      ...(isAuto || explicitHashKey === undefined ? {} : { explicitHashKey }),
      data,
      arrivedAt: now,
    };
    shard.append(stored);
    return stored;
  }

  /**
   * Closes a shard and opens two in its place.
   *
   * @param secondStart - first hash key of the second child; the middle by default
   * @returns the children in the order of their ranges
   * @throws ServiceError when the shard is unknown or closed, or the key would leave a child empty
   */
  splitShard(shardId: string, now: number, secondStart?: bigint): readonly [Shard, Shard] {
    const parent = this.#shardToReplace(shardId);
    const { first, last } = parent.origin;
    const start = secondStart ?? first + (last - first + 1n) / 2n;
    if (start <= first || start > last) {
      throw invalidArgument(
        `The hash key ${start} does not split shard ${shardId}, whose range is ${first} to ${last}.`,
      );
    }
    this.#close(parent, now);
    const children = [
      this.#addShard({ first, last: start - 1n, parentShardId: shardId, now }),
      this.#addShard({ first: start, last, parentShardId: shardId, now }),
    ] as const;
    this.#replaceOpen([parent], children);
    return children;
  }

  /**
   * Closes two adjacent shards and opens one in their place.
   *
   * @throws ServiceError when a shard is unknown or closed, or they are not neighbours
   */
  mergeShards(shardId: string, adjacentShardId: string, now: number): Shard {
    const parents = [this.#shardToReplace(shardId), this.#shardToReplace(adjacentShardId)] as const;
    const [low, high] = parents[0].start <= parents[1].start ? parents : ([parents[1], parents[0]] as const);
    if (low.origin.last + 1n !== high.origin.first) {
      throw invalidArgument(
        `Shards ${shardId} and ${adjacentShardId} in stream ${this.identity.name} under account ${this.identity.accountId} are not an adjacent pair of shards eligible for merging`,
      );
    }
    for (const parent of parents) this.#close(parent, now);
    const range = { first: low.origin.first, last: high.origin.last };
    const child = this.#addShard({ ...range, parentShardId: shardId, adjacentParentShardId: adjacentShardId, now });
    this.#replaceOpen([low, high], [child]);
    return child;
  }

  /**
   * Reshards to `target` even ranges as the service does it, by splits and merges: a shard that has its range already
   * stays open, and short-lived shards in between are left behind closed.
   */
  updateShardCount(target: number, now: number): void {
    const ranges = evenHashRanges(target);
    for (const { first } of ranges) {
      const shard = this.#shardAt(positionOfHashKey(first));
      if (shard.origin.first !== first) this.splitShard(shard.shardId, now, first);
    }
    for (const { first, last } of ranges) {
      let shard = this.#shardAt(positionOfHashKey(first));
      while (shard.origin.last < last) {
        const next = this.#shardAt(positionOfHashKey(shard.origin.last + 1n));
        shard = this.mergeShards(shard.shardId, next.shardId, now);
      }
    }
  }

  #shardAt(position: HashPosition): Shard {
    let low = 0;
    let high = this.#open.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#open[middle] as Shard).start <= position) low = middle;
      else high = middle - 1;
    }
    return this.#open[low] as Shard;
  }

  #shardInTurn(): Shard {
    return this.#open[this.#turn++ % this.#open.length] as Shard;
  }

  #shardToReplace(shardId: string): Shard {
    const shard = this.shard(shardId);
    if (shard.closure === undefined) return shard;
    throw invalidArgument(
      `Shard ${shardId} in stream ${this.identity.name} under account ${this.identity.accountId} has already been merged or split, and thus is not eligible for merging or splitting.`,
    );
  }

  #close(shard: Shard, now: number): void {
    const endingSequenceNumber = sequenceNumberOf(this.#nextOrdinal(), shard.origin.index);
    shard.close({ endingSequenceNumber, closedAt: now });
  }

  #addShard(birth: {
    first: bigint;
    last: bigint;
    now: number;
    parentShardId?: string;
    adjacentParentShardId?: string;
  }): Shard {
    const { now: openedAt, ...range } = birth;
    const index = this.#shards.size;
    const shard = new Shard({
      ...range,
      index,
      openedAt,
      startingSequenceNumber: sequenceNumberOf(this.#nextOrdinal(), index),
    });
    this.#shards.set(shard.shardId, shard);
    return shard;
  }

  #replaceOpen(parents: readonly Shard[], children: readonly Shard[]): void {
    this.#open = this.#open
      .filter((shard) => !parents.includes(shard))
      .concat(children)
      .sort((a, b) => (a.start < b.start ? -1 : 1));
  }
}

function routeOf(record: IncomingRecord): HashPosition {
  return record.explicitHashKey === undefined
    ? positionOfPartitionKey(record.partitionKey ?? "")
    : positionOfHashKey(BigInt(record.explicitHashKey));
}
