import { PendingKinesisRecord } from "../core/record/pending-kinesis-record.js";
import { DIGEST_BATCH } from "../wire/md5/body-digest.js";

/** A Kinesis record, ready for PutRecords. */
export interface AggregatedKinesisRecord {
  readonly partitionKey: string;
  /** Decimal. The hash key of the first record of an aggregate, or the explicit hash key of a lone record. */
  readonly explicitHashKey?: string;
  readonly data: Uint8Array;
}

/**
 * Complete Kinesis records that the caller has not received, in order. Several wait for each other, because their digests
 * together take a quarter of the time (`body-digest`). The first one does not wait.
 */
export class Outbox {
  #complete: PendingKinesisRecord[] = [];
  readonly #sealed: AggregatedKinesisRecord[] = [];
  #batch = 1;

  get isEmpty(): boolean {
    return this.#complete.length === 0 && this.#sealed.length === 0;
  }

  /** Adds a record that gets no more user records. */
  add(record: PendingKinesisRecord): void {
    this.#complete.push(record);
  }

  /** Takes the next one, if enough of them are complete. */
  next(): AggregatedKinesisRecord | undefined {
    if (this.#sealed.length > 0) return this.#sealed.shift();
    return this.#complete.length < this.#batch ? undefined : this.#sealAll();
  }

  /** Takes the next one, even a single one; undefined when it is empty. */
  last(): AggregatedKinesisRecord | undefined {
    if (this.#sealed.length > 0) return this.#sealed.shift();
    return this.#complete.length === 0 ? undefined : this.#sealAll();
  }

  /** Takes all that are left. */
  *rest(): Generator<AggregatedKinesisRecord, void, undefined> {
    for (let last = this.last(); last !== undefined; last = this.last()) yield last;
  }

  #sealAll(): AggregatedKinesisRecord | undefined {
    const complete = this.#complete;
    this.#complete = [];
    this.#batch = DIGEST_BATCH;
    for (const { partitionKey = "", explicitHashKey, data } of PendingKinesisRecord.sealAll(complete, true))
      this.#sealed.push({ partitionKey, ...(explicitHashKey === undefined ? {} : { explicitHashKey }), data });
    return this.#sealed.shift();
  }
}
