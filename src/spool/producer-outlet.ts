import type { KinesisProducer, UserRecord } from "../index.js";
import type { Outlet } from "./outlet.js";

/** A record in the buffer has at most this many bytes more than on disk: an id needs more than the header of a frame. */
const MORE_BYTES = 64;

/** A producer as the outlet of a spool. */
export class ProducerOutlet implements Outlet {
  readonly #producer: KinesisProducer<number>;
  /** Room that the buffer has at least: only the records of this spool take some. */
  #roomBytes = 0;
  #roomRecords = 0;

  constructor(producer: KinesisProducer<number>) {
    this.#producer = producer;
  }

  enqueue(record: UserRecord, context: number, bytes: number): boolean {
    if (!this.#producer.enqueue(record, context)) return false;
    this.#roomBytes -= bytes + MORE_BYTES;
    this.#roomRecords--;
    return true;
  }

  isFull(bytes: number): boolean {
    if (this.#hasRoom(bytes)) return false;
    // A snapshot of all statistics takes half a millisecond with 1,000 shards.
    const { bufferedRecords, maxBufferedRecords, bufferedBytes, maxBufferedBytes } = this.#producer.stats();
    this.#roomBytes = maxBufferedBytes - bufferedBytes;
    this.#roomRecords = maxBufferedRecords - bufferedRecords;
    return !this.#hasRoom(bytes);
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

  #hasRoom(bytes: number): boolean {
    return this.#roomRecords > 0 && bytes + MORE_BYTES <= this.#roomBytes;
  }
}
