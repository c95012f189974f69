import { FrameWriter } from "./frame-writer.js";

/** Bytes of one write, unless a single append has more. */
const GROUP_BYTES: number = 1024 * 1024;
/** Memory that a group keeps for the next one: its buffer grows by doubling. */
const KEPT_BYTES: number = 2 * GROUP_BYTES;

/** Frames of one append. */
interface Waiting<Caller> {
  readonly frames: Buffer;
  readonly records: number;
  readonly caller: Caller;
}

/** Frames that are written and acknowledged together. */
export interface Group<Caller> {
  readonly writer: FrameWriter;
  /** Their appends settle when the group is on disk; in the order of the appends. */
  readonly callers: Caller[];
}

/** The answer to an offer: `waits` and `full` mean that nothing was accepted yet. */
export type Offer = "accepted" | "waits" | "full";

/**
 * Group commit: the appends that come while a group is being written make the next group. One group is written at a
 * time. Appends that find no room wait in order, and none overtakes them.
 */
export class CommitLine<Caller> {
  readonly #maxBytes: number;
  readonly #maxWaitingBytes: number;
  #open: Group<Caller> = newGroup();
  #spare: Group<Caller> | undefined;
  #written: Group<Caller> | undefined;
  #waiting: Waiting<Caller>[] = [];
  #waitingBytes = 0;

  /**
   * @param maxBytes - most bytes of the spool
   * @param maxWaitingBytes - bytes of appends that wait, from which no further one is taken
   */
  constructor(maxBytes: number, maxWaitingBytes: number) {
    this.#maxBytes = maxBytes;
    this.#maxWaitingBytes = maxWaitingBytes;
  }

  /** Appends that wait for room. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** So many bytes wait that no further append may wait. The latest one may have exceeded the bound. */
  get isFull(): boolean {
    return this.#waitingBytes >= this.#maxWaitingBytes;
  }

  /** Bytes that were accepted, and are not on disk. */
  get unwrittenBytes(): number {
    return this.#open.writer.length + (this.#written?.writer.length ?? 0);
  }

  /** Nothing is accepted that is not on disk. */
  get isIdle(): boolean {
    return this.#written === undefined && this.#open.callers.length === 0;
  }

  /**
   * Takes the frames of an append, which are copied.
   *
   * @param usedBytes - bytes of the spool on disk
   * @param mayWait - false: without room nothing is taken. The parts of one append may wait when the line was not
   * {@link isFull} before the first of them: so all of them are taken, or none
   */
  offer(frames: FrameWriter, caller: Caller, usedBytes: number, mayWait: boolean): Offer {
    if (this.#waiting.length === 0 && this.#hasRoom(frames.length, usedBytes)) {
      this.#open.writer.addFrames(frames.frames, frames.records);
      this.#open.callers.push(caller);
      return "accepted";
    }
    if (!mayWait) return "full";
    this.#waiting.push({ frames: Buffer.from(frames.frames), records: frames.records, caller });
    this.#waitingBytes += frames.length;
    return "waits";
  }

  /** Takes waiting appends for which there is room now. @returns whether there was one */
  admit(usedBytes: number): boolean {
    let count = 0;
    for (const { frames, records, caller } of this.#waiting) {
      if (!this.#hasRoom(frames.length, usedBytes)) break;
      this.#open.writer.addFrames(frames, records);
      this.#open.callers.push(caller);
      this.#waitingBytes -= frames.length;
      count++;
    }
    this.#waiting.splice(0, count);
    return count > 0;
  }

  /** The group to write next, if there is one. The caller writes it, and calls {@link written}. */
  take(): Group<Caller> | undefined {
    if (this.#written !== undefined || this.#open.callers.length === 0) return undefined;
    this.#written = this.#open;
    this.#open = this.#spare ?? newGroup();
    this.#spare = undefined;
    return this.#written;
  }

  /** The group is on disk, or has failed. @returns its callers */
  written(): Caller[] {
    const group = this.#written as Group<Caller>;
    const callers = group.callers.splice(0);
    group.writer.clear(KEPT_BYTES);
    this.#spare = group;
    this.#written = undefined;
    return callers;
  }

  /** Gives up the appends that wait for room. @returns their callers */
  dismiss(): Caller[] {
    const callers = this.#waiting.map(({ caller }) => caller);
    this.#waiting = [];
    this.#waitingBytes = 0;
    return callers;
  }

  #hasRoom(bytes: number, usedBytes: number): boolean {
    const inGroup = this.#open.writer.length;
    return (
      usedBytes + this.unwrittenBytes + bytes <= this.#maxBytes && (inGroup + bytes <= GROUP_BYTES || inGroup === 0)
    );
  }
}

function newGroup<Caller>(): Group<Caller> {
  return { writer: new FrameWriter(), callers: [] };
}
