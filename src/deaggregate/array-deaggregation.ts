import { looksAggregated, openAggregate } from "../wire/decode/aggregate-decoder.js";
import { checkDigests, DIGEST_BATCH } from "../wire/md5/body-digest.js";
import type { DeaggregatedRecord } from "./deaggregated-record.js";
import { type KinesisRecordLike, type OpenedEnvelope, openEnvelope } from "./record-envelope.js";
import { type Policy, userRecordsOf } from "./user-records.js";

/** One Kinesis record of an array, with its checksum already verified. */
interface Prepared {
  readonly record: KinesisRecordLike;
  readonly envelope: OpenedEnvelope;
  /** Whether it begins like an aggregate, and its digest is right or need not be verified. */
  isSound: boolean;
}

/** The user records of an array of Kinesis records. Checksums are verified {@link DIGEST_BATCH} at a time. */
export class ArrayDeaggregation implements Iterator<DeaggregatedRecord> {
  readonly #records: readonly KinesisRecordLike[];
  readonly #policy: Policy;
  #at = 0;
  #batch: readonly Prepared[] = [];
  #batchAt = 0;
  #userRecords: Iterator<DeaggregatedRecord> | undefined;

  constructor(records: readonly KinesisRecordLike[], policy: Policy) {
    this.#records = records;
    this.#policy = policy;
  }

  next(): IteratorResult<DeaggregatedRecord, undefined> {
    for (;;) {
      if (this.#userRecords !== undefined) {
        const result = this.#userRecords.next();
        if (result.done !== true) return result;
      }
      if (this.#batchAt === this.#batch.length) {
        if (this.#at >= this.#records.length) return { done: true, value: undefined };
        this.#prepare();
      }
      const { record, envelope, isSound } = this.#batch[this.#batchAt++] as Prepared;
      this.#userRecords = undefined;
      const aggregate = isSound ? openAggregate(envelope.data, false) : undefined;
      this.#userRecords = userRecordsOf(record, envelope, aggregate, this.#policy);
    }
  }

  #prepare(): void {
    const batch: Prepared[] = [];
    const byData: Map<Buffer, Prepared> = new Map();
    for (const record of this.#records.slice(this.#at, this.#at + DIGEST_BATCH)) {
      const prepared = this.#open(record, batch.length === 0);
      // A value that is no record throws at its turn, after the records before it were returned.
      if (prepared === undefined) break;
      batch.push(prepared);
      if (!prepared.isSound || !this.#policy.verifyChecksum) continue;
      const { data } = prepared.envelope;
      byData.set(Buffer.from(data.buffer, data.byteOffset, data.length), prepared);
    }
    checkDigests([...byData.keys()], (data, isRight) => {
      (byData.get(data) as Prepared).isSound = isRight;
    });
    this.#at += batch.length;
    this.#batch = batch;
    this.#batchAt = 0;
  }

  #open(record: KinesisRecordLike, mayThrow: boolean): Prepared | undefined {
    try {
      const envelope = openEnvelope(record);
      return { record, envelope, isSound: looksAggregated(envelope.data) };
    } catch (error) {
      if (mayThrow) throw error;
      return undefined;
    }
  }
}
