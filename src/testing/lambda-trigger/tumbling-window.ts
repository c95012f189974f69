import type { EventRecord, EventWindow } from "./lambda-event.js";

/** Bytes of the state of a window. Source: "Implementing stateful Kinesis Data Streams processing in Lambda". */
const MAX_STATE_BYTES: number = 1024 * 1024;

/** The records of a window so far. */
export interface WindowRecords {
  readonly first: EventRecord;
  readonly last: EventRecord;
  readonly count: number;
}

interface OpenWindow {
  readonly startAt: number;
  state: string;
  records: WindowRecords | undefined;
}

/** The tumbling window of a shard, one at a time. Pure: time is an argument. */
export class TumblingWindow {
  readonly #lengthMs: number;
  #open: OpenWindow | undefined;

  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs;
  }

  /** The records of the open window; undefined before its first one. */
  get records(): WindowRecords | undefined {
    return this.#open?.records;
  }

  /** End of the open window, milliseconds since the Unix epoch. */
  get endAt(): number | undefined {
    return this.#open === undefined ? undefined : this.#open.startAt + this.#lengthMs;
  }

  /** Opens the window, with an empty state, unless it is open. */
  enter(startAt: number): void {
    if (this.#open?.startAt !== startAt) this.#open = { startAt, state: "{}", records: undefined };
  }

  /** Records of the open window that were handled or discarded. */
  passed(records: readonly EventRecord[]): void {
    const [first] = records;
    const last = records.at(-1);
    if (this.#open === undefined || first === undefined || last === undefined) return;
    const before = this.#open.records;
    this.#open.records = { first: before?.first ?? first, last, count: (before?.count ?? 0) + records.length };
  }

  /** Takes the state of an answer. Returns false when it is too large: then the window ends early. */
  keep(state: Record<string, unknown>): boolean {
    if (this.#open === undefined) return true;
    this.#open.state = JSON.stringify(state);
    return Buffer.byteLength(this.#open.state) <= MAX_STATE_BYTES;
  }

  /**
   * Whether the open window has all its records.
   *
   * @param nextWindowAt - the window of the next record; undefined when none waits
   * @param caughtUpAt - a time at which the shard had no unread record
   */
  isOver(nextWindowAt: number | undefined, caughtUpAt: number, isShardEnd: boolean): boolean {
    if (this.#open === undefined) return false;
    if (nextWindowAt !== undefined) return nextWindowAt !== this.#open.startAt;
    return isShardEnd || caughtUpAt >= this.#open.startAt + this.#lengthMs;
  }

  /** The next record opens a window with an empty state. */
  close(): void {
    this.#open = undefined;
  }

  /** The open window in an event. */
  inEvent(shardId: string, isFinal: boolean, isEarly: boolean): EventWindow | undefined {
    if (this.#open === undefined) return undefined;
    const { startAt, state } = this.#open;
    return { startAt, endAt: startAt + this.#lengthMs, shardId, state, isFinal, isEarly };
  }
}
