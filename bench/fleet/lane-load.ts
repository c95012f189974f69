/** A Kinesis record of the simulation: a number of bytes with a place among the hash keys. */
export interface FleetRecord {
  readonly bytes: number;
  /** Arrival of its first user record. */
  readonly oldestAt: number;
  /** Place of its hash key among all: from 0 to 1. */
  readonly place: number;
}

/** The load of an application for one shard: user records of one size at a steady rate. */
export interface LoadShape {
  readonly bytesPerMs: number;
  readonly userRecordBytes: number;
  /** User records in a full Kinesis record; 1 without aggregation. */
  readonly userRecordsPerKinesisRecord: number;
  /** Limit of waiting user records. At the limit the application waits. */
  readonly maxUserRecords: number;
}

/** The partition key of an aggregate. */
const KEY_BYTES = 1;

/**
 * The waiting records of one lane. User records are not made one by one: their number, and the arrival of the oldest,
 * follow from the rate.
 */
export class LaneLoad {
  readonly shape: LoadShape;
  readonly #msPerUserRecord: number;
  readonly #endAt: number;
  /** Arrival of the next user record. */
  #oldestAt: number;

  constructor(shape: LoadShape, startAt: number, endAt: number) {
    this.shape = shape;
    this.#msPerUserRecord = shape.userRecordBytes / shape.bytesPerMs;
    this.#oldestAt = startAt;
    this.#endAt = endAt;
  }

  /** Arrival of the next user record. */
  get oldestAt(): number {
    return this.#oldestAt;
  }

  /** Number of waiting user records. */
  waiting(now: number): number {
    const until = Math.min(now, this.#endAt);
    if (until < this.#oldestAt) return 0;
    const waiting = Math.floor((until - this.#oldestAt) / this.#msPerUserRecord) + 1;
    const excess = waiting - this.shape.maxUserRecords;
    if (excess <= 0) return waiting;
    this.#oldestAt += excess * this.#msPerUserRecord;
    return this.shape.maxUserRecords;
  }

  /** When a Kinesis record is due: when it is full, or at the end of the linger of its oldest user record. */
  dueAt(lingerMs: number): number {
    if (this.#oldestAt > this.#endAt) return Number.POSITIVE_INFINITY;
    const fullAt = this.#oldestAt + (this.shape.userRecordsPerKinesisRecord - 1) * this.#msPerUserRecord;
    return Math.min(fullAt, this.#oldestAt + lingerMs);
  }

  /** Bytes of the next Kinesis record. At least one user record must wait. */
  frontBytes(now: number): number {
    const users = Math.min(this.waiting(now), this.shape.userRecordsPerKinesisRecord);
    return users * this.shape.userRecordBytes + KEY_BYTES;
  }

  /** Takes the record of {@link frontBytes}. */
  takeFront(now: number): void {
    const users = Math.min(this.waiting(now), this.shape.userRecordsPerKinesisRecord);
    this.#oldestAt += users * this.#msPerUserRecord;
  }

  /** The load of one of the two shards that replace this one: half of the waiting records, and half of the rate. */
  half(now: number): LaneLoad {
    const waitedMs = Math.max(0, now - this.#oldestAt);
    return new LaneLoad(this.shape, now - waitedMs / 2, this.#endAt);
  }
}
