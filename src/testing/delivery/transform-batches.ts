import { eventRecordText, type HeldRecord, MAX_PAYLOAD_BYTES } from "./transform-event.js";

/** Bytes of an event beside its records: ids and ARNs. */
const ENVELOPE_BYTES = 2_048;

/** When a batch of the transform is full. */
export interface BatchLimits {
  /** Bytes of data. */
  readonly bytes: number;
  readonly intervalMs: number;
}

/** The records of one invocation. */
export interface TransformBatch {
  readonly records: readonly HeldRecord[];
  /** The records as JSON, in the same order. */
  readonly texts: readonly string[];
}

/** Collects the records of the next invocation, by size, time and the limit of a payload. Times are of one clock. */
export class TransformBatches {
  readonly #limits: BatchLimits;
  #records: HeldRecord[] = [];
  #texts: string[] = [];
  #bytes = 0;
  #payloadBytes = ENVELOPE_BYTES;
  #openedAt = 0;

  constructor(limits: BatchLimits) {
    this.#limits = limits;
  }

  /** When the open batch is due; undefined when there is none. */
  get dueAt(): number | undefined {
    return this.#records.length === 0 ? undefined : this.#openedAt + this.#limits.intervalMs;
  }

  /**
   * Adds a record.
   *
   * @returns the batches that are full now: none, one, or two
   */
  add(record: HeldRecord, now: number): TransformBatch[] {
    const full: TransformBatch[] = [];
    const text = eventRecordText(record);
    const payloadBytes = Buffer.byteLength(text) + 1;
    const { length } = record.source.data;
    const isTooMuch =
      this.#bytes + length > this.#limits.bytes || this.#payloadBytes + payloadBytes > MAX_PAYLOAD_BYTES;
    if (isTooMuch) full.push(...this.cut());
    if (this.#records.length === 0) this.#openedAt = now;
    this.#records.push(record);
    this.#texts.push(text);
    this.#bytes += length;
    this.#payloadBytes += payloadBytes;
    if (this.#bytes >= this.#limits.bytes) full.push(...this.cut());
    return full;
  }

  /** Ends the open batch. @returns the batch, or nothing when it is empty */
  cut(): TransformBatch[] {
    if (this.#records.length === 0) return [];
    const batch = { records: this.#records, texts: this.#texts };
    this.#records = [];
    this.#texts = [];
    this.#bytes = 0;
    this.#payloadBytes = ENVELOPE_BYTES;
    return [batch];
  }
}
