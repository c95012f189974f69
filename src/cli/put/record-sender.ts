import { KinesisProducer, type ProducerOptions, RecordFailedError, type UserRecord } from "../../index.js";
import type { Tally } from "./tally.js";

/** Where a record comes from. It is held until the record is settled: it should hold nothing large itself. */
export interface Origin {
  /** How to name it in a complaint. */
  describe(): string;
  /** Kinesis has the record. */
  onDelivered?(): void;
}

/** Hands records to a producer, at the pace of the stream, and counts what becomes of them. */
export class RecordSender {
  readonly #producer: KinesisProducer;
  readonly #tally: Tally;

  /** @throws InvalidOptionError for an option that cannot be used */
  constructor(options: ProducerOptions, tally: Tally) {
    this.#tally = tally;
    this.#producer = new KinesisProducer({
      ...options,
      onDelivery: (batch) => {
        for (const { context, result, error } of batch) {
          // The context is what trySend() gave.
          const origin = context as Origin;
          if (error !== undefined) tally.onFailed(origin.describe(), error);
          else {
            tally.onDelivered(result.mayBeDuplicate);
            origin.onDelivered?.();
          }
        }
      },
    });
  }

  /** Keys and data of the delivered records. */
  get bytesDelivered(): number {
    return Object.values(this.#producer.stats().streams).reduce((sum, { bytesDelivered }) => sum + bytesDelivered, 0);
  }

  /**
   * Hands a record over. One that is refused has failed, and is no reason to try again.
   *
   * @returns false when there is no room: nothing has happened, and {@link room} tells when to try again
   */
  trySend(record: UserRecord, origin: Origin): boolean {
    try {
      if (!this.#producer.enqueue(record, origin)) return false;
      this.#tally.sent++;
    } catch (error) {
      if (!(error instanceof RecordFailedError)) throw error;
      this.#tally.sent++;
      this.#tally.onFailed(origin.describe(), error);
    }
    return true;
  }

  /**
   * Resolves when there is room, and the first time when it is known how to reach the stream.
   *
   * @returns rejects with a ProducerError when it cannot be reached
   */
  room(streamName?: string): Promise<void> {
    return this.#producer.ready(streamName);
  }

  /** Resolves when everything handed over is settled. */
  flush(): Promise<void> {
    return this.#producer.flush();
  }

  /** {@link flush}, and closes the connections. */
  async close(): Promise<void> {
    await this.#producer.close();
  }
}
