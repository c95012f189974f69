import type { FleetRecord, LaneLoad } from "./lane-load.js";
import type { Pacer } from "./pacer.js";

/** Holds a shard back after refusals: `Pause`, or nothing. */
export interface ShardPause {
  readonly until: number;
  onFailure(startedAt: number, now: number): void;
  onSuccess(startedAt: number): void;
}

/** Everything one producer sends to one shard; `core/lane/lane` and `pipeline/stream/answers` in small. */
export class FleetLane {
  readonly first: number;
  readonly size: number;
  readonly load: LaneLoad;
  readonly pacer: Pacer;
  readonly pause: ShardPause;
  readonly #returned: FleetRecord[];
  #tokensAt: number = Number.NEGATIVE_INFINITY;

  /**
   * @param first - where its hash keys begin among all, from 0 to 1
   * @param size - their share
   */
  constructor(first: number, size: number, load: LaneLoad, pacer: Pacer, pause: ShardPause, returned: FleetRecord[]) {
    this.first = first;
    this.size = size;
    this.load = load;
    this.pacer = pacer;
    this.pause = pause;
    this.#returned = returned;
  }

  /** Records that came back and wait. */
  get returned(): readonly FleetRecord[] {
    return this.#returned;
  }

  nextAt(lingerMs: number): number {
    const dueAt = this.#returned.length > 0 ? Number.NEGATIVE_INFINITY : this.load.dueAt(lingerMs);
    return dueAt === Number.POSITIVE_INFINITY ? dueAt : Math.max(dueAt, this.pause.until, this.#tokensAt);
  }

  /** The next Kinesis record, if one is due by `horizon`, fits and has tokens. */
  tryTake(now: number, horizon: number, lingerMs: number, room: number, draw: () => number): FleetRecord | undefined {
    if (Math.max(this.pause.until, this.#tokensAt) > now) return undefined;
    const back = this.#returned[0];
    if (back === undefined && (this.load.waiting(now) === 0 || this.load.dueAt(lingerMs) > horizon)) return undefined;
    const bytes = back?.bytes ?? this.load.frontBytes(now);
    if (bytes > room) return undefined;
    const oldestAt = back?.oldestAt ?? this.load.oldestAt;
    if (!this.pacer.tryTake(bytes, now, oldestAt)) {
      const [records, waitingBytes] = this.#waiting(now);
      this.#tokensAt = this.pacer.retryAt(bytes, records, waitingBytes, now, oldestAt);
      return undefined;
    }
    if (back !== undefined) return this.#returned.shift();
    this.load.takeFront(now);
    return { bytes, oldestAt, place: this.first + draw() * this.size };
  }

  giveBack(records: readonly FleetRecord[]): void {
    this.#returned.unshift(...records);
  }

  #waiting(now: number): [records: number, bytes: number] {
    const users = this.load.waiting(now);
    const perRecord = this.load.shape.userRecordsPerKinesisRecord;
    const bytes = this.#returned.reduce((sum, record) => sum + record.bytes, 0);
    return [this.#returned.length + Math.ceil(users / perRecord), bytes + users * this.load.shape.userRecordBytes];
  }
}
