import type { ShardDescription } from "../../core/ports.js";
import { ConsumerRegistry } from "./consumer-registry.js";
import { type HashPosition, positionOfHashKey, positionOfPartitionKey } from "./hash-position.js";
import { type ListedShard, listShards, PastListings } from "./listed-shards.js";
import type { StreamSnapshot, StreamStatus } from "./model-snapshot.js";
import { ResourceLabels } from "./resource-labels.js";
import { ServiceError } from "./service-error.js";
import type { Shard, StoredRecord } from "./shard.js";
import { ShardSet, type StreamSurroundings } from "./shard-set.js";
import { NO_FEATURES, type StreamFeatures } from "./stream-features.js";
import type { StreamIdentity } from "./stream-identity.js";
import type { StreamSettings } from "./stream-settings.js";

const HOUR_MS = 3_600_000;

/** A record to put. An explicit hash key is within 0 to 2^128 - 1. */
export interface IncomingRecord {
  readonly partitionKey?: string;
  readonly explicitHashKey?: string;
  readonly data: Uint8Array;
}

/** A stream: its shards, settings and descriptions. Time comes in as `now`, milliseconds since the Unix epoch. */
export class StreamModel {
  readonly identity: StreamIdentity;
  readonly consumers: ConsumerRegistry;
  readonly labels: ResourceLabels;
  #status: StreamStatus = "ACTIVE";
  #isFormed = true;
  #settings: StreamSettings;
  #features: StreamFeatures;
  readonly #surroundings: StreamSurroundings;
  readonly #shards: ShardSet;
  readonly #past = new PastListings();

  /** @param kept - the stream's snapshot; absent for a new stream */
  constructor(
    identity: StreamIdentity,
    settings: StreamSettings,
    surroundings: StreamSurroundings,
    kept?: Pick<StreamSnapshot, "tags" | "policy" | "features" | "consumers" | "shards">,
  ) {
    this.identity = identity;
    this.consumers = new ConsumerRegistry(identity.arn, () => this.#changed(), kept?.consumers);
    this.labels = new ResourceLabels(() => this.#changed(), kept);
    this.#settings = settings;
    this.#features = { ...NO_FEATURES, ...kept?.features };
    this.#surroundings = surroundings;
    this.#shards = new ShardSet(kept?.shards ?? settings.shards, identity, surroundings);
  }

  /** The stream without its records. */
  snapshot(): StreamSnapshot {
    const { name, createdAt, generation } = this.identity;
    return {
      ...{ name, createdAt, generation, status: this.#status, settings: this.#settings },
      features: this.#features,
      ...this.labels.snapshot(),
      tags: [...this.labels.tags],
      consumers: this.consumers.snapshot(),
      shards: this.shards.map((shard) => shard.snapshot()),
    };
  }

  get status(): StreamStatus {
    return this.#status;
  }

  set status(status: StreamStatus) {
    this.#status = status;
    if (status === "CREATING") this.#isFormed = false;
    if (status === "ACTIVE") this.#isFormed = true;
    this.#changed();
  }

  /** Whether it has ever been ACTIVE; its shards are not shown before. */
  get isFormed(): boolean {
    return this.#isFormed;
  }

  get settings(): StreamSettings {
    return this.#settings;
  }

  change(settings: Partial<StreamSettings>): void {
    this.#settings = { ...this.#settings, ...settings };
    this.#changed();
  }

  get features(): StreamFeatures {
    return this.#features;
  }

  changeFeatures(features: Partial<StreamFeatures>): void {
    this.#features = { ...this.#features, ...features };
    this.#changed();
  }

  /** `"KMS"` while the stream is encrypted, in every answer about a record. */
  get encryptionType(): "KMS" | undefined {
    return this.#features.keyId === undefined ? undefined : "KMS";
  }

  /** @throws ServiceError unless the stream is ACTIVE: one change at a time */
  requireActive(): void {
    if (this.status === "ACTIVE") return;
    const { name, accountId } = this.identity;
    throw new ServiceError(
      "ResourceInUseException",
      `Stream ${name} under account ${accountId} not ACTIVE, instead in state ${this.status}`,
    );
  }

  /** Records that arrived before this can no longer be read. */
  trimHorizon(now: number): number {
    return now - this.#settings.retentionHours * HOUR_MS;
  }

  /** Forgets the records that can no longer be read. */
  expire(now: number): void {
    const before = this.trimHorizon(now);
    for (const shard of this.shards) shard.expire(before);
    this.#surroundings.journal?.expired(this.identity, before);
  }

  /** Every shard, closed ones too, in the order of their numbers. */
  get shards(): readonly Shard[] {
    return this.#shards.all;
  }

  /** The open shards in the order of their ranges. */
  get openShards(): readonly Shard[] {
    return this.#shards.open;
  }

  /** Every shard as ListShards describes it. */
  describeShards(): ShardDescription[] {
    return this.shards.map((shard) => shard.describe());
  }

  /**
   * The shards in ListShards: without recent reshards where listings are stale, and without shards whose last record
   * has expired.
   *
   * @param isStale - hides the last reshard, at any age
   */
  listing(now: number, isStale = false): readonly ListedShard[] {
    const past = isStale ? this.#past.beforeLast() : this.#past.staleAt(now);
    const horizon = this.trimHorizon(now);
    return (past ?? listShards(this.#shards.all)).filter(
      ({ closure }) => closure === undefined || closure.closedAt >= horizon,
    );
  }

  /** Makes listings show the shards from before the last reshard until then. */
  hideLastReshard(until: number): void {
    this.#past.hideLastUntil(until);
  }

  /** Whether the number is above every sequence number of the stream so far. */
  isAhead(number: bigint, now: number): boolean {
    const ordinal = this.#surroundings.nextOrdinal();
    return this.shards.every(({ numbering }) => number >= BigInt(numbering.at(ordinal, now)));
  }

  /** Stores the record in the shard of its keys, or on an AUTO stream in the next shard of the rotation. */
  put(record: IncomingRecord, now: number): StoredRecord {
    return this.store(this.route(record), record, now);
  }

  /** The shard for a record: by its keys, or on an AUTO stream by rotation, which each call advances. */
  route(record: IncomingRecord): Shard {
    return this.#isAuto ? this.routeInTurn() : this.#shards.at(routeOf(record));
  }

  /** The shard for the next record of an AUTO stream. */
  routeInTurn(): Shard {
    return this.#shards.inTurn();
  }

  /** The shard for a record, where it can be predicted: not on AUTO streams. */
  predict(record: Pick<IncomingRecord, "partitionKey" | "explicitHashKey">): Shard | undefined {
    return this.#isAuto ? undefined : this.#shards.at(routeOf(record));
  }

  /** Stores the record in a shard that `route` returned. */
  store(shard: Shard, record: IncomingRecord, now: number): StoredRecord {
    const { partitionKey, explicitHashKey, data } = record;
    const isAuto = this.#isAuto;
    const stored: StoredRecord = {
      shardId: shard.shardId,
      sequenceNumber: shard.numbering.at(this.#surroundings.nextOrdinal(), now),
      ...(isAuto || partitionKey === undefined ? {} : { partitionKey }),
      ...(isAuto || explicitHashKey === undefined ? {} : { explicitHashKey }),
      data,
      arrivedAt: now,
      ...(this.#features.keyId === undefined ? {} : { encryptionType: "KMS" }),
    };
    shard.append(stored);
    this.#surroundings.journal?.stored(this.identity, stored);
    return stored;
  }

  /** Restores a record. @throws ServiceError when its shard is unknown */
  restore(record: StoredRecord): void {
    this.shard(record.shardId).append(record);
  }

  /** Counts a record in a shard instead of storing it; returns its sequence number. */
  count(shard: Shard, bytes: number, now: number): string {
    shard.count(bytes);
    return shard.numbering.at(this.#surroundings.nextOrdinal(), now);
  }

  /** @throws ServiceError for an unknown id */
  shard(shardId: string): Shard {
    return this.#shards.get(shardId);
  }

  /** @throws ServiceError when the shard is unknown or closed */
  shardToReplace(shardId: string): Shard {
    return this.#shards.toReplace(shardId);
  }

  /** A shard to split or to merge. @throws ServiceError for an unknown id, with its own text */
  shardToReshard(shardId: string): Shard {
    return this.#shards.toReshard(shardId);
  }

  /** @throws ServiceError when a shard is unknown or closed, or the second does not follow the first by range */
  checkNeighbours(shardId: string, adjacentShardId: string): void {
    this.#shards.checkInOrder(shardId, adjacentShardId);
  }

  /** Splits a shard as {@link ShardSet.split} does. */
  splitShard(shardId: string, now: number, secondStart?: bigint): readonly [Shard, Shard] {
    return this.#reshard(now, (shards) => shards.split(shardId, now, secondStart));
  }

  /** Merges two shards as {@link ShardSet.merge} does. */
  mergeShards(shardId: string, adjacentShardId: string, now: number): Shard {
    return this.#reshard(now, (shards) => shards.merge(shardId, adjacentShardId, now));
  }

  /**
   * Reshards to even ranges as {@link ShardSet.replaceAll} does. For listings it is one reshard, however many steps it
   * takes.
   */
  updateShardCount(target: number, now: number): void {
    this.#reshard(now, (shards) => shards.replaceAll(target, now));
  }

  #reshard<Result>(now: number, reshard: (shards: ShardSet) => Result): Result {
    const before = listShards(this.#shards.all);
    const result = reshard(this.#shards);
    this.#past.remember(before, now + this.#surroundings.staleListMs());
    this.#changed();
    return result;
  }

  #changed(): void {
    this.#surroundings.journal?.changed();
  }

  get #isAuto(): boolean {
    return this.#settings.recordDistribution === "AUTO";
  }
}

function routeOf(record: Pick<IncomingRecord, "partitionKey" | "explicitHashKey">): HashPosition {
  return record.explicitHashKey === undefined
    ? positionOfPartitionKey(record.partitionKey ?? "")
    : positionOfHashKey(BigInt(record.explicitHashKey));
}
