import type { Clock, TimerHandle } from "../core/ports.js";
import { encodeEntry } from "../core/spool/acknowledgements.js";
import type { Backlog } from "../core/spool/backlog.js";
import type { Segment } from "../core/spool/segment.js";
import { segmentFile } from "./file-names.js";
import { messageOf } from "./spool-error.js";
import type { SpoolFile, SpoolFiles } from "./spool-files.js";

/** A delivery is saved this long after it became known, together with all others. */
const SAVE_AFTER_MS = 50;
/** The same after a failure of the disk. */
const SAVE_AGAIN_AFTER_MS = 1_000;

/** The parts of {@link Checkpoints}. */
export interface CheckpointParts {
  readonly files: SpoolFiles;
  readonly backlog: Backlog;
  readonly clock: Clock;
  readonly isDurable: boolean;
  /** Files were removed. */
  readonly onRoom: () => void;
  readonly warn: (message: string) => void;
}

/** An open file of acknowledgements. */
interface SavedFile {
  readonly file: SpoolFile;
  isNamed: boolean;
}

/**
 * Saves which records have left the spool, and removes the segments that have none left. A delivery that is not saved is
 * repeated after a crash; nothing is saved before it happened.
 */
export class Checkpoints {
  readonly #parts: CheckpointParts;
  readonly #open = new Map<Segment, SavedFile>();
  readonly #changed = new Set<Segment>();
  #timer: TimerHandle | undefined;
  #running: Promise<void> | undefined;
  #hasWarned = false;
  #isClosed = false;

  constructor(parts: CheckpointParts) {
    this.#parts = parts;
  }

  /** A record of this segment has left the spool, or the segment was finished. */
  onChanged(segment: Segment): void {
    this.#changed.add(segment);
    this.#arm(SAVE_AFTER_MS);
  }

  /** Saves what is known now, as far as the disk takes it. Never rejects. */
  async save(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    await this.#running;
    this.#running ??= this.#run();
    await this.#running;
  }

  /** Saves, and closes the files. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.save();
    this.#timer?.cancel();
    for (const [segment] of this.#open) await this.#closeFile(segment);
  }

  #arm(delayMs: number): void {
    if (this.#timer !== undefined || this.#running !== undefined || this.#isClosed) return;
    this.#timer = this.#parts.clock.setTimer(delayMs, () => {
      this.#timer = undefined;
      // A save may have begun since the timer was armed. Two at a time would remove a segment twice.
      this.#running ??= this.#run();
    });
  }

  async #run(): Promise<void> {
    let hasFailed = false;
    try {
      await this.#removeDelivered();
      for (const segment of [...this.#changed]) await this.#save(segment);
      this.#hasWarned = false;
    } catch (error) {
      hasFailed = true;
      this.#warn(error);
    }
    this.#running = undefined;
    if (this.#changed.size > 0) this.#arm(hasFailed ? SAVE_AGAIN_AFTER_MS : SAVE_AFTER_MS);
  }

  async #removeDelivered(): Promise<void> {
    const { files, backlog, isDurable, onRoom } = this.#parts;
    for (let segment = backlog.removable(); segment !== undefined; segment = backlog.removable()) {
      await this.#closeFile(segment);
      await files.remove(segmentFile(segment.number, "records"));
      // If a loss of power brought the segment back without its acknowledgements, all of it would be sent again.
      if (isDurable && segment.savedBytes > 0) await files.syncNames();
      await files.remove(segmentFile(segment.number, "delivered"));
      this.#changed.delete(segment);
      backlog.remove(segment);
      onRoom();
    }
  }

  async #save(segment: Segment): Promise<void> {
    const { files, backlog, isDurable } = this.#parts;
    const ranges = segment.delivered.unsaved();
    this.#changed.delete(segment);
    if (ranges.length === 0) return;
    try {
      const saved = await this.#fileOf(segment);
      const entry = encodeEntry(ranges, segment.header.nonce, segment.savedBytes);
      await saved.file.write(entry, segment.savedBytes);
      if (isDurable) {
        await saved.file.sync();
        if (!saved.isNamed) await files.syncNames();
        saved.isNamed = true;
      }
      segment.delivered.markSaved(ranges);
      backlog.save(segment, entry.length);
    } catch (error) {
      this.#changed.add(segment);
      // After a failed sync the file is opened and written again: a second sync of the same bytes would lie.
      await this.#closeFile(segment);
      throw error;
    }
  }

  async #fileOf(segment: Segment): Promise<SavedFile> {
    const known = this.#open.get(segment);
    if (known !== undefined) return known;
    const name = segmentFile(segment.number, "delivered");
    const isThere = (await this.#parts.files.list()).includes(name);
    const file = await (isThere ? this.#parts.files.open(name) : this.#parts.files.create(name));
    const saved: SavedFile = { file, isNamed: isThere && segment.savedBytes > 0 };
    this.#open.set(segment, saved);
    return saved;
  }

  async #closeFile(segment: Segment): Promise<void> {
    const saved = this.#open.get(segment);
    this.#open.delete(segment);
    await saved?.file.close();
  }

  #warn(error: unknown): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#parts.warn(`the spool cannot save what was delivered, which a crash would repeat: ${messageOf(error)}`);
  }
}
