import { InvariantError } from "../invariant.js";
import type { IndexRange } from "./delivered-set.js";
import { Segment } from "./segment.js";
import { SEGMENT_HEADER_BYTES, type SegmentHeader } from "./segment-header.js";

/** The segments of a spool, the oldest first: which records are in it, and which of them have left it. */
export class Backlog {
  readonly #segments: Segment[] = [];
  #lastNumber: number;
  /** Number of the next record. */
  #end = 0;
  #delivered = 0;
  #bytes = 0;
  /** The segment of the latest delivery: the next one is mostly in the same. */
  #latest: Segment | undefined;

  /** @param lastNumber - the largest number of a segment that was ever in the directory, as far as is known */
  constructor(lastNumber = 0) {
    this.#lastNumber = lastNumber;
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** Number of the next record, counted since the spool was opened. */
  get end(): number {
    return this.#end;
  }

  /** Records that have not left the spool. */
  get records(): number {
    return this.#end - this.#delivered;
  }

  /** Number of the oldest record that has not left the spool; {@link end} without one. */
  get lowest(): number {
    for (const segment of this.#segments) {
      if (!segment.isDelivered) return segment.base + segment.delivered.lowestMissing;
    }
    return this.#end;
  }

  /** When the oldest record that has not left the spool was appended, in milliseconds since the Unix epoch. */
  get oldestAt(): number | undefined {
    const oldest = this.#segments.find((segment) => !segment.isDelivered);
    return oldest?.times.timeOf(oldest.delivered.lowestMissing);
  }

  /** Bytes on disk of segments and acknowledgements. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The number for the next segment. A number is never used twice. */
  nextNumber(): number {
    return ++this.#lastNumber;
  }

  /** Adds a segment behind all others. */
  add(number: number, header: SegmentHeader): Segment {
    const segment = new Segment(number, header, this.#end);
    this.#segments.push(segment);
    this.#bytes += segment.bytes;
    return segment;
  }

  /** Records were added to the last segment. */
  grow(segment: Segment, records: number, bytes: number, epochMs: number): void {
    segment.grow(records, bytes, epochMs);
    this.#end += records;
    this.#bytes += bytes;
  }

  /** Acknowledgements of a segment are on disk. */
  save(segment: Segment, bytes: number): void {
    segment.savedBytes += bytes;
    this.#bytes += bytes;
  }

  /** A segment of an earlier process was read: its records up to the last one that is whole. */
  recovered(segment: Segment, records: number, bytes: number): void {
    segment.records = records;
    segment.bytes += bytes;
    this.#end += records;
    this.#bytes += bytes;
  }

  /** Records of a segment were delivered in an earlier process. Some of them may be missing at the segment's end. */
  restore(segment: Segment, ranges: readonly IndexRange[]): void {
    const before = segment.delivered.count;
    for (const { from, length } of ranges) {
      const end = Math.min(from + length, segment.records);
      if (from < end) segment.delivered.addSaved({ from, length: end - from });
    }
    this.#delivered += segment.delivered.count - before;
  }

  /** A record of a segment is damaged: it cannot be delivered. */
  leave(segment: Segment, index: number): void {
    segment.taken.delete(index);
    if (segment.delivered.add(index)) this.#delivered++;
  }

  /** About the bytes on disk of records that the producer has not got. */
  get untakenBytes(): number {
    let bytes = 0;
    for (const segment of this.#segments) {
      if (segment.untaken > 0) {
        bytes += Math.ceil(((segment.bytes - SEGMENT_HEADER_BYTES) * segment.untaken) / segment.records);
      }
    }
    return bytes;
  }

  /** The producer has no record any more. */
  takeBack(): void {
    for (const { taken } of this.#segments) taken.clear();
  }

  /**
   * A record has left the spool.
   *
   * @param number - of the record, counted since the spool was opened
   * @returns its segment; undefined when it had left before
   */
  deliver(number: number): Segment | undefined {
    const segment = this.segmentOf(number);
    if (segment === undefined) return undefined;
    const index = number - segment.base;
    segment.taken.delete(index);
    if (!segment.delivered.add(index)) return undefined;
    this.#delivered++;
    return segment;
  }

  /** The segment that has a record; undefined when it was removed. */
  segmentOf(number: number): Segment | undefined {
    if (this.#latest !== undefined && has(this.#latest, number)) return this.#latest;
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#segments[middle] as Segment).base <= number) low = middle + 1;
      else high = middle;
    }
    // Segments without records have the base of the one behind them, so the last of an equal base has the record.
    const found = this.#segments[low - 1];
    if (found === undefined || !has(found, number)) return undefined;
    this.#latest = found;
    return found;
  }

  /** The segment behind another one; the first one without an argument. */
  after(segment: Segment | undefined): Segment | undefined {
    if (segment === undefined) return this.#segments[0];
    return this.#segments.find(({ number }) => number > segment.number);
  }

  /** A segment whose files can be removed: no record is added, and all have left the spool. */
  removable(): Segment | undefined {
    return this.#segments.find((segment) => segment.isSealed && segment.isDelivered);
  }

  /** The files of a segment are gone. */
  remove(segment: Segment): void {
    const place = this.#segments.indexOf(segment);
    if (place < 0) throw new InvariantError("a segment is removed once", { number: segment.number });
    this.#segments.splice(place, 1);
    this.#bytes -= segment.bytes + segment.savedBytes;
    if (this.#latest === segment) this.#latest = undefined;
  }
}

function has({ base, records }: Segment, number: number): boolean {
  return number >= base && number < base + records;
}
