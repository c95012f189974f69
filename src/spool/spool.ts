import { ProducerError } from "../base-errors.js";
import type { Clock, Random } from "../core/ports.js";
import type { Backlog } from "../core/spool/backlog.js";
import { CommitLine, type Offer } from "../core/spool/commit-line.js";
import type { FrameWriter } from "../core/spool/frame-writer.js";
import type { Segment } from "../core/spool/segment.js";
import type { RecordFailedError } from "../index.js";
import { Checkpoints } from "./checkpoints.js";
import { Delivery } from "./delivery.js";
import type { LetterFile } from "./letter-box.js";
import { LogReader } from "./log-reader.js";
import { type AppendCaller, LogWriter } from "./log-writer.js";
import type { Outcomes, Outlet } from "./outlet.js";
import { type Recovered, recover } from "./recover.js";
import type { SpoolFiles } from "./spool-files.js";
import type { SpoolCloseReport, SpoolStats } from "./spool-stats.js";

/** Bytes of appends that wait, from which no further one is taken. */
const MAX_WAITING_BYTES: number = 64 * 1024 * 1024;

/** The world of a {@link Spool}. */
export interface SpoolParts {
  readonly files: SpoolFiles;
  readonly clock: Clock;
  readonly random: Random;
  readonly isDurable: boolean;
  readonly maxBytes: number;
  readonly segmentBytes: number;
  readonly hasIds: boolean;
  /** Whether the records of a key must be delivered in the order of their appends. */
  readonly isOrdered: boolean;
  readonly letters: LetterFile;
  readonly newOutlet: (onOutcomes: (batch: Outcomes) => void) => Outlet;
  readonly onRefused: (error: RecordFailedError) => void;
  readonly warn: (message: string) => void;
}

/** A caller of `flush`. */
interface Flush {
  /** Every record below this number has to leave the spool. */
  readonly end: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** The log, its delivery and its checkpoints, over ports. */
export class Spool {
  readonly #parts: SpoolParts;
  readonly #recovered: Recovered;
  readonly #backlog: Backlog;
  readonly #line: CommitLine<AppendCaller>;
  readonly #writer: LogWriter;
  readonly #checkpoints: Checkpoints;
  readonly #delivery: Delivery;
  readonly #outlet: Outlet;
  #flushes: Flush[] = [];
  #isClosed = false;
  /** Appends that were taken, and those of them that are settled: they settle in their order. */
  #taken = 0;
  #settled = 0;
  #atSettled: { readonly taken: number; readonly resolve: () => void }[] = [];
  readonly #recoveredEnd: number;

  private constructor(parts: SpoolParts, recovered: Recovered) {
    const { files, clock, random, isDurable, segmentBytes, maxBytes, warn } = parts;
    const { backlog } = recovered;
    this.#parts = parts;
    this.#recovered = recovered;
    this.#backlog = backlog;
    this.#recoveredEnd = backlog.end;
    this.#line = new CommitLine(maxBytes, MAX_WAITING_BYTES);
    const onRoom = (): void => this.#writer.onRoom();
    this.#checkpoints = new Checkpoints({ files, backlog, clock, isDurable, onRoom, warn });
    const onGrown = (): void => this.#delivery.onGrown();
    const onSettled = (count: number): void => this.#onSettled(count);
    this.#writer = new LogWriter({
      files,
      backlog,
      line: this.#line,
      clock,
      isDurable,
      segmentBytes,
      onGrown,
      onSettled,
    });
    this.#delivery = new Delivery({
      newReader: () => new LogReader(files, backlog, (segment) => this.#onFewer(segment)),
      backlog,
      clock,
      random,
      letters: parts.letters,
      hasIds: parts.hasIds,
      isOrdered: parts.isOrdered,
      onFewer: (segment) => this.#onFewer(segment),
      onDrained: () => this.#onDrained(),
      onRefused: parts.onRefused,
      warn,
    });
    this.#outlet = parts.newOutlet(this.#delivery.onOutcomes);
    for (const segment of backlog.segments) this.#checkpoints.onChanged(segment);
    this.#delivery.start(this.#outlet);
  }

  /** Recovers the log of a directory, and begins to deliver it. */
  static async open(parts: SpoolParts): Promise<Spool> {
    return new Spool(parts, await recover(parts.files));
  }

  /** No append may wait: its first part would have to. */
  get isFull(): boolean {
    return this.#line.isFull;
  }

  /** Takes frames. `caller` is settled unless the answer is `full`. */
  append(frames: FrameWriter, caller: AppendCaller, mayWait: boolean): Offer {
    const offer = this.#writer.append(frames, caller, mayWait);
    if (offer !== "full") this.#taken++;
    if (offer === "waits") this.#makeRoom();
    return offer;
  }

  /** Resolves when everything that was appended before has left the spool; rejects when the spool is closed before. */
  async flush(): Promise<void> {
    const taken = this.#taken;
    if (this.#settled < taken) {
      await new Promise<void>((resolve) => this.#atSettled.push({ taken, resolve }));
    }
    const { end } = this.#backlog;
    if (this.#backlog.lowest >= end) return;
    if (this.#isClosed) throw leftAtClose();
    await new Promise<void>((resolve, reject) => {
      this.#flushes.push({ end, resolve, reject });
      // The delivery may have nothing to read: then the records in flight are due now.
      this.#delivery.onGrown();
    });
  }

  /** Writes what was taken, gives the records in flight some time, and saves what was delivered. */
  async close(timeoutMs: number): Promise<SpoolCloseReport> {
    await this.#writer.close(new ProducerError("KP_CLOSED", "the spool was closed before it had room for the append"));
    try {
      await this.#delivery.close(timeoutMs);
    } finally {
      await this.#checkpoints.close();
      this.#isClosed = true;
      for (const { reject } of this.#flushes.splice(0)) reject(leftAtClose());
    }
    return { records: this.#backlog.records, bytes: this.#backlog.bytes };
  }

  stats(): SpoolStats {
    const { oldestAt, records, bytes } = this.#backlog;
    const age = oldestAt === undefined ? 0 : this.#parts.clock.epochNow() - oldestAt;
    return {
      records,
      bytes,
      maxBytes: this.#parts.maxBytes,
      oldestAgeMs: Math.max(0, age),
      lagBytes: this.#backlog.untakenBytes,
      inFlightRecords: this.#delivery.inFlight,
      waitingAppends: this.#line.waiting,
      unwrittenBytes: this.#line.unwrittenBytes,
      appendedRecords: this.#backlog.end - this.#recoveredEnd,
      deliveredRecords: this.#delivery.delivered,
      refusedRecords: this.#delivery.refused,
      failedGroups: this.#writer.failures,
      damagedBytes: this.#recovered.damagedBytes,
      lostRecords: this.#recovered.lostRecords + this.#delivery.lostRecords,
    };
  }

  /** Records of a segment have left the spool. */
  #onFewer(segment: Segment): void {
    this.#checkpoints.onChanged(segment);
    if (this.#line.waiting > 0 && segment.isDelivered) this.#makeRoom();
    if (this.#flushes.length > 0) this.#endFlushes();
  }

  /** Appends wait: delivered records must not keep their room. */
  #makeRoom(): void {
    void this.#writer.finishIfDelivered().then(() => this.#checkpoints.save());
  }

  #onSettled(count: number): void {
    this.#settled += count;
    if (this.#atSettled.length === 0) return;
    const isDue = ({ taken }: { taken: number }): boolean => taken <= this.#settled;
    for (const one of this.#atSettled.filter(isDue)) one.resolve();
    this.#atSettled = this.#atSettled.filter((one) => !isDue(one));
  }

  #endFlushes(): void {
    const { lowest } = this.#backlog;
    for (const { end, resolve } of this.#flushes) if (end <= lowest) resolve();
    this.#flushes = this.#flushes.filter(({ end }) => end > lowest);
  }

  /** The producer has every record: a flush does not wait for the linger. */
  #onDrained(): void {
    if (this.#flushes.length === 0) return;
    this.#endFlushes();
    void this.#outlet.flush();
  }
}

function leftAtClose(): ProducerError {
  return new ProducerError("KP_CLOSED", "the spool was closed with records left: the next open delivers them");
}
