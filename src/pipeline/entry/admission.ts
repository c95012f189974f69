import type { BufferBudget, ShardBudget } from "../../core/buffer-budget.js";
import type { Lane } from "../../core/lane/lane.js";
import type { Clock } from "../../core/ports.js";
import { NEVER_SENT } from "../../core/record/pending-kinesis-record.js";
import type { PlacedRecord } from "../../core/record/placed-record.js";
import type { SettlementLedger } from "../../core/settlement-ledger.js";
import { TurnedAwayTelling } from "../settlement/refused-telling.js";
import type { FailureReason } from "../settlement/settlement.js";
import type { Teller } from "../settlement/teller.js";
import type { RoutedKey } from "../stream/router.js";
import type { StreamPipeline } from "../stream/stream-pipeline.js";
import { RoomQueue, type ShardLine, type Waiter } from "./room-queue.js";

export type { Waiter } from "./room-queue.js";

export interface AdmissionParts {
  readonly pipeline: StreamPipeline;
  readonly budget: BufferBudget;
  readonly ledger: SettlementLedger;
  readonly clock: Clock;
  readonly teller: Teller;
  /** Drains at the end of this turn of the event loop. */
  readonly wake: () => void;
}

/** Waiters that give way to others in one drain: with a million of them the rest comes in the next. */
const MOST_SET_ASIDE = 20_000;

/** The record that was refused last: one object for all of them, as each waiting put is one of them. */
interface Refused {
  bytes: number;
  key: RoutedKey["key"] | undefined;
  explicitHashKey: RoutedKey["explicitHashKey"];
  /** The lane it was for, while the lanes are of this version. */
  lane: Lane | undefined;
  lanesVersion: number;
}

/** Room taken for somebody who comes back for it in this turn of the event loop. */
interface Hold {
  records: number;
  bytes: number;
  budget: ShardBudget;
}

/**
 * The door of one stream: lets records in while there is room, and keeps those who wait for it in order. Nobody overtakes: while
 * anyone waits for the stream's room, or for the share of the record's shard, a caller that cannot wait is told that it is full.
 * Rules 2 and 29.
 */
export class Admission {
  readonly #parts: AdmissionParts;
  readonly #queue: RoomQueue = new RoomQueue();
  #openHolds: Hold[] = [];
  readonly #refused: Refused = {
    bytes: 0,
    key: undefined,
    explicitHashKey: undefined,
    lane: undefined,
    lanesVersion: 0,
  };
  /** A record was refused since the last drain: for want of room in the stream, or of its shard's share. */
  #isRefusing = false;
  readonly #refusingLanes: Set<Lane> = new Set();
  /** The lanes by which the queue is ordered. */
  #lanesVersion = 0;
  /** Nobody is let in any more who waits. */
  #isOver = false;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /** Places in the queue. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Which flush covers the first who waits for the stream's room; Infinity when nobody does. */
  get firstGeneration(): number {
    return this.#queue.first?.generation ?? Number.POSITIVE_INFINITY;
  }

  /** Takes the record in, or refuses it because there is no room. The room that a {@link waitForRoom} holds is for it. */
  offer(record: PlacedRecord, settler: unknown, now: number): boolean {
    const isIn = this.#openHolds.length > 0 && this.#offerHeld(record, settler, now);
    return isIn || this.offerInLine(record, settler, now);
  }

  /** The same for a caller who can wait: the room that is held for others is theirs. */
  offerInLine(record: PlacedRecord, settler: unknown, now: number): boolean {
    const lane = this.#parts.pipeline.laneFor(record, now);
    const hasRoom = this.#queue.length > 0 ? this.#takeRoomBehind(lane, record) : this.#takeRoom(lane, record);
    if (!hasRoom) return this.#refuse(record, lane);
    this.#accept(record, lane, settler, now);
    return true;
  }

  /** Takes the record in if there is room held for it. A callback is not whom the room is held for. */
  #offerHeld(record: PlacedRecord, settler: unknown, now: number): boolean {
    const { pipeline, teller } = this.#parts;
    if (teller.isTelling) return false;
    const lane = pipeline.laneFor(record, now);
    if (!this.#takeFromHold(lane, record.bufferedBytes)) return false;
    this.#accept(record, lane, settler, now);
    return true;
  }

  #accept(record: PlacedRecord, lane: Lane, settler: unknown, now: number): void {
    const { pipeline, ledger } = this.#parts;
    record.budget = lane.budget;
    record.settler = settler;
    record.generation = ledger.handOver();
    record.acceptedAt = now;
    pipeline.accept(record, lane, now);
  }

  #refuse({ key, explicitHashKey, bufferedBytes }: PlacedRecord, lane: Lane): false {
    const refused = this.#refused;
    refused.bytes = bufferedBytes;
    refused.key = key;
    refused.explicitHashKey = explicitHashKey;
    refused.lane = lane;
    refused.lanesVersion = this.#parts.pipeline.router.lanesVersion;
    if (this.#isShort(lane, bufferedBytes)) this.#refusingLanes.add(lane);
    else this.#isRefusing = true;
    this.#parts.wake();
    return false;
  }

  /**
   * Takes in a record that has waited, and whose room is taken already; it has its settler and its generation. Meanwhile more may
   * be known of the stream.
   */
  enter(record: PlacedRecord, now: number): void {
    const { pipeline } = this.#parts;
    record.acceptedAt = now;
    const lane = pipeline.laneFor(record, now);
    const refusal = pipeline.refusalOf(record);
    if (refusal === undefined) pipeline.accept(record, lane, now);
    else pipeline.settlement.failOne(record, NEVER_SENT, refusal);
  }

  /** Takes a place in the queue, for the record that was refused last. */
  wait(waiter: Waiter): void {
    this.#followLanes();
    const { lane: known, lanesVersion } = this.#refused;
    const lane = known !== undefined && lanesVersion === this.#lanesVersion ? known : this.#laneOf(waiter);
    // Behind others in line there may be some of its shard.
    if (this.#isShort(lane, waiter.bytes)) this.#queue.pushTo(lane, waiter);
    else this.#queue.push(waiter);
    this.#parts.wake();
  }

  /** A waiter leaves the queue; returns whether it was still there. */
  leave(waiter: Waiter): boolean {
    if (waiter.isGone) return false;
    if (this.#isOver) {
      waiter.isGone = true;
      return true;
    }
    this.#queue.leave(waiter);
    this.#parts.wake();
    return true;
  }

  /**
   * Takes a place in the queue for a record like the one that was refused last. At its turn `opened` runs, in a later turn of
   * the event loop, and the room is held for {@link offer} until the end of that turn.
   */
  waitForRoom(opened: () => void, refused: (reason: FailureReason) => void): Waiter {
    const { clock, ledger } = this.#parts;
    const { bytes, key, explicitHashKey } = this.#refused;
    const waiter: Waiter = {
      bytes,
      checked: key === undefined ? undefined : { key, explicitHashKey },
      generation: ledger.generation,
      isGone: false,
      lane: undefined,
      order: 0,
      refuse: refused,
      enter: (budget) => {
        const hold: Hold = { records: 1, bytes: waiter.bytes, budget };
        clock.defer(() => {
          this.#openHolds.push(hold);
          opened();
          // The callers run in the microtasks of this turn.
          clock.defer(() => {
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
    this.#followLanes();
    if (!this.#admitBesideLine()) return;
    const { budget, pipeline, wake } = this.#parts;
    const queue = this.#queue;
    for (let first = queue.first, aside = 0; first !== undefined; first = queue.first) {
      if (first.isGone) {
        queue.shift();
        continue;
      }
      const lane = this.#laneOf(first);
      if (queue.hasLine(lane) || !budget.hasShare(lane.budget, first.bytes)) {
        queue.setAside(lane);
        if (++aside < MOST_SET_ASIDE) continue;
        wake();
        return;
      }
      if (!budget.hasRoom(pipeline.budget, first.bytes)) return;
      queue.shift();
      this.#letIn(first, lane);
    }
  }

  /**
   * Lets in those whose shard had its share: one of each shard in turns, as what several shards lack is common to them. Returns
   * whether others may come after them.
   */
  #admitBesideLine(): boolean {
    const { budget, pipeline } = this.#parts;
    const queue = this.#queue;
    for (let lines: readonly ShardLine[] = queue.linesByTurn(); lines.length > 0; ) {
      const served: ShardLine[] = [];
      for (const line of lines) {
        const { lane } = line;
        const first = queue.firstOf(line);
        if (first === undefined || !budget.hasShare(lane.budget, first.bytes)) continue;
        // They have waited longer than those in line.
        if (!budget.hasRoom(pipeline.budget, first.bytes)) return false;
        queue.shiftOf(line);
        this.#letIn(first, lane);
        served.push(line);
      }
      lines = served;
    }
    return true;
  }

  #letIn(waiter: Waiter, lane: Lane): void {
    this.#parts.budget.take(lane.budget, 1, waiter.bytes);
    // Out of the queue: leaving it later must not count it a second time.
    waiter.isGone = true;
    waiter.enter(lane.budget);
  }

  /**
   * Where there is no room for more, waiting out a linger is pointless: what only waits for more of its shard, or of the stream,
   * becomes due.
   *
   * @returns `full` when that holds for all streams: the whole buffer is full; `due` when something may have become due
   */
  press(now: number): "full" | "due" | "none" {
    const { pipeline, budget } = this.#parts;
    let outcome: "due" | "none" = "none";
    for (const lane of this.#queue.lanes) this.#refusingLanes.add(lane);
    // Shards lack what is common to all: it may be in the hands of one that nobody waits for.
    if (this.#refusingLanes.size > 0)
      for (const lane of pipeline.router.lanes()) if (lane.budget.isOverOwn) this.#refusingLanes.add(lane);
    for (const lane of this.#refusingLanes) if (pipeline.makeShardRoom(lane, now)) outcome = "due";
    this.#refusingLanes.clear();
    const isPressed = this.#isRefusing || this.#queue.inLine > 0;
    this.#isRefusing = false;
    if (!isPressed) return outcome;
    if (budget.isFull(this.#queue.first?.bytes ?? this.#refused.bytes)) return "full";
    return pipeline.makeRoom(now) ? "due" : outcome;
  }

  /** Ends all waiting, for good; those who waited are told. */
  refuseAll(reason: FailureReason): void {
    if (this.#queue.length === 0) return;
    this.#isOver = true;
    this.#parts.teller.push(new TurnedAwayTelling(this.#queue.takeAll(), reason));
  }

  #takeRoom(lane: Lane, { bufferedBytes }: PlacedRecord): boolean {
    return this.#parts.budget.tryTake(lane.budget, bufferedBytes);
  }

  /** The same where others wait. */
  #takeRoomBehind(lane: Lane, record: PlacedRecord): boolean {
    const queue = this.#queue;
    // Lanes may have changed since the last drain: those who stand in the line of an old one come first all the same.
    this.#followLanes();
    if (queue.inLine > 0 || queue.hasLine(lane)) return false;
    return this.#takeRoom(lane, record);
  }

  /** Room that is held is counted in the budget already: using it changes only whose it is. */
  #takeFromHold(lane: Lane, bytes: number): boolean {
    const { budget } = this.#parts;
    this.#followLanes();
    for (const hold of this.#openHolds) {
      if (hold.records === 0 || bytes > hold.bytes) continue;
      if (hold.budget !== lane.budget && (this.#queue.hasLine(lane) || !budget.hasShare(lane.budget, bytes))) continue;
      budget.move(hold.budget, lane.budget, 1, bytes);
      hold.records = 0;
      hold.bytes -= bytes;
      return true;
    }
    return false;
  }

  #close(hold: Hold): void {
    this.#openHolds = this.#openHolds.filter((open) => open !== hold);
    this.#parts.budget.release(hold.budget, hold.records, hold.bytes);
    this.#parts.wake();
  }

  /** Whether it is the shard's share alone that is missing, and nobody waits for the stream's room. */
  #isShort(lane: Lane, bytes: number): boolean {
    const queue = this.#queue;
    return queue.inLine === 0 && (queue.hasLine(lane) || !this.#parts.budget.hasShare(lane.budget, bytes));
  }

  #laneOf({ checked }: Waiter): Lane {
    const { router } = this.#parts.pipeline;
    return checked === undefined ? router.shared : router.route(checked, this.#parts.clock.now());
  }

  #followLanes(): void {
    const { lanesVersion } = this.#parts.pipeline.router;
    if (lanesVersion === this.#lanesVersion) return;
    this.#lanesVersion = lanesVersion;
    this.#queue.merge();
  }
}
