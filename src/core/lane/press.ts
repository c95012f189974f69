import { DIGEST_BYTES, MAGIC } from "../../wire/aggregated-record.js";
import { MOST_PARTS } from "../../wire/compressed-form.js";
import type { Compressor } from "../ports.js";
import type { PendingKinesisRecord } from "../record/pending-kinesis-record.js";
import type { AggregateLimits } from "./aggregator.js";

/** An open aggregate may hold this many times the bytes that may be stored, */
const MOST_TIMES = 16;
/** but never more than this, or than may be stored: it is buffered until it is sent. */
const MOST_BYTES = 4 * 1024 * 1024;
/** The share of a new sample in the running figures. */
const SAMPLE = 1 / 8;
/** Deviations below the mean ratio at which an aggregate is complete: more fill less, fewer are divided more often. */
const DEVIATIONS = 2;
/** The deviation that the first sample is believed to have, as a share of it. */
const FIRST_DEVIATION = 0.05;
/** A sample this many times larger than those before resets the figures: a larger aggregate compresses better. */
const LARGER = 1.25;
/**
 * Sizes are rounded down to this many steps in each power of two. A bound that follows every sample would divide more aggregates:
 * it fills 1 % less (`npm run bench packing`).
 */
const STEPS = 16;

/**
 * Compresses the aggregates of one lane, one at a time: the next one that goes. It also says how large an aggregate may
 * grow, so that its compressed bytes fill the bound.
 */
export class Press implements AggregateLimits {
  readonly #compressor: Compressor;
  #bounds: AggregateLimits;
  /** Mean of raw bytes by stored bytes, and its mean deviation. */
  #ratio = 1;
  #deviation = 0;
  /** Raw bytes of the sample that began the figures; 0 before it. */
  #basisBytes = 0;
  #isBusy = false;

  constructor(compressor: Compressor, bounds: AggregateLimits) {
    this.#compressor = compressor;
    this.#bounds = bounds;
  }

  /** The bounds of what is stored have changed. */
  set bounds(bounds: AggregateLimits) {
    this.#bounds = bounds;
  }

  /** Whether a record is being compressed. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** No reader opens more than {@link MOST_PARTS}. */
  get maxCount(): number {
    return Math.min(this.#bounds.maxCount, MOST_PARTS);
  }

  /** Most bytes of an open aggregate. */
  get maxBytes(): number {
    const { maxBytes } = this.#bounds;
    const times = Math.min(MOST_TIMES, Math.max(1, this.#ratio - DEVIATIONS * this.#deviation));
    return Math.max(maxBytes, Math.min(MOST_BYTES, rounded(maxBytes * times)));
  }

  /** Bytes that are probably stored of this many raw ones. */
  storedOf(rawBytes: number): number {
    return Math.ceil(rawBytes / this.#ratio);
  }

  /**
   * Compresses a record.
   *
   * @param done - called in a later turn. If the record still waits, it calls `take`, which changes the record, and returns
   * its bound if it must be divided: no part may be larger
   */
  begin(record: PendingKinesisRecord, done: (take: () => number | undefined) => void): void {
    this.#isBusy = true;
    const aggregate = record.takeMessage();
    const message = aggregate.subarray(MAGIC.length, aggregate.length - DIGEST_BYTES);
    this.#compressor.compress(message, (compressed) => {
      this.#isBusy = false;
      done(() => (record.isMadeOf(aggregate) ? this.#take(record, message.length, compressed) : undefined));
      record.releaseMessage(aggregate);
    });
  }

  #take(record: PendingKinesisRecord, rawBytes: number, compressed: Uint8Array | undefined): number | undefined {
    const { maxBytes } = this.#bounds;
    const plainBytes = record.wireBytes;
    const size =
      compressed === undefined ? plainBytes : record.compress(compressed, rawBytes, this.#compressor, maxBytes);
    this.#learn(rawBytes, Math.min(size, plainBytes));
    if (record.isPressed) return undefined;
    if (record.count === 1 || plainBytes <= maxBytes) {
      record.isPressed = true;
      return undefined;
    }
    const parts = Math.ceil((Math.min(size, plainBytes) / maxBytes) * 1.05);
    return Math.max(1, Math.floor(plainBytes / Math.max(2, parts)));
  }

  /** A small aggregate compresses less than a full one: it only counts when it is better than the mean. */
  #learn(rawBytes: number, storedBytes: number): void {
    const ratio = Math.max(1, rawBytes / Math.max(1, storedBytes));
    if (rawBytes > this.#basisBytes * LARGER && ratio > this.#ratio) {
      this.#basisBytes = rawBytes;
      this.#ratio = ratio;
      this.#deviation = ratio * FIRST_DEVIATION;
      return;
    }
    if (rawBytes < this.maxBytes / 2 && ratio < this.#ratio) return;
    this.#deviation += (Math.abs(ratio - this.#ratio) - this.#deviation) * SAMPLE;
    this.#ratio += (ratio - this.#ratio) * SAMPLE;
  }
}

function rounded(bytes: number): number {
  const step = 2 ** Math.floor(Math.log2(bytes)) / STEPS;
  return Math.floor(bytes / step) * step;
}
