import type { HandOver } from "./hand-over.js";
import type { LogReader } from "./log-reader.js";
import type { Outlet } from "./outlet.js";

/** Nothing is left to read until something happens. */
export const NOTHING: number = Number.POSITIVE_INFINITY;

/** The parts of a {@link Course}. */
export interface CourseParts {
  readonly newReader: () => LogReader;
  readonly handOver: HandOver;
  readonly outlet: Outlet;
  /** The delivery has to begin again, or ends. */
  readonly isStopped: () => boolean;
}

/** The order in which the records of the log are handed over. */
export interface Course {
  /**
   * Hands over a part of what can be handed over now.
   *
   * @returns after how many milliseconds there is more to do: 0 for now, {@link NOTHING} when only an event can bring it
   */
  step(): Promise<number>;
  /** Whether every record of the log was handed over. */
  readonly isDrained: boolean;
  /** Begins again: the producer has no record any more. */
  rewind(): Promise<void>;
  close(): Promise<void>;
  /** Records that cannot be read any more. */
  readonly lostRecords: number;
}

/** The records in the order of the log: each one waits for room, and all others behind it. */
export class InOrder implements Course {
  readonly #parts: CourseParts;
  readonly #reader: LogReader;
  isDrained = false;

  constructor(parts: CourseParts) {
    this.#parts = parts;
    this.#reader = parts.newReader();
  }

  get lostRecords(): number {
    return this.#reader.lostRecords;
  }

  async step(): Promise<number> {
    const { handOver } = this.#parts;
    const reader = this.#reader;
    while (reader.next()) {
      if (!reader.segment.isUntaken(reader.index)) continue;
      handOver.read(reader);
      if (!(handOver.offer(reader) || (await this.#offerWithRoom()))) return 0;
      if (this.#parts.isStopped()) return 0;
    }
    this.isDrained = !(await reader.fill());
    return this.isDrained ? NOTHING : 0;
  }

  async rewind(): Promise<void> {
    await this.#reader.rewind();
  }

  async close(): Promise<void> {
    await this.#reader.close();
  }

  /** @returns false when the delivery has to begin again, or ends */
  async #offerWithRoom(): Promise<boolean> {
    const { outlet, handOver, isStopped } = this.#parts;
    do {
      await outlet.ready(handOver.streamName);
      if (isStopped()) return false;
    } while (!handOver.offer(this.#reader));
    return true;
  }
}
