import { isExpiredIterator } from "./read-failure.js";
import { positionAfter, type ShardPosition } from "./starting-position.js";
import type { ShardAnswer, StreamCalls } from "./stream-calls.js";

/** A place in one shard, that moves with each answer and survives its iterators. */
export class ShardCursor {
  readonly #calls: StreamCalls;
  readonly #shardId: string;
  readonly #limit: number;
  #position: ShardPosition;
  #iterator: string | undefined;

  /** @param limit - records of one answer, at most */
  constructor(calls: StreamCalls, shardId: string, position: ShardPosition, limit: number) {
    this.#calls = calls;
    this.#shardId = shardId;
    this.#position = position;
    this.#limit = limit;
  }

  /** Fixes the place, which matters for LATEST, before anything is read. */
  async open(): Promise<string> {
    const askedAt = new Date();
    const iterator = await this.#calls.shardIterator(this.#shardId, this.#position);
    // Should this iterator expire before there was a record, the newest one by then would be too new.
    if (this.#position.ShardIteratorType === "LATEST") {
      this.#position = { ShardIteratorType: "AT_TIMESTAMP", Timestamp: askedAt };
    }
    this.#iterator = iterator;
    return iterator;
  }

  /** What comes next. After an error the same is read again, with a new iterator when the old one has expired. */
  async read(): Promise<ShardAnswer> {
    const iterator = this.#iterator ?? (await this.open());
    try {
      const answer = await this.#calls.getRecords(iterator, this.#limit);
      const last = answer.records.at(-1)?.SequenceNumber;
      if (last !== undefined) this.#position = positionAfter(last);
      this.#iterator = answer.nextIterator;
      return answer;
    } catch (error) {
      if (isExpiredIterator(error)) this.#iterator = undefined;
      throw error;
    }
  }
}
