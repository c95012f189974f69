import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Clock } from "../core/ports.js";
import type { Backlog } from "../core/spool/backlog.js";
import type { CommitLine, Group, Offer } from "../core/spool/commit-line.js";
import { timeOfFrame } from "../core/spool/frame-reader.js";
import { type FrameWriter, sealFrames } from "../core/spool/frame-writer.js";
import type { Segment } from "../core/spool/segment.js";
import { encodeSegmentHeader, newSegmentHeader } from "../core/spool/segment-header.js";
import { segmentFile } from "./file-names.js";
import { messageOf, spoolFailed } from "./spool-error.js";
import type { SpoolFile, SpoolFiles } from "./spool-files.js";

/** Waits for one append. */
export interface AppendCaller {
  /** Without an error: the record is on disk. */
  settle(error: Error | undefined): void;
}

/** The parts of a {@link LogWriter}. */
export interface LogWriterParts {
  readonly files: SpoolFiles;
  readonly backlog: Backlog;
  readonly line: CommitLine<AppendCaller>;
  readonly clock: Clock;
  /** Whether an append counts when the disk has synced it, not when the system has taken it. */
  readonly isDurable: boolean;
  readonly segmentBytes: number;
  /** Records can be read. */
  readonly onGrown: () => void;
  /** This many appends were settled. */
  readonly onSettled: (count: number) => void;
}

/** The segment that is being written. */
interface Open {
  readonly segment: Segment;
  readonly file: SpoolFile;
  /** Its name in the directory is durable. */
  isNamed: boolean;
}

/** Bytes of {@link newSegmentHeader}. */
const HEADER_RANDOM_BYTES = 13;

/**
 * Writes appends into segments, group by group, and settles them when they are on disk.
 *
 * After a failed write or sync nothing more is added to that segment: the system may have dropped the bytes and forgotten
 * the error, so a second sync would lie. The appends of the group are rejected; the next group goes into a new segment.
 */
export class LogWriter {
  readonly #parts: LogWriterParts;
  #open: Open | undefined;
  #running: Promise<void> | undefined;
  /** Groups whose appends were rejected. */
  failures = 0;

  constructor(parts: LogWriterParts) {
    this.#parts = parts;
  }

  /** Takes an append; `caller` is settled unless the answer is `full`. */
  append(frames: FrameWriter, caller: AppendCaller, mayWait: boolean): Offer {
    const { line, backlog } = this.#parts;
    const offer = line.offer(frames, caller, backlog.bytes, mayWait);
    if (offer !== "full") this.#start();
    return offer;
  }

  /** The spool has become smaller: appends that wait may go on. */
  onRoom(): void {
    const { line, backlog } = this.#parts;
    if (line.waiting > 0 && line.admit(backlog.bytes)) this.#start();
  }

  /**
   * Appends wait, and the segment that is being written has nothing to deliver: it is finished, so that it can be
   * removed.
   *
   * @returns whether it was finished
   */
  async finishIfDelivered(): Promise<boolean> {
    const { line } = this.#parts;
    const segment = this.#open?.segment;
    if (line.waiting === 0 || !line.isIdle || segment === undefined) return false;
    if (segment.records === 0 || !segment.isDelivered) return false;
    await this.#finish();
    return true;
  }

  /** Writes what was accepted, and finishes the segment. Appends that wait for room are settled with the error. */
  async close(error: Error): Promise<void> {
    const dismissed = this.#parts.line.dismiss();
    while (this.#running !== undefined) await this.#running;
    // Appends settle in their order: `flush` counts them.
    this.#settle(dismissed, error);
    await this.#finish();
  }

  #start(): void {
    this.#running ??= this.#run();
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { line, backlog, clock } = this.#parts;
    // The appends of one turn of the event loop are one group.
    await new Promise<void>((resolve) => clock.defer(resolve));
    for (;;) {
      line.admit(backlog.bytes);
      const group = line.take();
      if (group === undefined) break;
      const error = await this.#commit(group);
      this.#settle(line.written(), error);
    }
    this.#running = undefined;
  }

  #settle(callers: readonly AppendCaller[], error: Error | undefined): void {
    for (const caller of callers) caller.settle(error);
    this.#parts.onSettled(callers.length);
  }

  /** @returns why the group is not on disk */
  async #commit(group: Group<AppendCaller>): Promise<Error | undefined> {
    try {
      await this.#write(group);
      return undefined;
    } catch (cause) {
      this.failures++;
      await this.#abandon();
      return spoolFailed(
        `${group.writer.records} records were not written to the spool, and may or may not be delivered: ${messageOf(cause)}`,
        cause,
      );
    }
  }

  async #write({ writer }: Group<AppendCaller>): Promise<void> {
    const { backlog, isDurable, segmentBytes, files, onGrown } = this.#parts;
    if (this.#open !== undefined && this.#open.segment.bytes >= segmentBytes) await this.#finish();
    this.#open ??= await this.#begin();
    const { segment, file } = this.#open;
    const { frames, records } = writer;
    sealFrames(frames, segment.header.nonce, segment.bytes, segment.records);
    // A removed file takes bytes like any other one. The look at its name runs beside the write, and costs 10 µs.
    const [hasName] = await Promise.all([file.hasName(), file.write(frames, segment.bytes)]);
    if (!hasName) throw this.#onRemoved(this.#open);
    if (isDurable) {
      await file.sync();
      if (!this.#open.isNamed) await files.syncNames();
      this.#open.isNamed = true;
    }
    segment.stretches.add(frames, segment.bytes, crc32);
    backlog.grow(segment, records, frames.length, timeOfFrame(frames, 0));
    onGrown();
  }

  /** Records that were acknowledged can be read as long as the file is open. */
  #onRemoved({ segment, file }: Open): Error {
    const name = segmentFile(segment.number, "records");
    this.#parts.files.keep(name, file);
    this.#open = undefined;
    segment.isSealed = true;
    this.#parts.onGrown();
    return new Error(`the file ${name} was removed while the spool had it open`);
  }

  async #begin(): Promise<Open> {
    const { files, backlog } = this.#parts;
    await files.renew();
    const number = backlog.nextNumber();
    const name = segmentFile(number, "records");
    const file = await files.create(name);
    const header = newSegmentHeader(randomBytes(HEADER_RANDOM_BYTES));
    try {
      await file.write(encodeSegmentHeader(header), 0);
    } catch (error) {
      await ignoringFailure(() => file.close());
      await ignoringFailure(() => files.remove(name));
      throw error;
    }
    return { segment: backlog.add(number, header), file, isNamed: false };
  }

  /** Finishes the segment that is being written, if there is one. */
  async #finish(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    open.segment.isSealed = true;
    await ignoringFailure(() => open.file.close());
    this.#parts.onGrown();
  }

  /** Leaves the segment with its acknowledged records alone. The rest is cut off, if that works. */
  async #abandon(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    await ignoringFailure(() => open.file.truncate(open.segment.bytes));
    await this.#finish();
  }
}

/** For work whose failure changes nothing: the bytes in question are acknowledged to nobody. */
async function ignoringFailure(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch {
    // Recovery reads the file as it is.
  }
}
