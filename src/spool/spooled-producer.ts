import { mkdirSync } from "node:fs";
import { checkOptionsObject, InvalidOptionError, ProducerError } from "../base-errors.js";
import { RecordChecker } from "../core/record/record-check.js";
import { FrameWriter } from "../core/spool/frame-writer.js";
import { closeOnSignals } from "../edge/closing-signals.js";
import { SystemClock } from "../edge/system-clock.js";
import { systemRandom } from "../edge/system-random.js";
import { emitWarning, WarningLogger } from "../edge/warning-logger.js";
import { DeadLetterFile, KinesisProducer, type LogFunction, RecordFailedError, type UserRecord } from "../index.js";
import { DirectoryInUseError, DirectoryLock } from "../locks/directory-lock.js";
import { show } from "../wording/shown-value.js";
import { AppendCall } from "./append-call.js";
import { DirectoryFiles } from "./directory-files.js";
import { checkFormat } from "./format-file.js";
import type { Outcomes } from "./outlet.js";
import { ProducerOutlet } from "./producer-outlet.js";
import { RecordRules } from "./record-rules.js";
import { Spool, type SpoolParts } from "./spool.js";
import { messageOf, spoolFailed } from "./spool-error.js";
import { type ResolvedSpoolOptions, resolveSpoolOptions, type SpoolOptions } from "./spool-options.js";
import type { SpoolCloseReport, SpoolSource, SpoolStats } from "./spool-stats.js";

/** Bytes of an append that are taken together; a larger one is taken in parts. */
const PART_BYTES: number = 512 * 1024;
/** Memory that is kept from one append to the next. */
const KEPT_BYTES: number = 1024 * 1024;
/** How long `close()` waits for records in flight, unless its caller says otherwise. */
const CLOSE_TIMEOUT_MS = 10_000;

/**
 * A producer behind a log on disk: an append counts when the record is on disk, and the record is delivered at least once
 * from then on, also after `kill -9`, a restart, or hours without the service. docs/spool.md has the guarantees.
 *
 * @example
 * ```ts
 * const spool = await SpooledProducer.open({ directory: "/var/spool/clicks", producer: { streamName: "clicks" } });
 * await spool.append({ partitionKey: "user-17", data: "{}" });
 * await spool.close();
 * ```
 */
export class SpooledProducer {
  readonly #options: ResolvedSpoolOptions;
  readonly #spool: Spool;
  readonly #lock: DirectoryLock;
  readonly #files: DirectoryFiles;
  readonly #checker: RecordChecker;
  readonly #rules: RecordRules;
  readonly #source: SpoolSource;
  readonly #forgetSignals: () => void;
  readonly #epochNow: () => number;
  /** Undefined while an append uses it: the caller's code that runs within an append may append too. */
  #frames: FrameWriter | undefined = new FrameWriter();
  #closing: Promise<SpoolCloseReport> | undefined;

  private constructor(
    options: ResolvedSpoolOptions,
    parts: {
      readonly spool: Spool;
      readonly producer: KinesisProducer<number>;
      readonly lock: DirectoryLock;
      readonly files: DirectoryFiles;
    },
  ) {
    this.#options = options;
    this.#spool = parts.spool;
    const { producer } = parts;
    this.#source = {
      hasSpool: true,
      stats: () => ({ ...producer.stats(), spool: this.stats() }),
      health: () => producer.health(),
    };
    this.#lock = parts.lock;
    this.#files = parts.files;
    this.#checker = new RecordChecker(undefined, options.propagate);
    this.#rules = new RecordRules(options);
    const { clock } = options.producer;
    this.#epochNow = clock === undefined ? Date.now : () => clock.epochNow();
    this.#forgetSignals = closeOnSignals([...new Set(options.closeOnSignals)], () => this.close());
  }

  /**
   * Opens a directory, reads what an earlier process has left there, and begins to deliver it.
   *
   * @returns rejects with `KP_INVALID_OPTION` for a bad option; with `KP_SPOOL_FAILED` when another process has the
   * directory open, or it cannot be read, or belongs to another version: then nothing in it was changed
   */
  static async open(options: SpoolOptions): Promise<SpooledProducer> {
    const resolved = resolveSpoolOptions(options);
    let onOutcomes: (batch: Outcomes) => void = () => {};
    // First of all: its options are checked before the directory is touched. It opens nothing until the first record.
    const producer = newProducer(resolved, (batch) => onOutcomes(batch));
    let lock: DirectoryLock | undefined;
    try {
      lock = await lockOf(resolved.directory);
      const files = new DirectoryFiles(resolved.directory, lock);
      const spool = await openSpool(resolved, files, (listener) => {
        onOutcomes = listener;
        return new ProducerOutlet(producer);
      });
      return new SpooledProducer(resolved, { spool, producer, lock, files });
    } catch (error) {
      lock?.release();
      await producer.close();
      throw error instanceof ProducerError ? error : spoolFailed(`${resolved.directory}: ${messageOf(error)}`, error);
    }
  }

  /**
   * Puts a record, or all records of an array, into the log. The bytes are copied before the call returns. When the spool
   * is full, the append waits, in order.
   *
   * @returns resolves when all the records are on disk. Rejects with a `RecordFailedError` when one of them is refused:
   * then none was taken; with `KP_BUFFER_FULL` when too many appends wait: none was taken, either; with `KP_SPOOL_FAILED` when the disk does not
   * take them, and with `KP_CLOSED`: then some of them may be delivered nevertheless
   */
  append(records: UserRecord | readonly UserRecord[]): Promise<void> {
    const call = new AppendCall();
    try {
      this.#append(records, call);
    } catch (error) {
      call.settle(error as Error);
    }
    call.settle(undefined);
    return call.promise;
  }

  /**
   * {@link SpooledProducer.append}, if there is room for all the records now.
   *
   * @returns undefined when the spool is full: nothing was taken
   */
  tryAppend(records: UserRecord | readonly UserRecord[]): Promise<void> | undefined {
    const frames = this.#takeFrames();
    const call = new AppendCall();
    try {
      this.#checkOpen();
      for (const record of asArray(records)) this.#add(frames, record);
      this.#checkFits(frames, records);
      // A getter of a record may have closed the spool.
      this.#checkOpen();
      if (frames.records > 0 && this.#spool.append(frames, call.expectOne(), false) === "full") return undefined;
    } catch (error) {
      call.settle(error as Error);
    } finally {
      this.#giveFrames(frames);
    }
    call.settle(undefined);
    return call.promise;
  }

  /**
   * Resolves when every record that was appended before has left the spool: it was delivered, or refused for good. The
   * producer's linger does not delay it.
   */
  flush(): Promise<void> {
    return this.#spool.flush();
  }

  /**
   * Refuses new appends, writes those that were taken, and gives the records in flight some time. All others stay on disk,
   * and are delivered after the next `open`: call {@link SpooledProducer.flush} before to wait for them. May be called more than once.
   *
   * @param options - `timeoutMs`: how long the records in flight may take, 10,000 by default
   * @returns rejects with `KP_INVALID_OPTION`, and leaves the spool open, when `timeoutMs` is not a number from 0
   */
  async close(options: { readonly timeoutMs?: number } = {}): Promise<SpoolCloseReport> {
    checkOptionsObject(options, "close()");
    const { timeoutMs = CLOSE_TIMEOUT_MS } = options;
    if (!(typeof timeoutMs === "number" && timeoutMs >= 0)) {
      const message = `timeoutMs must be a number from 0, or Infinity, got ${show(timeoutMs)}`;
      throw new InvalidOptionError("timeoutMs", message);
    }
    this.#closing ??= this.#close(timeoutMs);
    return await this.#closing;
  }

  /** {@link SpooledProducer.close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Counters and gauges at this moment: plain data, a copy. */
  stats(): SpoolStats {
    return this.#spool.stats();
  }

  /** The statistics and the health of the producer that delivers the records, and the spool's own: for exporters and probes. */
  get producer(): SpoolSource {
    return this.#source;
  }

  async #close(timeoutMs: number): Promise<SpoolCloseReport> {
    this.#forgetSignals();
    try {
      return await this.#spool.close(timeoutMs);
    } finally {
      await this.#files.close();
      this.#lock.release();
    }
  }

  #append(records: UserRecord | readonly UserRecord[], call: AppendCall): void {
    this.#checkOpen();
    const parts: FrameWriter[] = [];
    let frames = this.#takeFrames();
    try {
      for (const record of asArray(records)) {
        if (frames.length >= PART_BYTES) {
          parts.push(frames);
          frames = new FrameWriter();
        }
        this.#add(frames, record);
        this.#checkFits(frames, record);
      }
      if (frames.records > 0) parts.push(frames);
      // A getter of a record may have closed the spool.
      this.#checkOpen();
      if (parts.length > 0 && this.#spool.isFull) throw tooManyWait();
      for (const part of parts) this.#spool.append(part, call.expectOne(), true);
    } finally {
      this.#giveFrames(frames);
    }
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new ProducerError("KP_CLOSED", "the spool is closed");
  }

  /** @throws RecordFailedError for a record that the service would refuse, as far as that is known now */
  #add(frames: FrameWriter, record: UserRecord): void {
    const checker = this.#checker;
    const problem = checker.check(record) ?? this.#rules.problemOf(checker.checked, checker.streamName);
    if (problem !== undefined) throw new RecordFailedError({ ...problem, record });
    frames.add(checker.checked, checker.streamName as string | undefined, this.#epochNow());
  }

  /** A part of an append must fit the spool while it is empty. */
  #checkFits({ length }: FrameWriter, records: UserRecord | readonly UserRecord[]): void {
    const most = this.#options.maxBytes / 2;
    if (length <= most) return;
    const message = `the append has ${length} bytes; at once the spool takes half of maxBytes (${most})`;
    throw new RecordFailedError({ code: "KP_RECORD_TOO_LARGE", message, record: asArray(records)[0] as UserRecord });
  }

  #takeFrames(): FrameWriter {
    const frames = this.#frames ?? new FrameWriter();
    this.#frames = undefined;
    return frames;
  }

  #giveFrames(frames: FrameWriter): void {
    frames.clear(KEPT_BYTES);
    this.#frames = frames;
  }
}

async function openSpool(
  options: ResolvedSpoolOptions,
  files: DirectoryFiles,
  newOutlet: SpoolParts["newOutlet"],
): Promise<Spool> {
  const { directory, producer, durability, maxBytes, segmentBytes, recordIds, deadLetters } = options;
  await checkFormat(files, directory, (name) => DirectoryLock.isOwn(name) || name.startsWith("."));
  return await Spool.open({
    files,
    clock: producer.clock ?? new SystemClock(),
    random: producer.random ?? systemRandom,
    isDurable: durability === "disk",
    maxBytes,
    segmentBytes,
    hasIds: recordIds,
    isOrdered: producer.ordering === "shard",
    letters: new DeadLetterFile(deadLetters),
    newOutlet,
    onRefused: refusalsOf(options),
    warn: emitWarning,
  });
}

async function lockOf(directory: string): Promise<DirectoryLock> {
  try {
    mkdirSync(directory, { recursive: true });
    return await DirectoryLock.take(directory);
  } catch (error) {
    const what = error instanceof DirectoryInUseError ? "" : `${directory} cannot be used as a spool: `;
    throw spoolFailed(`${what}${messageOf(error)}`, error);
  }
}

/** Calls the caller's `onRefused`. Without it, the first refusal is a warning of the process. */
function refusalsOf({ onRefused, directory }: ResolvedSpoolOptions): (error: RecordFailedError) => void {
  if (onRefused !== undefined) {
    return (error) => {
      try {
        onRefused(error);
      } catch (thrown) {
        // Reported as an uncaught exception: a fault of the caller's code must not stop the delivery.
        setImmediate(() => {
          throw thrown;
        });
      }
    };
  }
  let hasWarned = false;
  return ({ message }) => {
    if (hasWarned) return;
    hasWarned = true;
    emitWarning(`a record of the spool ${directory} was refused for good, and is a dead letter now: ${message}`);
  };
}

function newProducer(options: ResolvedSpoolOptions, onDelivery: (batch: Outcomes) => void): KinesisProducer<number> {
  const { producer } = options;
  return new KinesisProducer<number>({
    ...producer,
    maxBufferedBytes: new RecordRules(options).maxBufferedBytes,
    logger: producer.logger ?? quietLogger(),
    recordTtlMs: Number.POSITIVE_INFINITY,
    // A record that overtakes a failed one of its key would change their order.
    ...(producer.ordering === "shard" ? { onOrderedFailure: "failKey" } : {}),
    onDelivery,
  });
}

/**
 * The warnings of a producer without a logger, except those of failed records: their records stay in the spool, which
 * warns itself, or become dead letters.
 */
function quietLogger(): LogFunction {
  const warnings = new WarningLogger();
  return (level, fields, message) => {
    if (fields.event !== "records-failed") warnings.log({ level, fields, message });
  };
}

function asArray(records: UserRecord | readonly UserRecord[]): readonly UserRecord[] {
  return Array.isArray(records) ? records : [records as UserRecord];
}

function tooManyWait(): ProducerError {
  return new ProducerError("KP_BUFFER_FULL", "64 MiB of appends wait already, for the disk or for room in the spool");
}
