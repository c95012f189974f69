import type { KinesisProducer, UserRecord } from "../index.js";
import type { Outlet } from "./outlet.js";

/** A record in the buffer has at most this many bytes more than on disk: an id needs more than the header of a frame. */
const MORE_BYTES = 64;

/** A producer as the outlet of a spool. */
export class ProducerOutlet implements Outlet {
  readonly #producer: KinesisProducer<number>;

  constructor(producer: KinesisProducer<number>) {
    this.#producer = producer;
  }

  enqueue(record: UserRecord, context: number): boolean {
    return this.#producer.enqueue(record, context);
  }

  isFull(bytes: number): boolean {
    const { bufferedRecords, maxBufferedRecords, bufferedBytes, maxBufferedBytes } = this.#producer.stats();
    return bufferedRecords >= maxBufferedRecords || bufferedBytes + bytes + MORE_BYTES > maxBufferedBytes;
  }

  ready(streamName?: string): Promise<void> {
    return this.#producer.ready(streamName);
  }

  flush(): Promise<void> {
    return this.#producer.flush();
  }

  close(options: { readonly timeoutMs: number }): Promise<unknown> {
    return this.#producer.close(options);
  }
}
