import { randomInt } from "node:crypto";
import { show } from "../../wording/shown-value.js";
import { wholeNumberProblem } from "../../wording/whole-number.js";
import type { DeliveryClock } from "../patient.js";
import { systemTime } from "../system-time.js";
import type { DeliveryFailure, DeliveryStreamOptions } from "./delivery-options.js";
import { DeliveryPipeline } from "./delivery-pipeline.js";
import type { DeliveryStats } from "./delivery-stats.js";
import type { UnwrittenFile } from "./file-writer.js";
import { KinesisSource } from "./kinesis-source.js";
import { resolveDeliveryOptions } from "./resolve-delivery-options.js";
import type { EventFacts } from "./transform-event.js";

const REGION = "us-east-1";
const ACCOUNT = "000000000000";
const DEFAULT_CLOSE_MS = 30_000;
/** Bytes in hand from which on a delivery stream reads no more. */
const MAX_HELD_BYTES = 256 * 1024 * 1024;

/** The longest delay of a timer. */
const MAX_TIMER_MS: number = 2 ** 31 - 1;

/** The result of `close`. */
export interface DeliveryCloseReport {
  /**
   * User records that were read, and are not in a file, dropped, or in an error file. They are still in the stream, until their
   * retention ends.
   */
  readonly unwrittenRecords: number;
  /** The files that have some of them. Other records had not reached a file. */
  readonly unwrittenFiles: readonly UnwrittenFile[];
}

/** Options of `idle` and `flush`. */
export interface DeliveryWaitOptions {
  /** Ends the waiting, not the delivery. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of `DeliveryStream.close`. */
export interface DeliveryCloseOptions {
  /**
   * Milliseconds for the transform and the destination, 0 to 2,147,483,647; then the rest is given up, and reported.
   * @defaultValue 30000
   */
  readonly timeoutMs?: number | undefined;
}

/**
 * A delivery stream in this process, as Amazon Data Firehose delivers a stream to S3: it reads the stream, de-aggregates the
 * KPL's records, transforms, partitions and buffers them, and writes files to a bucket, a folder, or your own destination.
 *
 * Every record that was read ends in a file, is dropped by the transform, or is in an error file. The order of records in a
 * shard is kept within a prefix. A destination that fails is tried again for as long as the delivery stream is open.
 *
 * @example
 * ```ts
 * const delivery = new DeliveryStream({
 *   deliveryStreamName: "clicks-to-files",
 *   source: { client: new KinesisClient(kinesis.clientConfig()), streamName: "clicks" },
 *   destination: folderDestination("build/bucket"),
 * });
 * await delivery.start();
 * await delivery.flush(); // all records of the stream are in files now
 * await delivery.close();
 * ```
 */
export class DeliveryStream implements AsyncDisposable {
  readonly #pipeline: DeliveryPipeline;
  readonly #source: KinesisSource;
  readonly #clock: DeliveryClock;
  readonly #onFailure: (failure: DeliveryFailure) => void;
  #state: "new" | "reading" | "closed" = "new";
  #closing: Promise<DeliveryCloseReport> | undefined;

  /** @throws RangeError for a bad option; its message names the option, the limit and the value */
  constructor(options: DeliveryStreamOptions) {
    const settings = resolveDeliveryOptions(options);
    this.#clock = options.clock ?? systemTime;
    this.#onFailure = options.onFailure ?? warner(settings.deliveryStreamName);
    const facts: EventFacts = {
      sourceKinesisStreamArn: `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/${settings.source.streamName}`,
      deliveryStreamArn: `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/${settings.deliveryStreamName}`,
      region: REGION,
    };
    this.#pipeline = new DeliveryPipeline(settings, facts, {
      clock: this.#clock,
      random: () => randomInt(2 ** 24) / 2 ** 24,
      maxHeldBytes: MAX_HELD_BYTES,
      onFailure: (failure) => void this.#tell(failure),
    });
    this.#source = new KinesisSource(settings.source, {
      take: (record) => this.#pipeline.take(record),
      failed: (error, attempt) => this.#pipeline.sourceFailed(error, attempt),
    });
  }

  /** Begins to read the stream. A stream that does not exist, or does not answer, is tried again until `close`. */
  async start(): Promise<void> {
    if (this.#state !== "new") throw new Error(`a DeliveryStream starts once; this one is ${this.#state}`);
    this.#state = "reading";
    await this.#source.start(this.#clock.epochNow());
  }

  /**
   * Resolves when every record that is in the stream now is in a file, dropped, or in an error file; the buffering hints decide
   * when. Rejects before `start`, and when `close` comes first.
   */
  async idle(options: DeliveryWaitOptions = {}): Promise<void> {
    await this.#until(() => this.#pipeline.settled(), options);
  }

  /** As `idle`, without waiting for the buffering hints: it invokes the transform and writes the files now. */
  async flush(options: DeliveryWaitOptions = {}): Promise<void> {
    await this.#until(() => this.#pipeline.flush(), options);
  }

  /**
   * Ends the reading, and writes what was read. Records that are only in the stream stay there; call `flush` before to
   * have them in files. May be called again: the first call decides. Rejects for a bad option only.
   *
   * @returns what could not be written in time
   */
  async close(options: DeliveryCloseOptions = {}): Promise<DeliveryCloseReport> {
    const { timeoutMs = DEFAULT_CLOSE_MS } = options;
    const problem = wholeNumberProblem("timeoutMs", timeoutMs, 0, MAX_TIMER_MS);
    if (problem !== undefined) throw new RangeError(problem);
    this.#closing ??= this.#close(timeoutMs);
    return this.#closing;
  }

  /** Closes. @throws Error when records could not be written */
  async [Symbol.asyncDispose](): Promise<void> {
    const { unwrittenRecords, unwrittenFiles } = await this.close();
    if (unwrittenRecords === 0) return;
    throw new Error(`${unwrittenRecords} records could not be written, ${unwrittenFiles.length} files failed`, {
      cause: unwrittenFiles[0]?.error,
    });
  }

  /** A snapshot of the figures. */
  stats(): DeliveryStats {
    return this.#pipeline.stats();
  }

  async #until(settled: () => Promise<void>, { signal }: DeliveryWaitOptions): Promise<void> {
    signal?.throwIfAborted();
    if (this.#state !== "reading") throw new Error(`the DeliveryStream is not reading; it is ${this.#state}`);
    const done = this.#source.caughtUp().then(settled);
    if (signal === undefined) return done;
    let onAbort = (): void => {};
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
    });
    done.catch(() => {});
    try {
      await Promise.race([done, aborted]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  async #close(timeoutMs: number): Promise<DeliveryCloseReport> {
    this.#state = "closed";
    const reason = new Error("the DeliveryStream was closed");
    const timer = this.#clock.setTimer(timeoutMs, () => this.#pipeline.end(reason));
    this.#pipeline.beginClosing();
    await this.#source.stop(reason);
    await this.#pipeline.flush().catch(() => {});
    timer.cancel();
    this.#pipeline.end(reason);
    return { unwrittenRecords: this.#pipeline.stats().recordsHeld, unwrittenFiles: this.#pipeline.unwritten() };
  }

  /** A listener that throws, or returns a promise that rejects, changes nothing. */
  async #tell(failure: DeliveryFailure): Promise<void> {
    try {
      await this.#onFailure(failure);
    } catch {}
  }
}

/** Warns once for each stage. */
function warner(name: string): (failure: DeliveryFailure) => void {
  const warned = new Set<string>();
  return ({ stage, error, key }) => {
    if (warned.has(stage)) return;
    warned.add(stage);
    const what = key === undefined ? `its ${stage}` : `its ${stage}, at ${key},`;
    // A thrown value may have no text.
    const told = error instanceof Error ? String(error) : show(error);
    process.emitWarning(`delivery stream ${name}: ${what} failed: ${told}; pass onFailure to see each failure`, {
      type: "DeliveryWarning",
      code: stage,
    });
  };
}
