import { InvariantError } from "./invariant.js";

/** Bounds of what all streams of a producer hold together, and of what one stream may hold once there are several. */
export interface BudgetLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
  /**
   * Share of either limit that one stream may take once a second stream is in use, 0 to 1. Also the share of the
   * stream's room that forms the pool, which its shards use beyond their own parts.
   */
  readonly maxShare: number;
}

/** Records and bytes of one shard of a stream, or of all records without a predicted shard. */
export class ShardBudget {
  records = 0;
  bytes = 0;
  readonly stream: StreamBudget;
  /** Undefined for records without a predicted shard. */
  readonly shardId: string | undefined;

  constructor(stream: StreamBudget, shardId: string | undefined) {
    this.stream = stream;
    this.shardId = shardId;
  }

  /** Whether it holds more than its own part: room that other shards may lack. */
  get isOverOwn(): boolean {
    return this.records > this.stream.ownRecords || this.bytes > this.stream.ownBytes;
  }
}

/** Records and bytes of one stream. */
export class StreamBudget {
  records = 0;
  bytes = 0;
  /** Shards that share the stream's room; a single shard may take all of it. */
  shards = 1;
  /** The part of the stream's room that no other shard may take from a shard. */
  ownRecords = 0;
  ownBytes = 0;
  /** The pool: most that all shards together may hold beyond their own parts. */
  poolRecords = 0;
  poolBytes = 0;
  /** The used part of the pool. */
  pooledRecords = 0;
  pooledBytes = 0;
  /** The shards that hold anything. */
  readonly holders: Set<ShardBudget> = new Set();

  /** Starts to count a shard. */
  openShard(shardId?: string): ShardBudget {
    return new ShardBudget(this, shardId);
  }
}

/** The budget of records that are not counted. */
export const NO_SHARD: ShardBudget = new StreamBudget().openShard();

/**
 * Counts records that are accepted and not settled, and their bytes: buffered, waiting for quota, in flight, waiting
 * for a retry. Waiting puts are not counted.
 */
export class BufferBudget {
  readonly limits: BudgetLimits;
  readonly #streams: Set<StreamBudget> = new Set();
  #records = 0;
  #bytes = 0;

  constructor(limits: BudgetLimits) {
    this.limits = limits;
  }

  get records(): number {
    return this.#records;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a record of this size could ever be accepted. */
  canEverHold(bytes: number): boolean {
    return bytes <= this.limits.maxBytes;
  }

  /** Starts to count a stream. */
  open(): StreamBudget {
    const stream = new StreamBudget();
    this.#streams.add(stream);
    if (this.#streams.size === 2) this.#divideAll();
    else this.#divide(stream);
    return stream;
  }

  /** Forgets a stream that holds nothing. */
  retire(stream: StreamBudget): void {
    this.#streams.delete(stream);
    if (this.#streams.size === 1) this.#divideAll();
  }

  /** Divides a stream's room among this many shards. */
  setShards(stream: StreamBudget, shards: number): void {
    if (shards === stream.shards) return;
    stream.shards = shards;
    this.#divide(stream);
  }

  /** Takes room for one record of this many bytes, if it fits now. */
  tryTake(shard: ShardBudget, bytes: number): boolean {
    const { stream } = shard;
    if (!this.hasRoom(stream, bytes)) return false;
    if (stream.shards > 1 && !tryTakeShare(shard, stream, bytes)) return false;
    if (shard.records++ === 0) stream.holders.add(shard);
    shard.bytes += bytes;
    stream.records++;
    stream.bytes += bytes;
    this.#records++;
    this.#bytes += bytes;
    return true;
  }

  /** Whether all streams together have no room for one more record of this many bytes. */
  isFull(bytes: number): boolean {
    return this.#records >= this.limits.maxRecords || this.#bytes + bytes > this.limits.maxBytes;
  }

  /**
   * Whether the stream has room for one more record of this many bytes now. An empty stream always has room for one
   * record.
   */
  hasRoom(stream: StreamBudget, bytes: number): boolean {
    return this.#streams.size > 1 ? this.#hasStreamShare(stream, bytes) : !this.isFull(bytes);
  }

  /** The same where there are other streams. */
  #hasStreamShare(stream: StreamBudget, bytes: number): boolean {
    const { maxRecords, maxBytes, maxShare } = this.limits;
    if (stream.records === 0) return true;
    // Room that only this stream may take: a throttled neighbour cannot fill it.
    const own = (1 - maxShare) / this.#streams.size;
    if (stream.records < maxRecords * own && stream.bytes + bytes <= maxBytes * own) return true;
    return !this.isFull(bytes) && stream.records < maxRecords * maxShare && stream.bytes + bytes <= maxBytes * maxShare;
  }

  /**
   * Whether the shard may take room of its stream for one more record of this many bytes. An empty shard always has
   * room for one record. If the load is even, each shard reaches its part of the whole before any record is refused.
   */
  hasShare(shard: ShardBudget, bytes: number): boolean {
    const { stream } = shard;
    if (stream.shards === 1 || shard.records === 0) return true;
    const records = excess(shard.records + 1, stream.ownRecords) - excess(shard.records, stream.ownRecords);
    if (records > 0 && stream.pooledRecords + records > stream.poolRecords) return false;
    const more = excess(shard.bytes + bytes, stream.ownBytes) - excess(shard.bytes, stream.ownBytes);
    return more === 0 || stream.pooledBytes + more <= stream.poolBytes;
  }

  /** Takes room; ask {@link hasRoom} and {@link hasShare} first. */
  take(shard: ShardBudget, records: number, bytes: number): void {
    this.#records += records;
    this.#bytes += bytes;
    const { stream } = shard;
    stream.records += records;
    stream.bytes += bytes;
    if (shard.records === 0) stream.holders.add(shard);
    const { ownRecords, ownBytes } = stream;
    stream.pooledRecords -= excess(shard.records, ownRecords);
    stream.pooledBytes -= excess(shard.bytes, ownBytes);
    shard.records += records;
    shard.bytes += bytes;
    if (shard.records < 0 || shard.bytes < 0) throw heldLessThanNothing(shard);
    stream.pooledRecords += excess(shard.records, ownRecords);
    stream.pooledBytes += excess(shard.bytes, ownBytes);
    if (shard.records === 0) stream.holders.delete(shard);
  }

  /** Gives room back. */
  release(shard: ShardBudget, records: number, bytes: number): void {
    this.take(shard, -records, -bytes);
  }

  /** Moves records from one shard to another shard of the same stream. */
  move(from: ShardBudget, to: ShardBudget, records: number, bytes: number): void {
    if (from === to) return;
    this.release(from, records, bytes);
    this.take(to, records, bytes);
  }

  #divideAll(): void {
    for (const stream of this.#streams) this.#divide(stream);
  }

  #divide(stream: StreamBudget): void {
    const { maxRecords, maxBytes, maxShare } = this.limits;
    // Whole numbers, because the excess over them is added up. If there is little room, the own parts are 0.
    const whole = this.#streams.size > 1 ? maxShare : 1;
    const own = ((1 - maxShare) * whole) / stream.shards;
    stream.ownRecords = Math.floor(maxRecords * own);
    stream.ownBytes = Math.floor(maxBytes * own);
    stream.poolRecords = maxRecords * whole - stream.shards * stream.ownRecords;
    stream.poolBytes = maxBytes * whole - stream.shards * stream.ownBytes;
    stream.pooledRecords = 0;
    stream.pooledBytes = 0;
    for (const { records, bytes } of stream.holders) {
      stream.pooledRecords += excess(records, stream.ownRecords);
      stream.pooledBytes += excess(bytes, stream.ownBytes);
    }
  }
}

/** Does {@link BufferBudget.hasShare}, and takes from the pool. It runs for every incoming record (decisions/0038). */
function tryTakeShare(shard: ShardBudget, stream: StreamBudget, bytes: number): boolean {
  const records = shard.records < stream.ownRecords ? 0 : 1;
  const over = shard.bytes + bytes - stream.ownBytes;
  const more = over <= 0 ? 0 : Math.min(over, bytes);
  const fits =
    (records === 0 || stream.pooledRecords + 1 <= stream.poolRecords) &&
    (more === 0 || stream.pooledBytes + more <= stream.poolBytes);
  if (!fits && shard.records > 0) return false;
  stream.pooledRecords += records;
  stream.pooledBytes += more;
  return true;
}

/** The sums over shards cannot be below zero where none of the shards is. */
function heldLessThanNothing({ records, bytes }: ShardBudget): InvariantError {
  return new InvariantError("no more room is given back than was taken", { records, bytes });
}

function excess(held: number, own: number): number {
  return held > own ? held - own : 0;
}
