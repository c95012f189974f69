import { type Aggregator, aloneAs } from "./aggregator.js";
import {
  type DeliveryHistory,
  NEVER_SENT,
  type PendingKinesisRecord,
  type PlacedRecord,
} from "./pending-kinesis-record.js";
import { Ring } from "./ring.js";

/**
 * The Kinesis records of a lane in the order in which they will go: complete ones first, those that came back in front
 * of them, then the aggregates that are still growing.
 */
export class LaneQueue {
  #aggregator: Aggregator;
  readonly #complete: Ring<PendingKinesisRecord> = new Ring();
  #completeBytes = 0;
  /** No record in the queue was accepted before this moment; may be older than the oldest. */
  #expiryFloor: number = Number.POSITIVE_INFINITY;

  constructor(aggregator: Aggregator) {
    this.#aggregator = aggregator;
  }

  get isEmpty(): boolean {
    return this.#complete.length === 0 && this.#aggregator.peekOldest() === undefined;
  }

  get aggregator(): Aggregator {
    return this.#aggregator;
  }

  /** Kinesis records that wait, counting the growing ones as one. */
  get kinesisRecords(): number {
    return this.#complete.length + (this.#aggregator.peekOldest() === undefined ? 0 : 1);
  }

  /** Bytes that wait, as Kinesis counts them. */
  get bytes(): number {
    return this.#completeBytes + (this.#aggregator.peekOldest()?.wireBytes ?? 0);
  }

  get expiryFloor(): number {
    return this.#expiryFloor;
  }

  /** When the first of them is due: the complete ones at once, a growing one after the linger; Infinity when empty. */
  dueAt(lingerMs: number): number {
    const complete = this.#complete.peek();
    if (complete !== undefined) return complete.oldestAt;
    const growing = this.#aggregator.peekOldest();
    return growing === undefined ? Number.POSITIVE_INFINITY : growing.oldestAt + lingerMs;
  }

  /** Takes a user record in. */
  add(record: PlacedRecord, history: DeliveryHistory = NEVER_SENT): void {
    if (record.acceptedAt < this.#expiryFloor) this.#expiryFloor = record.acceptedAt;
    const outcome = this.#aggregator.tryAdd(record, history);
    if (outcome === "added") return;
    const before = this.#aggregator.takeFor(record);
    if (before !== undefined) this.#pushComplete(before);
    if (outcome === "too-large") this.#pushComplete(aloneAs(record, history));
    else this.#aggregator.tryAdd(record, history);
  }

  /** Puts Kinesis records in front of all others, keeping their order: they were here before. */
  giveBack(records: readonly PendingKinesisRecord[]): void {
    for (let i = records.length - 1; i >= 0; i--) {
      const record = records[i] as PendingKinesisRecord;
      this.#complete.unshift(record);
      this.#completeBytes += record.wireBytes;
      this.#expiryFloor = Math.min(this.#expiryFloor, record.oldestAt);
    }
  }

  /** Ends the growth of what is open: it is due at once. */
  complete(): void {
    for (;;) {
      const open = this.#aggregator.takeOldest();
      if (open === undefined) return;
      this.#pushComplete(open);
    }
  }

  /** The Kinesis record that goes next, if it is due by `horizon`. */
  front(horizon: number, lingerMs: number): PendingKinesisRecord | undefined {
    const complete = this.#complete.peek();
    if (complete !== undefined) return complete;
    const growing = this.#aggregator.peekOldest();
    return growing !== undefined && growing.oldestAt + lingerMs <= horizon ? growing : undefined;
  }

  /** Takes the first Kinesis record that does not grow any more. */
  takeComplete(): PendingKinesisRecord | undefined {
    const complete = this.#complete.shift();
    if (complete === undefined) return undefined;
    this.#completeBytes = this.#complete.length === 0 ? 0 : this.#completeBytes - complete.wireBytes;
    return complete;
  }

  /** Takes what {@link front} showed. */
  takeFront(): void {
    if (this.takeComplete() === undefined) this.#aggregator.takeOldest();
    if (this.isEmpty) this.#expiryFloor = Number.POSITIVE_INFINITY;
  }

  /** Takes everything, in order. */
  takeAll(): PendingKinesisRecord[] {
    this.complete();
    this.#completeBytes = 0;
    this.#expiryFloor = Number.POSITIVE_INFINITY;
    return this.#complete.takeAll();
  }

  /** Packs what comes from now on another way; the queue must be empty. */
  setAggregator(aggregator: Aggregator): void {
    this.#aggregator = aggregator;
  }

  /**
   * Shows every Kinesis record to `visit`, which may settle user records in it, and drops those left without any.
   * Afterwards the expiry floor is exact.
   */
  sweep(visit: (record: PendingKinesisRecord) => void): void {
    let floor = Number.POSITIVE_INFINITY;
    const keep = (record: PendingKinesisRecord): boolean => {
      visit(record);
      if (record.liveCount === 0) return false;
      record.compact();
      floor = Math.min(floor, record.oldestAt);
      return true;
    };
    let isTouched = false;
    for (const record of this.#aggregator.all()) {
      visit(record);
      if (record.liveCount === record.count) continue;
      // What is left may go on growing, unless its place among other open ones is by age.
      if (record.liveCount > 0 && this.#aggregator.packing === "shard") record.compact();
      else isTouched = true;
    }
    if (isTouched) this.complete();
    this.#complete.keepIf(keep);
    this.#completeBytes = 0;
    for (let i = 0; i < this.#complete.length; i++)
      this.#completeBytes += (this.#complete.at(i) as PendingKinesisRecord).wireBytes;
    for (const record of this.#aggregator.all()) floor = Math.min(floor, record.oldestAt);
    this.#expiryFloor = floor;
  }

  #pushComplete(record: PendingKinesisRecord): void {
    this.#complete.push(record);
    this.#completeBytes += record.wireBytes;
  }
}
