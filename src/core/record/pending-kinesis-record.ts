import { AGGREGATE_PARTITION_KEY } from "../../wire/aggregated-record.js";
import { isAggregated } from "../../wire/decode/aggregate-decoder.js";
import { AggregateEncoder } from "../../wire/encode/aggregate-encoder.js";
import { DIGEST_BATCH, writeDigests } from "../../wire/md5/body-digest.js";
import type { HashedKey } from "../../wire/md5/key-hasher.js";
import type { ShardBudget } from "../buffer-budget.js";
import type { Compressor, KinesisRecord } from "../ports.js";
import { openCompressed, Wrapper } from "./compressed-record.js";
import { DataSizes } from "./data-sizes.js";
import type { DeliveryHistory } from "./delivery-history.js";
import { aggregateEntry, entryBytes, keyNameOf, keyNamesOf, rawEntry } from "./entry.js";
import { Generations } from "./generations.js";
import { Members } from "./members.js";
import type { PlacedRecord } from "./placed-record.js";
import { loneRecord, RecordReader } from "./record-reader.js";
import { TimeRuns } from "./time-runs.js";

/** The settler of a record that was settled early. An object: V8 compares it with others by address, a symbol by a call. */
export const GONE: object = Object.freeze({ gone: true });

/**
 * Where the bytes of a Kinesis record are.
 *
 * - `growing`: the encoder holds the bytes; records may join
 * - `raw`: the encoder holds the bytes of one record, which is sent without an envelope
 * - `packed`: the aggregate to send holds the bytes; the encoder's memory was released
 * - `compressed`: the same, and the bytes are compressed
 */
type Form = "growing" | "raw" | "packed" | "compressed";

/** The state of user records that were not settled one by one. `recycled`: all are settled, and their memory was released. */
type Fate = "open" | "decided" | "recycled";

/**
 * One Kinesis record that is growing, waiting or in flight, and the user records in it that wait for its outcome. Per
 * user record it holds only the bytes in the aggregate, the settler and the time of acceptance. Keys, data and sizes
 * are read back from the aggregate if a record fails.
 *
 * Times of acceptance and generations ascend, and all share one history.
 */
export class PendingKinesisRecord {
  #encoder: AggregateEncoder;
  /** By index; may be shorter than `count`: the missing ones are undefined. */
  #settlers: unknown[] = [];
  #acceptedAt: TimeRuns = new TimeRuns();
  #gone = 0;
  #form: Form = "growing";
  #fate: Fate = "open";
  #liveBytes = 0;
  /** Of its user records, except that those marked as gone leave it at the next {@link compact}. */
  dataSizes: DataSizes;
  #firstHashKey: string | undefined;
  #hasOneKey = true;
  #keyName: string | undefined;
  /** The entry to send; undefined while the record grows. */
  #sealed: KinesisRecord | undefined;
  #lacksDigest = false;
  /** The bytes that are being compressed. */
  #message: Buffer | undefined;
  /** Opens the compressed bytes; without it, the encoder keeps the bytes too. */
  #decompress: Compressor["decompress"];
  /** Whether it needs no compression any more: it is compressed, or would not become smaller. */
  isPressed = false;
  /** The share of the buffer in which its user records count. */
  readonly budget: ShardBudget;
  /** The generation of its first record: decides which flush covers it. */
  readonly generation: number;
  #generations: Generations;
  /** Whether a flush covers its first record: it goes as soon as it can, and grows until then. */
  isDue = false;
  /** Its attempts so far; a new object after every attempt. */
  history: DeliveryHistory;
  /**
   * Isolation group. The service rejected a whole request because of one bad record, without saying which. The records
   * are resent in halves, and records of different groups never share a request. 0: not isolated. Rule 16.
   */
  isolationGroup = 0;

  private constructor(maxBytes: number, { budget, generation, dataBytes }: PlacedRecord, history: DeliveryHistory) {
    this.dataSizes = new DataSizes(dataBytes);
    this.#encoder = new AggregateEncoder(maxBytes);
    this.budget = budget;
    this.generation = generation;
    this.#generations = new Generations(generation);
    this.history = history;
  }

  /** Starts an aggregate with a record that may be followed by others, up to `maxBytes`. */
  static begin(first: PlacedRecord, maxBytes: number, history: DeliveryHistory): PendingKinesisRecord {
    const pending = new PendingKinesisRecord(maxBytes, first, history);
    pending.#encoder.addAlone(first);
    pending.#joinFirst(first);
    return pending;
  }

  /** User records in it, those already settled included: the next one's sub-sequence number. */
  get count(): number {
    return this.#encoder.count;
  }

  /** User records in it that are not settled yet. */
  get liveCount(): number {
    return this.#fate === "open" ? this.#encoder.count - this.#gone : 0;
  }

  /** Bytes that its unsettled user records count for in the buffer. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  /** Whether one of its user records has tags or an id. */
  get hasTags(): boolean {
    return this.#encoder.hasTags;
  }

  /** When its oldest record was accepted. */
  get oldestAt(): number {
    return this.#acceptedAt.at(0);
  }

  /** When its youngest record was accepted. */
  get youngestAt(): number {
    return this.#acceptedAt.last;
  }

  /** Whether all its user records have one effective hash key, so that no split can divide it. */
  get hasOneKey(): boolean {
    return this.#hasOneKey;
  }

  /**
   * Bytes that Kinesis counts: the data and the partition key it is sent under. Exact, with one exception: where
   * wrapping is not allowed, a lone record that is itself an aggregate counts as wrapped until it is sealed.
   */
  get wireBytes(): number {
    if (this.#sealed !== undefined) return entryBytes(this.#sealed);
    if (this.count > 1 || this.#encoder.hasTags || isAggregated(this.#encoder.rawData()))
      return this.#encoder.size + AGGREGATE_PARTITION_KEY.length;
    return this.#encoder.rawData().length + this.#firstKey.bytes;
  }

  /**
   * Adds a record. Returns false, and changes nothing, if the record cannot join: there is no room, its generation is
   * earlier, or the Kinesis record is sealed.
   */
  tryAdd(record: PlacedRecord, history: DeliveryHistory): boolean {
    const { acceptedAt, settler, generation } = record;
    const { last } = this.#acceptedAt;
    if (generation < this.#generations.last || history !== this.history || acceptedAt < last) return false;
    if (this.#form !== "growing" || !this.#encoder.tryAdd(record)) return false;
    if (generation !== this.#generations.last) this.#generations.start(this.#encoder.count - 1, generation);
    if (this.#hasOneKey) this.#hasOneKey = this.#isKeyedAlike(record);
    const index = this.#encoder.count - 1;
    if (settler !== undefined) this.#keepSettler(index, settler);
    if (acceptedAt !== last) this.#acceptedAt.start(index, acceptedAt);
    this.#liveBytes += record.bufferedBytes;
    this.dataSizes.add(record.dataBytes);
    return true;
  }

  #keepSettler(index: number, settler: unknown): void {
    const settlers = this.#settlers;
    // Without holes: V8 would turn an array with holes into a dictionary.
    while (settlers.length < index) settlers.push(undefined);
    settlers[index] = settler;
  }

  #joinFirst(record: PlacedRecord): void {
    this.#firstHashKey = record.explicitHashKey;
    this.#keyName = undefined;
    this.#hasOneKey = true;
    this.#generations = new Generations(record.generation);
    this.#settlers = record.settler === undefined ? [] : [record.settler];
    this.#acceptedAt = new TimeRuns();
    this.#acceptedAt.start(0, record.acceptedAt);
    this.#liveBytes = record.bufferedBytes;
    this.dataSizes = new DataSizes(record.dataBytes);
  }

  /** The hash key of its first record, as a name; of all of them where {@link hasOneKey} holds. */
  get keyName(): string {
    this.#keyName ??= keyNameOf({ key: this.#firstKey, explicitHashKey: this.#firstHashKey });
    return this.#keyName;
  }

  /** The hash keys of its user records by name, and perhaps others, if {@link mayNameOthers}. Without reading the records. */
  keyNames(): string[] {
    if (this.#hasOneKey) return [this.keyName];
    return keyNamesOf(this.#encoder);
  }

  /** Whether {@link keyNames} may have names that no unsettled user record has. */
  get mayNameOthers(): boolean {
    return this.#gone > 0 || this.#encoder.explicitHashKeys.length > 0;
  }

  #isKeyedAlike(record: PlacedRecord): boolean {
    const isSameText =
      record.explicitHashKey === this.#firstHashKey &&
      (this.#firstHashKey !== undefined || record.key.text === this.#firstKey.text);
    // The explicit hash key of one record may equal the hash of another's partition key.
    return isSameText || keyNameOf(record) === this.keyName;
  }

  get #firstKey(): HashedKey {
    return this.#encoder.partitionKeys[0] as HashedKey;
  }

  /** The settler of the user record at an index; {@link GONE} when it is already settled. */
  settlerAt(index: number): unknown {
    return this.#settlers[index];
  }

  /** When the user record at an index was accepted. */
  acceptedAtOf(index: number): number {
    return this.#acceptedAt.at(index);
  }

  /** The generation of the user record at an index: decides which flush covers it. */
  generationOf(index: number): number {
    return this.#generations.at(index);
  }

  /** Whether its user records belong to several generations. */
  get hasManyGenerations(): boolean {
    return this.#generations.areMany;
  }

  /** Marks a user record as settled before the others; its bytes leave at the next {@link compact}. */
  markGone(index: number, bytes: number): void {
    this.#keepSettler(index, GONE);
    this.#liveBytes -= bytes;
    this.#gone++;
  }

  /**
   * All its user records are settled: from now on {@link liveCount} is 0, whatever answer comes. Its bytes stay, for
   * errors, until {@link recycle}.
   */
  end(): void {
    if (this.#fate === "open") this.#fate = "decided";
  }

  /** The settlers of its user records, with their times of acceptance. */
  members(): Members {
    return new Members(this.count, this.#settlers, this.#acceptedAt);
  }

  /** Removes the bytes of user records that are already settled. Not while the Kinesis record is in flight. */
  compact(): void {
    if (this.#gone === 0 || this.liveCount === 0) return;
    const records = this.records();
    const maxBytes = this.#encoder.maxBytes;
    this.#encoder = new AggregateEncoder(maxBytes);
    this.#form = "growing";
    this.#sealed = undefined;
    this.#lacksDigest = false;
    this.#message = undefined;
    this.isPressed = false;
    this.#gone = 0;
    for (const record of records) {
      if (record.settler === GONE) continue;
      if (this.count > 0) this.tryAdd(record, this.history);
      else {
        this.#encoder.addAlone(record);
        this.#joinFirst(record);
      }
    }
  }

  /** Whether it was sent as an aggregate. A raw record is in the right place, whichever shard took it. */
  get isAggregate(): boolean {
    return this.count > 1 || this.#isInEnvelope;
  }

  get #isInEnvelope(): boolean {
    return this.#form === "packed" || this.#form === "compressed";
  }

  /** The aggregate, to be compressed. Nothing may join any more. The caller returns it with {@link releaseMessage}. */
  takeMessage(): Buffer {
    this.#message = this.#encoder.finishWithoutDigest();
    return this.#message;
  }

  /** Returns the memory of {@link takeMessage}. */
  releaseMessage(message: Buffer): void {
    this.#encoder.releaseFinished(message);
    this.#message = undefined;
  }

  /** Whether the bytes that were taken are still its own, and it waits for an outcome. */
  isMadeOf(message: Buffer): boolean {
    return this.#message === message && this.liveCount > 0;
  }

  /** Takes the compressed form, if it is smaller and fits into `maxBytes`; returns the bytes that it has, or would have. */
  compress(compressed: Uint8Array, messageBytes: number, compressor: Compressor, maxBytes: number): number {
    const form = { codec: compressor.codec, records: this.count, bytes: messageBytes };
    const wrapper = new Wrapper(this.#firstKey, this.#firstHashKey, compressed, form);
    const { size } = wrapper;
    if (size + AGGREGATE_PARTITION_KEY.length >= this.wireBytes || (size > maxBytes && this.count > 1)) return size;
    this.#sealed = aggregateEntry(this.#firstKey, this.#firstHashKey, wrapper.encode(this.#encoder.maxBytes));
    this.#lacksDigest = true;
    this.#form = "compressed";
    this.#decompress = compressor.decompress;
    this.isPressed = true;
    if (!this.#isUnpacked) this.#encoder.release();
    return size;
  }

  /** The entry to send, made on first use and kept: a retry sends the same bytes. */
  seal(mayWrap: boolean): KinesisRecord {
    return PendingKinesisRecord.sealAll([this], mayWrap)[0] as KinesisRecord;
  }

  /** The entries of a request: {@link seal} for each, but cheaper, because their digests are made together. */
  static sealAll(records: readonly PendingKinesisRecord[], mayWrap: boolean): KinesisRecord[] {
    const undigested: Buffer[] = [];
    const entries = records.map((record) => {
      record.#sealed ??= record.#makeEntry(mayWrap);
      if (record.#lacksDigest) undigested.push(record.#sealed.data as Buffer);
      record.#lacksDigest = false;
      // Now, while the last copied bytes are still in the CPU's cache.
      if (undigested.length === DIGEST_BATCH) writeDigests(undigested.splice(0));
      return record.#sealed;
    });
    writeDigests(undigested);
    return entries;
  }

  #makeEntry(mayWrap: boolean): KinesisRecord {
    const encoder = this.#encoder;
    // Only the envelope can hold tags: where an envelope is impossible, a record with tags was refused before.
    if (this.count === 1 && !encoder.hasTags) {
      const data = encoder.rawData();
      // If a record that is itself an aggregate were sent raw, every reader would open it. Rule 8.
      if (!mayWrap || !isAggregated(data)) {
        this.#form = "raw";
        return rawEntry(this.#firstKey, this.#firstHashKey, data);
      }
    }
    const data = encoder.finishWithoutDigest();
    this.#form = "packed";
    this.#lacksDigest = true;
    // `data` has every record: a retry resends it, and records() reads it.
    encoder.release();
    return aggregateEntry(this.#firstKey, this.#firstHashKey, data);
  }

  /** Whether the encoder holds the bytes of its records. */
  get #isUnpacked(): boolean {
    return !this.#isInEnvelope || (this.#form === "compressed" && this.#decompress === undefined);
  }

  /**
   * Releases the memory of its bytes for reuse: every record is settled, and no transport still reads the bytes. Keys,
   * settlers and times stay.
   */
  recycle(): void {
    if (this.#fate === "recycled") return;
    this.#fate = "recycled";
    if (this.#isUnpacked) this.#encoder.release();
    if (this.#isInEnvelope) this.#encoder.releaseFinished((this.#sealed as KinesisRecord).data as Buffer);
  }

  /** Reads copies of all user records back from the bytes, in order, settled ones included. The slow path. */
  records(): PlacedRecord[] {
    const bytes = this.#isUnpacked ? this.#encoder.finishWithoutDigest() : Buffer.from(this.#opened);
    const reader = new RecordReader(bytes, this.#encoder.partitionKeys);
    return Array.from({ length: this.count }, (_, i) => this.#withState(reader.recordAt(i), i));
  }

  /** Reads its user records back one by one, as views, valid until the Kinesis record is changed or recycled. */
  reader(): (index: number) => PlacedRecord {
    const encoder = this.#encoder;
    if (this.#isUnpacked && !encoder.hasTags && this.count === 1)
      return () => this.#withState(loneRecord(this.#firstKey, this.#firstHashKey, encoder.rawData()), 0);
    const bytes = this.#isUnpacked ? encoder.finishWithoutDigest() : this.#opened;
    const reader = new RecordReader(bytes, encoder.partitionKeys);
    return (index) => this.#withState(reader.recordAt(index), index);
  }

  /** The aggregate that is sent, not compressed. */
  get #opened(): Uint8Array {
    const { data } = this.#sealed as KinesisRecord;
    return this.#form === "compressed" && this.#decompress !== undefined
      ? openCompressed(data, this.#decompress)
      : data;
  }

  #withState(record: PlacedRecord, index: number): PlacedRecord {
    record.settler = this.#settlers[index];
    record.acceptedAt = this.#acceptedAt.at(index);
    record.generation = this.generationOf(index);
    record.budget = this.budget;
    return record;
  }
}
