import { InvariantError } from "../invariant.js";
import { DeliveredSet } from "./delivered-set.js";
import { IndexBits } from "./index-bits.js";
import { SEGMENT_HEADER_BYTES, type SegmentHeader } from "./segment-header.js";
import { Stretches } from "./stretches.js";
import { TimeMarks } from "./time-marks.js";

/** One file of the log: its records, and which of them have left the spool. */
export class Segment {
  readonly number: number;
  readonly header: SegmentHeader;
  /** Number of the segment's first record, counted over all segments since the spool was opened. */
  readonly base: number;
  readonly delivered: DeliveredSet = new DeliveredSet();
  /** Records that the producer has got, and that have not left the spool. */
  readonly taken: IndexBits = new IndexBits();
  readonly times: TimeMarks = new TimeMarks();
  readonly stretches: Stretches = new Stretches(SEGMENT_HEADER_BYTES);
  /** Records that may be read: appended, and acknowledged to their callers. Their indexes are below this number. */
  records = 0;
  /** Bytes that may be read, the header included. */
  bytes: number = SEGMENT_HEADER_BYTES;
  /** No record is added any more. */
  isSealed = false;
  /** Bytes of its file of acknowledgements. */
  savedBytes = 0;

  constructor(number: number, header: SegmentHeader, base: number) {
    this.number = number;
    this.header = header;
    this.base = base;
  }

  /** Every record has left the spool. */
  get isDelivered(): boolean {
    return this.delivered.count === this.records;
  }

  /** Records that the producer has not got. */
  get untaken(): number {
    return this.records - this.delivered.count - this.taken.count;
  }

  /** Whether the producer has not got a record. */
  isUntaken(index: number): boolean {
    return !(this.delivered.has(index) || this.taken.has(index));
  }

  /** Records were written and acknowledged. */
  grow(records: number, bytes: number, epochMs: number): void {
    if (this.isSealed) throw new InvariantError("a sealed segment does not grow", { number: this.number, records });
    this.times.add(this.records, epochMs);
    this.records += records;
    this.bytes += bytes;
  }
}
