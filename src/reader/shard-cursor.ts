import { isExpiredIterator } from "./read-failure.js";
import { positionAfter, type ShardPosition } from "./starting-position.js";
import type { ShardAnswer, StreamCalls } from "./stream-calls.js";

/** A position in one shard. It moves with each answer, and outlives expired iterators. */
export class ShardCursor {
  readonly #calls: StreamCalls;
  readonly #shardId: string;
  readonly #limit: number;
  #position: ShardPosition;
  #iterator: string | undefined;

  /** @param limit - limit of records in one answer */
  constructor(calls: StreamCalls, shardId: string, position: ShardPosition, limit: number) {
    this.#calls = calls;
    this.#shardId = shardId;
    this.#position = position;
    this.#limit = limit;
  }

  /** Gets the first iterator before anything is read. That fixes the position, which matters for LATEST. */
  async open(): Promise<string> {
    const askedAt = new Date();
    const iterator = await this.#calls.shardIterator(this.#shardId, this.#position);
    // If this iterator expires before the first record, another LATEST iterator would skip records.
    if (this.#position.ShardIteratorType === "LATEST") {
      this.#position = { ShardIteratorType: "AT_TIMESTAMP", Timestamp: askedAt };
    }
    this.#iterator = iterator;
    return iterator;
  }

  /**
   * Reads the next answer. After an error it reads the same place again, with a new iterator if the old one has
   * expired.
   */
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
