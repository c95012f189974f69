import type { BufferBudget } from "../core/buffer-budget.js";
import { NEVER_SENT } from "../core/pending-kinesis-record.js";
import type { PlacedRecord } from "../core/placed-record.js";
import type { Clock } from "../core/ports.js";
import { Ring } from "../core/ring.js";
import type { SettlementLedger } from "../core/settlement-ledger.js";
import type { FailureReason } from "./outcomes.js";
import { TurnedAwayTelling } from "./refused-telling.js";
import type { StreamPipeline } from "./stream-pipeline.js";
import type { Teller } from "./teller.js";

export interface AdmissionParts {
  readonly pipeline: StreamPipeline;
  readonly budget: BufferBudget;
  readonly ledger: SettlementLedger;
  readonly clock: Clock;
  readonly teller: Teller;
  /** There was no room: waiting out a linger is pointless now. */
  readonly onFull: () => void;
  /** Drains at the end of this turn of the event loop. */
  readonly wake: () => void;
}

/** A place in the queue for room. */
export interface Waiter {
  /** Room it waits for; always one record's. */
  readonly bytes: number;
  /** It does not want the room any more; its place is skipped. */
  isGone: boolean;
  /** Whether what it brings is due at once: a flush covers it. */
  isUrgent: boolean;
  /** The room is taken in its name. */
  enter(): void;
  /** There will be no room: the producer is being closed. Tells the caller. */
  refuse(reason: FailureReason): void;
}

/** Places of those who have left that are kept in the queue without further thought. */
const MAX_GONE = 1_000;

/** Room taken for somebody who comes back for it in this turn of the event loop. */
interface Hold {
  records: number;
  bytes: number;
}

/**
 * The door of one stream: lets records in while there is room, and keeps those who wait for it in order. Nobody overtakes:
 * while anyone waits, whoever cannot wait is told that it is full. Rule 2.
 */
export class Admission {
  readonly #parts: AdmissionParts;
  #waiters: Ring<Waiter> = new Ring();
  #openHolds: Hold[] = [];
  #goneWaiters = 0;
  #lastRefusedBytes = 0;
  #isPressed = false;
  /** Nobody is let in any more who waits. */
  #isOver = false;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /** Places in the queue. */
  get waiting(): number {
    return this.#waiters.length - this.#goneWaiters;
  }

  /** Takes the record in, or refuses it because there is no room. */
  offer(record: PlacedRecord, settler: unknown, now: number): boolean {
    const { bufferedBytes } = record;
    const isHeld = this.#openHolds.length > 0 && this.#takeFromHold(bufferedBytes);
    if (!isHeld && !this.#takeRoom(bufferedBytes)) {
      this.#lastRefusedBytes = bufferedBytes;
      this.#press();
      return false;
    }
    record.settler = settler;
    record.generation = this.#parts.ledger.handOver();
    record.acceptedAt = now;
    this.#parts.pipeline.accept(record, now);
    return true;
  }

  /**
   * Takes in a record that has waited, and whose room is taken already; it has its settler and its generation. Meanwhile more may
   * be known of the stream.
   */
  enter(record: PlacedRecord, now: number): void {
    const { pipeline } = this.#parts;
    record.acceptedAt = now;
    const refusal = pipeline.knowledge.refusalOf(record);
    if (refusal === undefined) pipeline.accept(record, now);
    else pipeline.outcomes.failOne(record, NEVER_SENT, refusal);
  }

  /** Takes a place in the queue. */
  wait(waiter: Waiter): void {
    this.#waiters.push(waiter);
    this.#press();
    this.#parts.wake();
  }

  /** A waiter leaves the queue; returns whether it was still there. */
  leave(waiter: Waiter): boolean {
    if (waiter.isGone) return false;
    waiter.isGone = true;
    if (this.#isOver) return true;
    this.#goneWaiters++;
    // Behind a first one that finds no room for long, those who left would pile up.
    if (this.#goneWaiters > MAX_GONE && this.#goneWaiters > this.#waiters.length / 2)
      this.#goneWaiters -= this.#waiters.keepIf(({ isGone }) => !isGone);
    this.#parts.wake();
    return true;
  }

  /**
   * Takes a place in the queue with the size of the latest refused record. At its turn `opened` runs, in a later turn of
   * the event loop, and the room is held for {@link offer} until the end of that turn.
   */
  waitForRoom(opened: () => void, refused: (reason: FailureReason) => void): Waiter {
    const hold: Hold = { records: 1, bytes: this.#lastRefusedBytes };
    const waiter: Waiter = {
      bytes: hold.bytes,
      isGone: false,
      isUrgent: false,
      refuse: refused,
      enter: () => {
        this.#parts.clock.defer(() => {
          this.#openHolds.push(hold);
          opened();
          // The callers run in the microtasks of this turn.
          this.#parts.clock.defer(() => {
            this.#close(hold);
          });
        });
      },
    };
    this.wait(waiter);
    return waiter;
  }

  /** Lets in those who wait, in order, while there is room. */
  admit(): void {
    this.#isPressed = false;
    const { budget, pipeline } = this.#parts;
    let hasEntered = false;
    for (;;) {
      const first = this.#waiters.peek();
      if (first === undefined) return;
      if (!first.isGone && !budget.hasRoom(pipeline.budget, first.bytes)) break;
      this.#waiters.shift();
      if (first.isGone) {
        this.#goneWaiters--;
        continue;
      }
      budget.take(pipeline.budget, 1, first.bytes);
      // Out of the queue: leaving it later must not count it a second time.
      first.isGone = true;
      hasEntered = true;
      first.enter();
    }
    // What has just come in fills the buffer again, and others wait: it must not wait out a linger.
    if (hasEntered) this.#press();
  }

  /** Ends all waiting, for good; those who waited are told. */
  refuseAll(reason: FailureReason): void {
    const waiters = this.#waiters;
    if (waiters.length === 0) return;
    this.#isOver = true;
    this.#waiters = new Ring();
    this.#goneWaiters = 0;
    this.#parts.teller.push(new TurnedAwayTelling(waiters, reason));
  }

  /** What waits now is due as soon as it is in. */
  makeUrgent(): void {
    for (let i = 0; i < this.#waiters.length; i++) (this.#waiters.at(i) as Waiter).isUrgent = true;
  }

  #takeRoom(bytes: number): boolean {
    const { budget, pipeline } = this.#parts;
    return this.waiting === 0 && budget.tryTake(pipeline.budget, bytes);
  }

  /** Room that is held is counted in the budget already: using it changes only whose it is. */
  #takeFromHold(bytes: number): boolean {
    for (const hold of this.#openHolds) {
      if (hold.records === 0 || bytes > hold.bytes) continue;
      hold.records = 0;
      hold.bytes -= bytes;
      return true;
    }
    return false;
  }

  #close(hold: Hold): void {
    this.#openHolds = this.#openHolds.filter((open) => open !== hold);
    this.#parts.budget.release(this.#parts.pipeline.budget, hold.records, hold.bytes);
    this.#parts.wake();
  }

  #press(): void {
    if (this.#isPressed) return;
    this.#isPressed = true;
    this.#parts.onFull();
  }
}
