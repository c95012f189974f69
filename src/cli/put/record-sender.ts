import { KinesisProducer, type ProducerOptions, RecordFailedError, type UserRecord } from "../../index.js";
import { addUsage, NO_USAGE, type SendingUsage, usageOfStream } from "./sending-usage.js";
import type { Tally } from "./tally.js";

/** The origin of a record. It is kept until the record is settled, so it should hold nothing large. */
export interface Origin {
  /** Its name in a complaint. */
  describe(): string;
  /** Runs when Kinesis has the record. */
  onDelivered?(): void;
}

/** Hands records to a producer at the pace of the stream, and counts their outcomes. */
export class RecordSender {
  readonly #producer: KinesisProducer;
  readonly #tally: Tally;

  /** @throws InvalidOptionError for a bad option */
  constructor(options: ProducerOptions, tally: Tally) {
    this.#tally = tally;
    this.#producer = new KinesisProducer({
      ...options,
      onDelivery: (batch) => {
        for (const { context, result, error } of batch) {
          // The context is the origin that trySend() passed.
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

  /** The requests so far, and what is still to be delivered. */
  usage(): SendingUsage {
    return Object.values(this.#producer.stats().streams).map(usageOfStream).reduce(addUsage, NO_USAGE);
  }

  /**
   * Hands a record over. A refused record counts as failed; do not try it again.
   *
   * @returns false when there is no room: the record was not taken. Try again when {@link room} resolves
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
   * Resolves when there is room. The first call also waits until the stream is reached.
   *
   * @returns rejects with a ProducerError when the stream cannot be reached
   */
  room(streamName?: string): Promise<void> {
    return this.#producer.ready(streamName);
  }

  /** Resolves when all records handed over are settled. */
  flush(): Promise<void> {
    return this.#producer.flush();
  }

  /** Flushes, then closes the connections. */
  async close(): Promise<void> {
    await this.#producer.close();
  }
}
