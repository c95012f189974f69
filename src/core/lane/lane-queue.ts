import { type DeliveryHistory, NEVER_SENT } from "../record/delivery-history.js";
import type { PendingKinesisRecord } from "../record/pending-kinesis-record.js";
import type { PlacedRecord } from "../record/placed-record.js";
import { Ring } from "../record/ring.js";
import { type Aggregator, aloneAs, type JoinOutcome } from "./aggregator.js";
import { ClosedKeys, type KeyName } from "./closed-keys.js";

/** Settles some of the user records in a queue, for example expired ones. */
export interface Sweep {
  /** Records accepted after this moment do not concern the sweep. */
  readonly acceptedThrough: number;
  /** Whether the sweep has done enough for one turn: records that it has not seen stay unchanged. */
  readonly isOver: boolean;
  /** Whether the sweep may settle a user record of this Kinesis record. */
  concerns(record: PendingKinesisRecord): boolean;
  /** Settles the user records of this Kinesis record that the sweep must end. */
  settleIn(record: PendingKinesisRecord): void;
}

/** Kinesis records that wait, and their bytes. */
export interface Waiting {
  readonly kinesisRecords: number;
  readonly bytes: number;
}

/**
 * The Kinesis records of a lane in the order in which they will go: records that came back, then complete ones, then
 * the aggregates that are still growing. Records behind a closed key are outside this order until the key opens.
 */
export class LaneQueue implements Waiting {
  #aggregator: Aggregator;
  readonly #complete: Ring<PendingKinesisRecord> = new Ring();
  readonly #closedKeys: ClosedKeys = new ClosedKeys();
  #completeBytes = 0;
  /** The record that is being compressed. */
  #pressed: PendingKinesisRecord | undefined;
  /**
   * Whether complete records are sorted by the age of their oldest user records. Then a search for old ones may stop at
   * a young one.
   */
  #isByAge = true;
  /** No record in the queue was accepted before this moment. It may be earlier than the oldest record. */
  #expiryFloor: number = Number.POSITIVE_INFINITY;

  constructor(aggregator: Aggregator) {
    this.#aggregator = aggregator;
  }

  get isEmpty(): boolean {
    return this.kinesisRecords === 0;
  }

  get aggregator(): Aggregator {
    return this.#aggregator;
  }

  /** Kinesis records that wait, counting the growing ones as one. */
  get kinesisRecords(): number {
    const growing = this.#aggregator.peekOldest() === undefined ? 0 : 1;
    return this.#complete.length + this.#closedKeys.records + growing;
  }

  /** Bytes that wait, as Kinesis counts them. */
  get bytes(): number {
    return this.#completeBytes + this.#closedKeys.bytes + (this.#aggregator.peekOldest()?.wireBytes ?? 0);
  }

  get expiryFloor(): number {
    return this.#expiryFloor;
  }

  /**
   * A flush covers this generation and all before it: their aggregates are due at once, and grow until sent. Rule 28.
   *
   * @returns whether the queue may be due sooner because of this
   */
  cover(generation: number): boolean {
    return generation > this.#aggregator.dueThrough && this.#aggregator.cover(generation);
  }

  /**
   * When the first record is due. Complete records, and a growing one that a flush covers, are due at once; another
   * growing one after the linger; records of a key that pauses at the end of the pause. Infinity when no record is due
   * at any time.
   */
  dueAt(lingerMs: number): number {
    const complete = this.#complete.peek();
    if (complete !== undefined) return complete.oldestAt;
    const growing = this.#aggregator.peekOldest();
    const growingAt = growing === undefined ? Number.POSITIVE_INFINITY : dueAtOf(growing, lingerMs);
    return Math.min(growingAt, this.#closedKeys.nextAt);
  }

  /**
   * When the record that {@link front} returned became due: at the end of its last attempt, when it was complete, or
   * after the linger. A record that is due earlier, because of a flush or a full buffer, counts from its youngest user
   * record.
   */
  dueSince(front: PendingKinesisRecord, lingerMs: number): number {
    if (front.history.made > 0) return front.history.lastEndedAt;
    return front.isDue || front === this.#complete.peek() ? front.youngestAt : front.oldestAt + lingerMs;
  }

  /** When the oldest user record in the queue was accepted; Infinity when there is none. May read every Kinesis record. */
  oldestAt(): number {
    let at = this.#aggregator.peekOldest()?.oldestAt ?? Number.POSITIVE_INFINITY;
    const seen = this.#isByAge ? Math.min(1, this.#complete.length) : this.#complete.length;
    for (let i = 0; i < seen; i++) at = Math.min(at, (this.#complete.at(i) as PendingKinesisRecord).oldestAt);
    return Math.min(at, this.#closedKeys.oldestAt());
  }

  /** When the oldest record of the Kinesis record in front was accepted; Infinity when no record is in front. */
  get waitsSince(): number {
    const first = this.#complete.peek() ?? this.#aggregator.peekOldest();
    return first === undefined ? Number.POSITIVE_INFINITY : first.oldestAt;
  }

  /**
   * Adds a user record.
   *
   * @returns whether the queue may be due sooner because of this: an aggregate has become complete, or has begun to
   * grow
   */
  add(record: PlacedRecord, history: DeliveryHistory = NEVER_SENT): boolean {
    if (record.acceptedAt < this.#expiryFloor) this.#expiryFloor = record.acceptedAt;
    const outcome = this.#aggregator.tryAdd(record, history);
    return outcome !== "added" && this.#afterNotAdded(outcome, record, history);
  }

  /** Makes room for a record that the open aggregate did not take; always returns true. */
  #afterNotAdded(outcome: Exclude<JoinOutcome, "added">, record: PlacedRecord, history: DeliveryHistory): true {
    if (outcome === "begun") {
      // A put that waited for room came late: its record goes before younger records of other keys.
      if (record.generation <= this.#aggregator.dueThrough && this.#aggregator.peekOldest()?.isDue === false)
        this.complete();
      return true;
    }
    const before = this.#aggregator.takeFor(record);
    if (before !== undefined) this.#pushComplete(before);
    if (outcome === "too-large") this.#pushComplete(aloneAs(record, history));
    else this.#aggregator.tryAdd(record, history);
    return true;
  }

  /** Puts Kinesis records in front of all others, in their order: they were in the queue before. */
  requeue(records: readonly PendingKinesisRecord[]): void {
    for (let i = records.length - 1; i >= 0; i--) {
      const record = records[i] as PendingKinesisRecord;
      this.#isByAge = this.#fitsBefore(record);
      this.#complete.unshift(record);
      this.#completeBytes += record.wireBytes;
      this.#expiryFloor = Math.min(this.#expiryFloor, record.oldestAt);
    }
  }

  /** A Kinesis record comes back: it is resent before all others of its key, when the key's pause has ended. */
  pauseKey(name: KeyName, record: PendingKinesisRecord, until: number): void {
    this.#closedKeys.pause(name, record, until);
    this.#expiryFloor = Math.min(this.#expiryFloor, record.oldestAt);
  }

  /** No record of this key goes while another one is in flight. */
  closeKey(name: KeyName): void {
    this.#closedKeys.close(name);
  }

  /** The record in flight is settled: records that waited behind it go before all later ones. */
  openKey(name: KeyName): void {
    this.requeue(this.#closedKeys.open(name));
  }

  /** Completes all open aggregates: they are due at once. */
  complete(): void {
    for (;;) {
      const open = this.#aggregator.takeOldest();
      if (open === undefined) return;
      this.#pushComplete(open);
    }
  }

  /** The compressed records in front. */
  pressed(): Waiting {
    let bytes = 0;
    let kinesisRecords = 0;
    for (; this.#complete.at(kinesisRecords)?.isPressed === true; kinesisRecords++)
      bytes += (this.#complete.at(kinesisRecords) as PendingKinesisRecord).wireBytes;
    return { kinesisRecords, bytes };
  }

  /** Whether the record in front is compressed. */
  get isFrontPressed(): boolean {
    return this.#complete.peek()?.isPressed === true;
  }

  /** The complete record behind this many others. */
  completeAt(index: number): PendingKinesisRecord | undefined {
    return this.#complete.at(index);
  }

  /** The oldest aggregate that still grows, if it is due. */
  dueGrowing(now: number, lingerMs: number): PendingKinesisRecord | undefined {
    const growing = this.#aggregator.peekOldest();
    return growing !== undefined && dueAtOf(growing, lingerMs) <= now ? growing : undefined;
  }

  /** The Kinesis record that goes next, if it is due by `horizon`. Records before it that may not go are set aside. */
  front(now: number, horizon: number, lingerMs: number): PendingKinesisRecord | undefined {
    if (this.#closedKeys.isEmpty) return this.#peek(horizon, lingerMs);
    this.requeue(this.#closedKeys.openRested(now));
    for (;;) {
      const front = this.#peek(horizon, lingerMs);
      // One that is being compressed stays: its place is known.
      if (front === undefined || front === this.#pressed || !this.#closedKeys.tryPark(front.keyName, front))
        return front;
      this.#takePeeked();
    }
  }

  /** Takes the first complete Kinesis record. */
  takeComplete(): PendingKinesisRecord | undefined {
    const complete = this.#complete.shift();
    if (complete === undefined) return undefined;
    this.#completeBytes = this.#complete.length === 0 ? 0 : this.#completeBytes - complete.wireBytes;
    return complete;
  }

  /** Takes the record that {@link front} returned. */
  takeFront(): void {
    this.#takePeeked();
    if (this.isEmpty) this.#expiryFloor = Number.POSITIVE_INFINITY;
  }

  /** A record is being compressed: nothing joins it. It keeps its place until {@link endPress}. */
  beginPress(record: PendingKinesisRecord): void {
    if (record === this.#aggregator.peekOldest()) {
      this.#aggregator.takeOldest();
      this.#pushComplete(record);
    }
    this.#pressed = record;
  }

  /**
   * The codec has answered for the record of {@link beginPress}. Nothing happens if the record has left the queue.
   *
   * @param take - changes the record; returns its bound if it must be divided
   * @param divide - makes the parts
   */
  endPress(
    take: () => number | undefined,
    divide: (record: PendingKinesisRecord, partBytes: number) => readonly PendingKinesisRecord[],
  ): void {
    const record = this.#pressed;
    this.#pressed = undefined;
    if (record === undefined || record.liveCount === 0) return;
    // A sweep may have changed the record since.
    this.#completeBytes -= record.wireBytes;
    const partBytes = take();
    this.#completeBytes += record.wireBytes;
    if (partBytes === undefined) return;
    const all = this.#complete.takeAll();
    this.#completeBytes = 0;
    this.#isByAge = true;
    for (const each of all) {
      if (each !== record) this.#pushComplete(each);
      else for (const part of divide(each, partBytes)) this.#pushComplete(part);
    }
  }

  /** Takes everything: first the records behind closed keys, then the others in order. */
  takeAll(): PendingKinesisRecord[] {
    this.#pressed = undefined;
    this.complete();
    this.#completeBytes = 0;
    this.#expiryFloor = Number.POSITIVE_INFINITY;
    const all = this.#complete.takeAll();
    return this.#closedKeys.records === 0 ? all : this.#closedKeys.takeAll().concat(all);
  }

  /** Changes the packing of later records; the queue must be empty. */
  setAggregator(aggregator: Aggregator): void {
    aggregator.cover(this.#aggregator.dueThrough);
    this.#aggregator = aggregator;
  }

  /**
   * Lets a sweep settle user records in the queue, and drops Kinesis records that are empty then. After a sweep of all
   * records the expiry floor is exact.
   *
   * @returns whether all records were seen; if not, the next sweep sees the rest
   */
  sweep(sweep: Sweep): boolean {
    const { aggregator } = this;
    // Open aggregates are sorted by age: one that loses records to the sweep must not grow further.
    if (aggregator.packing !== "shard" && some(aggregator.all(), (open) => sweep.concerns(open))) this.complete();
    const completeFloor = this.#sweepComplete(sweep);
    let floor = completeFloor;
    this.#closedKeys.keepIf((record) => {
      const stays = sweep.isOver || !sweep.concerns(record) || settledIn(record, sweep);
      if (stays) floor = Math.min(floor, record.oldestAt);
      return stays;
    });
    const open = aggregator.peekOldest();
    if (aggregator.packing === "shard" && open !== undefined && !sweep.isOver && sweep.concerns(open)) {
      if (!settledIn(open, sweep)) aggregator.takeOldest();
    }
    if (sweep.isOver) return false;
    for (const growing of aggregator.all()) floor = Math.min(floor, growing.oldestAt);
    this.#expiryFloor = floor;
    return true;
  }

  /**
   * Returns when the oldest complete record was accepted. Only exact if the sweep has seen all records that may concern
   * it.
   */
  #sweepComplete(sweep: Sweep): number {
    const complete = this.#complete;
    const wasByAge = this.#isByAge;
    let floor = Number.POSITIVE_INFINITY;
    let lastAt = Number.NEGATIVE_INFINITY;
    let isByAge = true;
    let kept = 0;
    complete.keepIf(
      (record) => {
        if (sweep.concerns(record)) {
          this.#completeBytes -= record.wireBytes;
          if (!settledIn(record, sweep)) return false;
          this.#completeBytes += record.wireBytes;
        }
        const { oldestAt } = record;
        if (oldestAt < lastAt) isByAge = false;
        lastAt = oldestAt;
        floor = Math.min(floor, oldestAt);
        kept++;
        return true;
      },
      (record) => sweep.isOver || (wasByAge && record.oldestAt > sweep.acceptedThrough),
    );
    const unseen = complete.at(kept);
    const unseenAt = unseen?.oldestAt ?? Number.POSITIVE_INFINITY;
    this.#isByAge = isByAge && unseenAt >= lastAt && (wasByAge || unseen === undefined);
    return Math.min(floor, unseenAt);
  }

  #fitsBefore({ oldestAt }: PendingKinesisRecord): boolean {
    const first = this.#complete.peek();
    return first === undefined || (this.#isByAge && oldestAt <= first.oldestAt);
  }

  #fitsBehind({ oldestAt }: PendingKinesisRecord): boolean {
    const { length } = this.#complete;
    return (
      length === 0 || (this.#isByAge && oldestAt >= (this.#complete.at(length - 1) as PendingKinesisRecord).oldestAt)
    );
  }

  #peek(horizon: number, lingerMs: number): PendingKinesisRecord | undefined {
    const complete = this.#complete.peek();
    if (complete !== undefined) return complete;
    return this.dueGrowing(horizon, lingerMs);
  }

  #takePeeked(): void {
    if (this.takeComplete() === undefined) this.#aggregator.takeOldest();
  }

  #pushComplete(record: PendingKinesisRecord): void {
    this.#isByAge = this.#fitsBehind(record);
    this.#complete.push(record);
    this.#completeBytes += record.wireBytes;
  }
}

/**
 * Lets the sweep settle user records of this Kinesis record; returns whether any are left, packed without the settled
 * ones.
 */
function settledIn(record: PendingKinesisRecord, sweep: Sweep): boolean {
  sweep.settleIn(record);
  if (record.liveCount === 0) return false;
  record.compact();
  return true;
}

function some<T>(values: Iterable<T>, test: (value: T) => boolean): boolean {
  for (const value of values) if (test(value)) return true;
  return false;
}

function dueAtOf({ isDue, oldestAt }: PendingKinesisRecord, lingerMs: number): number {
  return isDue ? oldestAt : oldestAt + lingerMs;
}
