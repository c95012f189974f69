import type { BufferBudget, ShardBudget } from "../../core/buffer-budget.js";
import type { Lane } from "../../core/lane/lane.js";
import type { Clock } from "../../core/ports.js";
import { NEVER_SENT } from "../../core/record/delivery-history.js";
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

/**
 * Most waiters moved to the lines of their shards in one drain. With a million waiters the rest moves in later drains.
 */
const MOST_SET_ASIDE = 20_000;

/** The record that was refused last. One object is reused, because every waiting put was refused first. */
interface Refused {
  bytes: number;
  key: RoutedKey["key"] | undefined;
  explicitHashKey: RoutedKey["explicitHashKey"];
  /** The lane of the record, valid for this version of the lanes. */
  lane: Lane | undefined;
  lanesVersion: number;
}

/** Room taken for a caller that uses it in this turn of the event loop. */
interface Hold {
  records: number;
  bytes: number;
  budget: ShardBudget;
}

/**
 * Admission of one stream: accepts records while there is room, and keeps waiters in order. No record overtakes: while
 * a caller waits for the stream's room, or for the share of the record's shard, records of callers that cannot wait are
 * refused as if the buffer were full. Rules 2 and 29.
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
  /** A record was refused since the last drain: the stream, or the share of its shard, was full. */
  #isRefusing = false;
  readonly #refusingLanes: Set<Lane> = new Set();
  /** Version of the lanes by which the queue is ordered. */
  #lanesVersion = 0;
  /** Waiters are not accepted any more. */
  #isOver = false;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /** Number of waiters in the queue. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Bytes of their records. */
  get waitingBytes(): number {
    return this.#queue.bytes;
  }

  /** When the oldest put that waits for room was called; Infinity when none waits. */
  oldestAt(): number {
    return this.#queue.oldestAt();
  }

  /** Generation of the first waiter for the stream's room; Infinity when there is no waiter. */
  get firstGeneration(): number {
    return this.#queue.first?.generation ?? Number.POSITIVE_INFINITY;
  }

  /** Accepts the record, or refuses it because there is no room. It may use the room that {@link waitForRoom} holds. */
  offer(record: PlacedRecord, settler: unknown, now: number): boolean {
    const isIn = this.#openHolds.length > 0 && this.#offerHeld(record, settler, now);
    return isIn || this.offerInLine(record, settler, now);
  }

  /** The same for a caller that can wait. It may not use room that is held for others. */
  offerInLine(record: PlacedRecord, settler: unknown, now: number): boolean {
    const lane = this.#parts.pipeline.laneFor(record, now);
    const hasRoom = this.#queue.length > 0 ? this.#takeRoomBehind(lane, record) : this.#takeRoom(lane, record);
    if (!hasRoom) return this.#refuse(record, lane);
    this.#accept(record, lane, settler, now);
    return true;
  }

  /**
   * Accepts the record if room is held for it. Within a callback held room is not used: it is held for another caller.
   */
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
    // A pointer is stored only if it changes: the garbage collector hears of each store.
    if (record.budget !== lane.budget) record.budget = lane.budget;
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
   * Accepts a record that has waited and whose room is taken already. It has its settler and its generation. It is
   * checked again, because more may be known about the stream now.
   */
  enter(record: PlacedRecord, now: number): void {
    const { pipeline } = this.#parts;
    record.acceptedAt = now;
    const lane = pipeline.laneFor(record, now);
    const refusal = pipeline.refusalOf(record);
    if (refusal === undefined) {
      pipeline.accept(record, lane, now);
      return;
    }
    pipeline.recorder.userRecordsAccepted++;
    pipeline.settlement.failOne(record, NEVER_SENT, refusal);
  }

  /** Adds a waiter for the record that was refused last. */
  wait(waiter: Waiter): void {
    this.#followLanes();
    const { lane: known, lanesVersion } = this.#refused;
    const lane = known !== undefined && lanesVersion === this.#lanesVersion ? known : this.#laneOf(waiter);
    // Records of the same shard may wait in the common line, so this one must wait behind them.
    if (this.#isShort(lane, waiter.bytes)) this.#queue.pushTo(lane, waiter);
    else this.#queue.push(waiter);
    this.#parts.wake();
  }

  /** Removes a waiter; returns whether it was still in the queue. */
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
   * Adds a waiter for a record like the one that was refused last. At its turn `opened` runs, in a later turn of the
   * event loop. The room is held for {@link offer} until the end of that turn.
   */
  waitForRoom(opened: () => void, refused: (reason: FailureReason) => void): Waiter {
    const { clock, ledger } = this.#parts;
    const { bytes, key, explicitHashKey } = this.#refused;
    const waiter: Waiter = {
      bytes,
      checked: key === undefined ? undefined : { key, explicitHashKey },
      generation: ledger.generation,
      since: Number.POSITIVE_INFINITY,
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

  /** Accepts waiters in order, while there is room. */
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
   * Accepts waiters whose shard had used its share: one waiter of each shard in turn, because these shards compete for
   * the same room. Returns whether other waiters may follow.
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
        // These waiters have waited longer than those in the common line.
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
    // The waiter is out of the queue: a later leave() must not count it a second time.
    waiter.isGone = true;
    waiter.enter(lane.budget);
  }

  /**
   * Without room for more records, waiting out a linger is pointless: records that only wait for more records of their
   * shard or stream become due.
   *
   * @returns `full` when the whole buffer is full, so that the same holds for all streams; `due` when records may have
   * become due
   */
  press(now: number): "full" | "due" | "none" {
    const { pipeline, budget } = this.#parts;
    let outcome: "due" | "none" = "none";
    for (const lane of this.#queue.lanes) this.#refusingLanes.add(lane);
    // The missing room is common to all shards: a shard without waiters may hold it.
    if (this.#refusingLanes.size > 0)
      for (const lane of pipeline.router.lanes()) if (lane.budget.isOverOwn) this.#refusingLanes.add(lane);
    for (const lane of this.#refusingLanes) if (pipeline.departures.makeShardRoom(lane, now)) outcome = "due";
    this.#refusingLanes.clear();
    const isPressed = this.#isRefusing || this.#queue.inLine > 0;
    this.#isRefusing = false;
    if (!isPressed) return outcome;
    if (budget.isFull(this.#queue.first?.bytes ?? this.#refused.bytes)) return "full";
    return pipeline.departures.makeRoom(now) ? "due" : outcome;
  }

  /** Ends all waiting for good; every waiter is refused. */
  refuseAll(reason: FailureReason): void {
    if (this.#queue.length === 0) return;
    this.#isOver = true;
    this.#parts.teller.push(new TurnedAwayTelling(this.#queue.takeAll(), reason));
  }

  #takeRoom(lane: Lane, { bufferedBytes }: PlacedRecord): boolean {
    return this.#parts.budget.tryTake(lane.budget, bufferedBytes);
  }

  /** Takes room for a record while others wait. */
  #takeRoomBehind(lane: Lane, record: PlacedRecord): boolean {
    const queue = this.#queue;
    // Lanes may have changed since the last drain: waiters in the line of an old lane still come first.
    this.#followLanes();
    if (queue.inLine > 0 || queue.hasLine(lane)) return false;
    return this.#takeRoom(lane, record);
  }

  /** Held room is counted in the budget already: only its owner changes. */
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

  /** Whether only the shard's share is missing, and no waiter needs the stream's room. */
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
