import {
  type DeadLetterFile,
  isProducerError,
  isRecordFailedError,
  type RecordFailedError,
  type UserRecord,
} from "../../../index.js";
import type { SpooledProducer } from "../../../spool/index.js";
import { MAX_LINE_BYTES } from "../../line-reader.js";
import type { RecordFormat } from "../record-format.js";
import type { LinePlace, Tally } from "../tally.js";

/** Pause before lines that the disk does not take are tried again. */
const AGAIN_AFTER_MS = 500;

/** A line for the spool. */
export interface SpoolLine {
  readonly place: LinePlace;
  /** Undefined when the line is too long. */
  readonly bytes: Buffer | undefined;
  /** The same for the same line, in this run and in the next one. */
  readonly id: string;
  /** The partition key of a record without one; undefined for a random one. */
  readonly newKey: (() => string) | undefined;
}

/** The world of a {@link LineAppender}. */
export interface LineAppenderParts {
  readonly spool: Pick<SpooledProducer, "append">;
  /** Where lines are kept that are no records, and records that cannot be appended. */
  readonly deadLetters: Pick<DeadLetterFile, "onFailed" | "keepInput" | "flush">;
  readonly format: RecordFormat;
  readonly hasIds: boolean;
  readonly tally: Tally;
  readonly complain: (text: string) => void;
  /** Resolves after this time, or at the signal. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Appends lines to a spool. Every line is on disk afterwards: in the spool, or in the dead letters. */
export class LineAppender {
  readonly #parts: LineAppenderParts;
  #isFailing = false;

  constructor(parts: LineAppenderParts) {
    this.#parts = parts;
  }

  /**
   * Tries until all lines are on disk. The lines are counted when they are.
   *
   * @returns false: the signal, or the end of the spool, came before
   */
  async append(lines: readonly SpoolLine[], signal: AbortSignal): Promise<boolean> {
    const { tally } = this.#parts;
    const records: UserRecord[] = [];
    const places: LinePlace[] = [];
    let hasLetters = false;
    for (const line of lines) {
      const record = this.#recordOf(line);
      if (typeof record === "string") {
        hasLetters = true;
        this.#keepUnusable(line, record);
      } else if (record !== undefined) {
        records.push(record);
        places.push(line.place);
      }
    }
    const failed = tally.failed;
    if (!(await this.#untilOnDisk(records, places, signal))) return false;
    hasLetters ||= tally.failed > failed;
    if (hasLetters && !(await this.#untilKept(signal))) return false;
    tally.sent += records.length;
    for (const { place } of lines) tally.onLine(place);
    return true;
  }

  #recordOf({ bytes, id, newKey }: SpoolLine): UserRecord | string | undefined {
    const { format, hasIds } = this.#parts;
    if (bytes === undefined) return `has more than ${MAX_LINE_BYTES} bytes`;
    const record = format(bytes, newKey);
    if (typeof record !== "object" || !hasIds || record.recordId !== undefined) return record;
    return { ...record, recordId: id };
  }

  #keepUnusable({ place, bytes }: SpoolLine, why: string): void {
    const { tally, deadLetters } = this.#parts;
    tally.onUnusable(place.describe(), why);
    deadLetters.keepInput(bytes, `${place.describe()} ${why}`);
  }

  /** A record that is refused takes the others of its append with it. Those before it are good. */
  async #untilOnDisk(
    records: readonly UserRecord[],
    places: readonly LinePlace[],
    signal: AbortSignal,
  ): Promise<boolean> {
    for (let start = 0; start < records.length; ) {
      const rest = records.slice(start);
      const refusal = await this.#append(rest, signal);
      if (typeof refusal === "boolean") return refusal;
      const index = rest.indexOf(refusal.record);
      if (index > 0 && (await this.#append(rest.slice(0, index), signal)) !== true) return false;
      this.#parts.tally.onFailed((places[start + index] as LinePlace).describe(), refusal);
      this.#parts.deadLetters.onFailed(refusal);
      start += index + 1;
    }
    return true;
  }

  /**
   * Tries until the records are on disk, with the same ids.
   *
   * @returns true: they are; false: the run has ended before; otherwise the refusal of one of them
   */
  async #append(records: readonly UserRecord[], signal: AbortSignal): Promise<boolean | RecordFailedError> {
    for (;;) {
      try {
        await this.#parts.spool.append(records);
        this.#isFailing = false;
        return true;
      } catch (error) {
        if (isRecordFailedError(error) && records.includes(error.record)) return error;
        if (!isProducerError(error)) throw error;
        if (error.code === "KP_CLOSED" || signal.aborted) return false;
        if (!this.#isFailing)
          this.#parts.complain(`${error.message}. The lines are tried again until the disk takes them`);
        this.#isFailing = true;
        await this.#parts.sleep(AGAIN_AFTER_MS, signal);
      }
    }
  }

  async #untilKept(signal: AbortSignal): Promise<boolean> {
    for (;;) {
      try {
        await this.#parts.deadLetters.flush();
        return true;
      } catch {
        // The file itself warns.
        if (signal.aborted) return false;
        await this.#parts.sleep(AGAIN_AFTER_MS, signal);
      }
    }
  }
}
