/** A Kinesis record of the simulation: a number of bytes with a place among the hash keys. */
export interface FleetRecord {
  readonly bytes: number;
  /** When the first user record in it came. */
  readonly oldestAt: number;
  /** Of its hash key among all: from 0 to 1. */
  readonly place: number;
}

/** What an application hands over for one shard: user records of one size at a steady rate. */
export interface LoadShape {
  readonly bytesPerMs: number;
  readonly userRecordBytes: number;
  /** User records in a full Kinesis record; 1 without aggregation. */
  readonly userRecordsPerKinesisRecord: number;
  /** What may wait; while that much does, the application is held back. */
  readonly maxUserRecords: number;
}

/** The partition key of an aggregate. */
const KEY_BYTES = 1;

/**
 * What waits in one lane. The user records are not made one by one: how many there are, and when the oldest of them
 * came, follows from the rate.
 */
export class LaneLoad {
  readonly shape: LoadShape;
  readonly #msPerUserRecord: number;
  readonly #endAt: number;
  /** When the user record came that is taken next. */
  #oldestAt: number;

  constructor(shape: LoadShape, startAt: number, endAt: number) {
    this.shape = shape;
    this.#msPerUserRecord = shape.userRecordBytes / shape.bytesPerMs;
    this.#oldestAt = startAt;
    this.#endAt = endAt;
  }

  /** When the user record came that is taken next. */
  get oldestAt(): number {
    return this.#oldestAt;
  }

  /** User records that wait. */
  waiting(now: number): number {
    const until = Math.min(now, this.#endAt);
    if (until < this.#oldestAt) return 0;
    const waiting = Math.floor((until - this.#oldestAt) / this.#msPerUserRecord) + 1;
    const excess = waiting - this.shape.maxUserRecords;
    if (excess <= 0) return waiting;
    this.#oldestAt += excess * this.#msPerUserRecord;
    return this.shape.maxUserRecords;
  }

  /** When a Kinesis record is due: as soon as it is full, or when its oldest user record has waited out the linger. */
  dueAt(lingerMs: number): number {
    if (this.#oldestAt > this.#endAt) return Number.POSITIVE_INFINITY;
    const fullAt = this.#oldestAt + (this.shape.userRecordsPerKinesisRecord - 1) * this.#msPerUserRecord;
    return Math.min(fullAt, this.#oldestAt + lingerMs);
  }

  /** Bytes of the Kinesis record that goes next; some user record must wait. */
  frontBytes(now: number): number {
    const users = Math.min(this.waiting(now), this.shape.userRecordsPerKinesisRecord);
    return users * this.shape.userRecordBytes + KEY_BYTES;
  }

  /** Takes what {@link frontBytes} showed. */
  takeFront(now: number): void {
    const users = Math.min(this.waiting(now), this.shape.userRecordsPerKinesisRecord);
    this.#oldestAt += users * this.#msPerUserRecord;
  }

  /** The load of one of two shards that take the place of this one: of what waits one half, and as much comes to each as came to both. */
  half(now: number): LaneLoad {
    const waitedMs = Math.max(0, now - this.#oldestAt);
    return new LaneLoad(this.shape, now - waitedMs / 2, this.#endAt);
  }
}
