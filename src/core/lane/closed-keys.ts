import type { PendingKinesisRecord } from "../record/pending-kinesis-record.js";
import { type Deadlined, DeadlineHeap } from "./deadline-heap.js";

/** The name of a key: its hash key, or, where keys mean nothing, the Kinesis record itself. */
export type KeyName = string | PendingKinesisRecord;

/** Records of a key that is in flight wait for an answer, not for a moment. */
const UNTIL_ANSWERED = Number.POSITIVE_INFINITY;

/** A key that may not go now, and the records that wait behind it, in order. */
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
 * Keys of a lane that may not go now: keys in flight, where order is kept, and keys that pause after a refusal. Records
 * of such a key wait here, so that they do not block other keys.
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

  /** When the oldest of their user records was accepted; Infinity when none waits. */
  oldestAt(): number {
    let at = Number.POSITIVE_INFINITY;
    for (const { waiting } of this.#byName.values()) for (const { oldestAt } of waiting) at = Math.min(at, oldestAt);
    return at;
  }

  /** When the first pause ends; Infinity when no key pauses. */
  get nextAt(): number {
    return this.#schedule.peek()?.deadline ?? UNTIL_ANSWERED;
  }

  /** A Kinesis record of this key is in flight: no other may follow before it is settled. */
  close(name: KeyName): void {
    this.#closed(name);
  }

  /** Makes the record wait if its key is closed. */
  tryPark(name: KeyName, record: PendingKinesisRecord): boolean {
    const key = this.#byName.get(name);
    if (key === undefined) return false;
    key.waiting.push(record);
    this.#count(record, 1);
    return true;
  }

  /** A record comes back: it is resent before all others of its key, when the pause has ended. */
  pause(name: KeyName, record: PendingKinesisRecord, until: number): void {
    const key = this.#closed(name);
    key.waiting.unshift(record);
    this.#count(record, 1);
    // Where order is not kept, several records of a key may come back: the longest pause counts.
    const isPaused = key.heapIndex >= 0;
    this.#schedule.set(key, isPaused ? Math.max(key.deadline, until) : until);
  }

  /** The record of this key that was in flight is settled; returns the records that waited behind it. */
  open(name: KeyName): readonly PendingKinesisRecord[] {
    const key = this.#byName.get(name);
    // A key that pauses has a record that came back: the end of the pause opens the key.
    return key === undefined || key.heapIndex >= 0 ? [] : this.#remove(key);
  }

  /** Opens the keys with a pause that has ended; returns the records that waited behind them, key by key. */
  openRested(now: number): readonly PendingKinesisRecord[] {
    let rested: PendingKinesisRecord[] = [];
    for (let key = this.#schedule.peek(); key !== undefined && key.deadline <= now; key = this.#schedule.peek()) {
      const waiting = this.#remove(key);
      rested = rested.length === 0 ? waiting : rested.concat(waiting);
    }
    return rested;
  }

  /** Takes all records that wait. Keys in flight stay closed; no key pauses any more. */
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
