import type { ShardDescription } from "../../core/ports.js";
import { shardIdOf } from "../even-shards.js";
import { type HashPosition, positionOfHashKey } from "./hash-position.js";
import type { ShardClosure, ShardSnapshot } from "./model-snapshot.js";
import { isOldNumber, type NumberFacts, numberBehind, ShardNumbering } from "./sequence-number.js";

/** A stored Kinesis record. Its bytes belong to the store: do not change them. */
export interface StoredRecord {
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** Absent on a stream whose record distribution is `AUTO`. */
  readonly partitionKey?: string;
  readonly explicitHashKey?: string;
  readonly data: Uint8Array;
  /** Milliseconds since the Unix epoch. */
  readonly arrivedAt: number;
  /** Present when the stream was encrypted as the record came. */
  readonly encryptionType?: "KMS";
}

/** The origin of a shard. */
export interface ShardOrigin {
  /** Number of the shard in its stream, from 0. */
  readonly index: number;
  /** First hash key, inclusive. */
  readonly first: bigint;
  /** Last hash key, inclusive. */
  readonly last: bigint;
  readonly startingSequenceNumber: string;
  readonly openedAt: number;
  readonly parentShardId?: string;
  /** The second parent of a merge. */
  readonly adjacentParentShardId?: string;
}

/**
 * A shard: a fixed range of hash keys, and the records that came while it was open. A position counts the present
 * records, so it is valid until records expire. A sequence number is always valid.
 */
export class Shard {
  readonly shardId: string;
  readonly origin: ShardOrigin;
  readonly start: HashPosition;
  readonly numbering: ShardNumbering;
  readonly #keepsRecords: boolean;
  readonly #records: StoredRecord[] = [];
  readonly #watchers = new Set<() => void>();
  #storedRecords = 0;
  #storedBytes = 0;
  #expiredRecords = 0;
  #lastSequenceNumber: string;
  #closure: ShardClosure | undefined;

  /** @param keepsRecords - false counts the records and forgets them */
  constructor(origin: ShardOrigin, keepsRecords = true) {
    this.shardId = shardIdOf(origin.index);
    this.origin = origin;
    this.#keepsRecords = keepsRecords;
    this.start = positionOfHashKey(origin.first);
    this.numbering = ShardNumbering.of(origin.startingSequenceNumber, origin.index);
    this.#lastSequenceNumber = origin.startingSequenceNumber;
  }

  /** A shard from its snapshot, without records. */
  static restored({ first, last, closure, ...origin }: ShardSnapshot, keepsRecords: boolean): Shard {
    const shard = new Shard({ ...origin, first: BigInt(first), last: BigInt(last) }, keepsRecords);
    shard.#closure = closure;
    return shard;
  }

  /** The shard without its records. */
  snapshot(): ShardSnapshot {
    const { first, last, ...origin } = this.origin;
    const closure = this.#closure;
    return { ...origin, first: String(first), last: String(last), ...(closure === undefined ? {} : { closure }) };
  }

  /** Number of records ever stored, including expired and merely counted ones. */
  get storedRecords(): number {
    return this.#storedRecords;
  }

  /** Bytes of data ever stored, including expired and merely counted records. */
  get storedBytes(): number {
    return this.#storedBytes;
  }

  /** Number of records that have expired. */
  get expiredRecords(): number {
    return this.#expiredRecords;
  }

  /** Every record that has not expired, in order of sequence numbers. */
  get records(): readonly StoredRecord[] {
    return this.#records;
  }

  /** Undefined while the shard is open. */
  get closure(): ShardClosure | undefined {
    return this.#closure;
  }

  append(record: StoredRecord): void {
    this.count(record.data.length);
    this.#lastSequenceNumber = record.sequenceNumber;
    if (this.#keepsRecords) this.#records.push(record);
    if (this.#watchers.size > 0) this.#tell();
  }

  /** Counts a record without keeping it. */
  count(bytes: number): void {
    this.#storedRecords++;
    this.#storedBytes += bytes;
  }

  /** Forgets the records that arrived before the time. */
  expire(before: number): void {
    this.#expiredRecords += this.#records.splice(0, this.positionAtTime(before)).length;
  }

  close(closure: ShardClosure): void {
    this.#closure = closure;
    this.#tell();
  }

  /**
   * Calls `watcher` after every record, and when the shard closes. At that moment its children do not exist yet: read
   * them later.
   *
   * @returns a function that stops the calls
   */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  isChildOf(shardId: string): boolean {
    return this.origin.parentShardId === shardId || this.origin.adjacentParentShardId === shardId;
  }

  /** Position of the first record at or after the sequence number; the number of records when no record is. */
  positionAtOrAfter(sequenceNumber: bigint): number {
    return this.#firstPosition((record) => BigInt(record.sequenceNumber) >= sequenceNumber);
  }

  /** The sequence number at a position; at the end, one above the last that the shard gave. */
  sequenceNumberAt(position: number): string {
    return this.#records[position]?.sequenceNumber ?? String(BigInt(this.#lastSequenceNumber) + 1n);
  }

  /** Whether a number of this shard's index is one of the shard, and not of another creation of it. */
  owns({ createdSecond }: NumberFacts): boolean {
    if (createdSecond === undefined) return isOldNumber(this.origin.startingSequenceNumber);
    return createdSecond === this.numbering.createdSecond;
  }

  /**
   * A number of the shard above those of all records before the position, and not above any other. No record has it, so
   * reading from it repeats nothing.
   */
  continuationAt(position: number): string {
    const last = this.#records[position - 1];
    if (last === undefined) return this.origin.startingSequenceNumber;
    if (!isOldNumber(last.sequenceNumber)) return numberBehind(last.sequenceNumber);
    return this.#records[position]?.sequenceNumber ?? this.numbering.starting();
  }

  /** Position of the first record that arrived at or after the time. */
  positionAtTime(epochMs: number): number {
    return this.#firstPosition((record) => record.arrivedAt >= epochMs);
  }

  describe(): ShardDescription {
    const { first, last, parentShardId, adjacentParentShardId, startingSequenceNumber } = this.origin;
    return {
      shardId: this.shardId,
      startingHashKey: String(first),
      endingHashKey: String(last),
      startingSequenceNumber,
      ...(parentShardId === undefined ? {} : { parentShardId }),
      ...(adjacentParentShardId === undefined ? {} : { adjacentParentShardId }),
      ...(this.#closure === undefined ? {} : { endingSequenceNumber: this.#closure.endingSequenceNumber }),
    };
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
  }

  /** Binary search: `isAfter` is false for a first part of the records and true for the rest. */
  #firstPosition(isAfter: (record: StoredRecord) => boolean): number {
    let low = 0;
    let high = this.#records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isAfter(this.#records[middle] as StoredRecord)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
