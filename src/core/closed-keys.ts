import { type Deadlined, DeadlineHeap } from "./deadline-heap.js";
import type { PendingKinesisRecord } from "./pending-kinesis-record.js";

/** What a key is known by: its hash key, or, where keys mean nothing, the Kinesis record itself. */
export type KeyName = string | PendingKinesisRecord;

/** Records of a key that is in flight do not wait for a moment, but for an answer. */
const UNTIL_ANSWERED = Number.POSITIVE_INFINITY;

/** A key that may not go now, and what waits behind it, in order. */
class ClosedKey implements Deadlined {
  heapIndex = -1;
  deadline = UNTIL_ANSWERED;
  readonly name: KeyName;
  waiting: PendingKinesisRecord[] = [];

  constructor(name: KeyName) {
    this.name = name;
  }
}

/**
 * Keys of a lane that may not go now: those in flight, where order is kept, and those that pause after a refusal. What
 * comes for such a key waits here, so that it holds up nobody else.
 */
export class ClosedKeys {
  readonly #byName: Map<KeyName, ClosedKey> = new Map();
  readonly #schedule: DeadlineHeap<ClosedKey> = new DeadlineHeap();
  #bytes = 0;
  #records = 0;

  /** Whether every key may go. */
  get isEmpty(): boolean {
    return this.#byName.size === 0;
  }

  /** Kinesis records that wait behind their keys. */
  get records(): number {
    return this.#records;
  }

  /** Their bytes, as Kinesis counts them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** When the first pause ends; Infinity when none does by itself. */
  get nextAt(): number {
    return this.#schedule.peek()?.deadline ?? UNTIL_ANSWERED;
  }

  /** A Kinesis record of this key is on its way: no other may follow before it is settled. */
  close(name: KeyName): void {
    this.#closed(name);
  }

  /** Has the record wait if its key is closed. */
  tryPark(name: KeyName, record: PendingKinesisRecord): boolean {
    const key = this.#byName.get(name);
    if (key === undefined) return false;
    key.waiting.push(record);
    this.#count(record, 1);
    return true;
  }

  /** A record comes back: it goes again, before all others of its key, when its pause has ended. */
  pause(name: KeyName, record: PendingKinesisRecord, until: number): void {
    const key = this.#closed(name);
    key.waiting.unshift(record);
    this.#count(record, 1);
    // Several of a key may come back, where order is not kept: the longest pause counts.
    const isPaused = key.heapIndex >= 0;
    this.#schedule.set(key, isPaused ? Math.max(key.deadline, until) : until);
  }

  /** The record of this key that was on its way is settled; returns what waited behind it. */
  open(name: KeyName): readonly PendingKinesisRecord[] {
    const key = this.#byName.get(name);
    // While it pauses something of it has come back: the end of the pause opens it.
    return key === undefined || key.heapIndex >= 0 ? [] : this.#remove(key);
  }

  /** Opens the keys whose pause has ended; returns what waited behind them, key by key. */
  openRested(now: number): readonly PendingKinesisRecord[] {
    let rested: PendingKinesisRecord[] = [];
    for (let key = this.#schedule.peek(); key !== undefined && key.deadline <= now; key = this.#schedule.peek()) {
      const waiting = this.#remove(key);
      rested = rested.length === 0 ? waiting : rested.concat(waiting);
    }
    return rested;
  }

  /** Takes everything that waits. Keys that are in flight stay closed; no key pauses any more. */
  takeAll(): PendingKinesisRecord[] {
    const all: PendingKinesisRecord[] = [];
    for (const key of this.#byName.values()) {
      for (const record of key.waiting) all.push(record);
      key.waiting = [];
      if (key.heapIndex < 0) continue;
      this.#remove(key);
    }
    this.#records = 0;
    this.#bytes = 0;
    return all;
  }

  /** Keeps the records the test accepts. */
  keepIf(test: (record: PendingKinesisRecord) => boolean): void {
    if (this.#records === 0) return;
    this.#records = 0;
    this.#bytes = 0;
    for (const key of this.#byName.values()) {
      key.waiting = key.waiting.filter(test);
      for (const record of key.waiting) this.#count(record, 1);
      if (key.waiting.length === 0 && key.heapIndex >= 0) this.#remove(key);
    }
  }

  #closed(name: KeyName): ClosedKey {
    let key = this.#byName.get(name);
    if (key === undefined) {
      key = new ClosedKey(name);
      this.#byName.set(name, key);
    }
    return key;
  }

  #remove(key: ClosedKey): PendingKinesisRecord[] {
    this.#schedule.remove(key);
    this.#byName.delete(key.name);
    for (const record of key.waiting) this.#count(record, -1);
    return key.waiting;
  }

  #count(record: PendingKinesisRecord, sign: 1 | -1): void {
    this.#records += sign;
    this.#bytes += sign * record.wireBytes;
  }
}
