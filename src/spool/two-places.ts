import type { Clock } from "../core/ports.js";
import type { Backlog } from "../core/spool/backlog.js";
import { type Course, type CourseParts, NOTHING } from "./course.js";
import type { LogReader } from "./log-reader.js";

/** When this many bytes of new records are unread, they become a part of the backlog. */
const MOST_NEW_BYTES: number = 8 * 1024 * 1024;
/** Records that are passed over in one sweep have at most about this many bytes, so that a sweep ends. */
const MOST_PASSED_BYTES: number = 256 * 1024 * 1024;
/** A sweep begins this many milliseconds after the last one, at least and at most. */
const PAUSE_MS = { least: 500, most: 5_000 } as const;
/** So many times as long as the last sweep took: sweeps use a fifth of the time. */
const PAUSE_FACTOR = 4;
/** Places that are remembered as full. */
const MOST_FULL = 4_096;

/** The parts of {@link TwoPlaces}. */
export interface TwoPlacesParts extends CourseParts {
  readonly backlog: Backlog;
  readonly clock: Clock;
}

/**
 * The records in any order. One place follows the end of the log, so new records are handed over soon whatever the backlog.
 * The other one sweeps over the backlog, the oldest record first. Both pass over a record whose shard has no room in the
 * producer's buffer; the next sweep meets it again. Bits in memory show which records the producer has. Decision 0099.
 */
export class TwoPlaces implements Course {
  readonly #parts: TwoPlacesParts;
  readonly #new: LogReader;
  readonly #old: LogReader;
  #isStarted = false;
  /** There are records behind the place of the new ones. */
  #hasOlder = true;
  #isSweeping = false;
  #sweepBegan = 0;
  #nextSweepAt = 0;
  #passedBytes = 0;
  /** Keys whose shards had no room in this sweep, and in the one before: their new records wait for their old ones. */
  #full: Set<string> = new Set();
  #wereFull: Set<string> = new Set();

  constructor(parts: TwoPlacesParts) {
    this.#parts = parts;
    this.#new = parts.newReader();
    this.#old = parts.newReader();
  }

  get lostRecords(): number {
    return this.#new.lostRecords + this.#old.lostRecords;
  }

  get isDrained(): boolean {
    return !this.#hasOlder && this.#parts.backlog.untakenBytes === 0;
  }

  async step(): Promise<number> {
    if (!this.#isStarted || this.#new.unreadBytes > MOST_NEW_BYTES) {
      this.#isStarted = true;
      this.#hasOlder = true;
      await this.#new.toEnd();
    }
    const wait = await this.#stepNew();
    return this.#parts.isStopped() ? 0 : Math.min(wait, await this.#stepOld());
  }

  async rewind(): Promise<void> {
    this.#isStarted = false;
    this.#isSweeping = false;
    this.#hasOlder = true;
    this.#nextSweepAt = 0;
    this.#full.clear();
    this.#wereFull.clear();
    await this.#old.rewind();
  }

  async close(): Promise<void> {
    await this.#new.close();
    await this.#old.close();
  }

  async #stepNew(): Promise<number> {
    await this.#pass(this.#new);
    if (this.#parts.isStopped()) return 0;
    return (await this.#new.fill()) ? 0 : NOTHING;
  }

  async #stepOld(): Promise<number> {
    const { clock, handOver, isStopped } = this.#parts;
    if (!this.#isSweeping) {
      if (!this.#hasOlder) return NOTHING;
      const wait = this.#nextSweepAt - clock.now();
      if (wait > 0 && handOver.inFlight > 0) return wait;
      await this.#beginSweep();
    }
    await this.#pass(this.#old);
    if (isStopped()) return 0;
    if (this.#passedBytes > MOST_PASSED_BYTES) this.#hasOlder = true;
    else if (await this.#old.fill()) return 0;
    this.#endSweep();
    return this.#hasOlder ? Math.max(0, this.#nextSweepAt - clock.now()) : NOTHING;
  }

  async #beginSweep(): Promise<void> {
    this.#isSweeping = true;
    this.#sweepBegan = this.#parts.clock.now();
    this.#passedBytes = 0;
    // A record that is passed over from now on says that there are older ones again.
    this.#hasOlder = false;
    [this.#full, this.#wereFull] = [this.#wereFull, this.#full];
    this.#full.clear();
    await this.#old.rewind();
  }

  #endSweep(): void {
    this.#isSweeping = false;
    const now = this.#parts.clock.now();
    const pause = PAUSE_FACTOR * (now - this.#sweepBegan);
    this.#nextSweepAt = now + Math.min(PAUSE_MS.most, Math.max(PAUSE_MS.least, pause));
    if (this.#hasOlder) return;
    this.#full.clear();
    this.#wereFull.clear();
  }

  /** Hands over what is in memory, as far as its shards have room. */
  async #pass(reader: LogReader): Promise<void> {
    const { handOver, isStopped } = this.#parts;
    while (reader.next()) {
      if (!reader.segment.isUntaken(reader.index)) continue;
      handOver.read(reader);
      if (this.#isFull(reader)) this.#passOver(reader);
      else if (!(handOver.offer(reader) || (await this.#offerAgain(reader)))) this.#passOver(reader);
      if (isStopped()) return;
    }
  }

  /** The producer had no room. @returns false when only the record's shard has none, or the delivery has to stop */
  async #offerAgain(reader: LogReader): Promise<boolean> {
    const { handOver, outlet, isStopped } = this.#parts;
    while (outlet.isFull(reader.recordBytes)) {
      await outlet.ready(handOver.streamName);
      if (isStopped()) return false;
      if (handOver.offer(reader)) return true;
    }
    if (this.#full.size < MOST_FULL) this.#full.add(handOver.place);
    return false;
  }

  #isFull(reader: LogReader): boolean {
    if (this.#full.size + this.#wereFull.size === 0) return false;
    const { place } = this.#parts.handOver;
    return this.#full.has(place) || (reader === this.#new && this.#wereFull.has(place));
  }

  #passOver(reader: LogReader): void {
    this.#hasOlder = true;
    if (reader === this.#old) this.#passedBytes += reader.recordBytes;
  }
}
