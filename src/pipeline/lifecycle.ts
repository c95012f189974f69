import type { Clock, RequestFailure } from "../core/ports.js";
import { InvalidOptionError, ProducerError } from "../errors.js";
import { show } from "../wording/shown-value.js";
import type { Waiter } from "./entry/admission.js";
import { listenTo, reasonOf, signalOf } from "./entry/caller-signal.js";
import type { Intake } from "./entry/intake.js";
import type { FailureReason } from "./settlement/settlement.js";
import { causeOf, failureWords, reasonOfFailure } from "./stream/failure-reasons.js";
import { whileWaiting } from "./stream/hindrances.js";
import type { Streams } from "./streams.js";

/**
 * The result of `close()`: numbers of user records in the whole life of the producer. Their promises are settled and
 * their callbacks have run.
 */
export interface CloseReport {
  /** Records that Kinesis stored. */
  readonly delivered: number;
  /**
   * Records that failed: accepted ones, those that waited for room, and those that were refused at once with an error (bad,
   * aborted, too many puts waiting). `onFailed` has run once for each. Records that were handed over after `close()` do not
   * count, nor do those for which `tryPut` or `enqueue` had no room.
   */
  readonly failed: number;
}

/** See `KinesisProducer.close`. */
export interface CloseOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface LifecycleParts {
  readonly streams: Streams;
  readonly intake: Intake;
  readonly clock: Clock;
  /** Called when closing begins. */
  readonly onClosing: readonly (() => void)[];
  readonly closeTransport: () => void;
  /** Called before the promise of `close()` resolves. */
  readonly onClosed: (report: CloseReport) => void;
}

/** Waiting for the whole producer: `ready()`, `flush()`, `close()`. */
export class Lifecycle {
  readonly #parts: LifecycleParts;
  #closing: Promise<CloseReport> | undefined;

  constructor(parts: LifecycleParts) {
    this.#parts = parts;
  }

  /** See `KinesisProducer.ready`. */
  ready(streamName: string | undefined): Promise<void> {
    const { intake } = this.#parts;
    return new Promise((resolve, reject) => {
      if (intake.isClosed) {
        reject(closed());
        return;
      }
      const stream = intake.streamOf(streamName);
      if (stream === undefined) {
        const message = `ready() needs the name of a stream, got ${show(streamName)}: the producer has no default stream`;
        reject(new ProducerError("KP_INVALID_OPTION", message));
        return;
      }
      // Closing ends the wait at once: the turn might never come, and a closed producer accepts no record.
      let waiter: Waiter | undefined;
      const stopListening = intake.onClose(() => {
        if (waiter !== undefined) stream.admission.leave(waiter);
        reject(closed());
      });
      stream.pipeline.whenDecided((trouble) => {
        if (intake.isClosed) return;
        if (trouble !== undefined) {
          stopListening();
          reject(unreachable(trouble));
          return;
        }
        const opened = (): void => {
          stopListening();
          resolve();
        };
        waiter = stream.admission.waitForRoom(opened, () => reject(closed()));
      });
      this.#parts.streams.loop.wake();
    });
  }

  /** See `KinesisProducer.flush`. */
  flush(options?: { readonly signal?: AbortSignal }): Promise<void> {
    const { streams } = this.#parts;
    return new Promise((resolve, reject) => {
      const signal = signalOf(options);
      if (signal?.aborted === true) {
        reject(stoppedWaiting(signal));
        return;
      }
      const onAbort = (): void => {
        streams.forgetFlush(done);
        reject(stoppedWaiting(signal as AbortSignal));
      };
      const stopListening = listenTo(signal, onAbort);
      const done = (): void => {
        stopListening();
        resolve();
      };
      streams.flush(done);
    });
  }

  /** See `KinesisProducer.close`. */
  close(options?: CloseOptions): Promise<CloseReport> {
    try {
      return this.#closeWithin(timeoutOf(options), signalOf(options));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #closeWithin(timeoutMs: number | undefined, signal: AbortSignal | undefined): Promise<CloseReport> {
    this.#parts.intake.close();
    if (this.#closing === undefined) for (const closing of this.#parts.onClosing) closing();
    this.#closing ??= this.#close();
    this.#limit(timeoutMs, signal);
    return this.#closing;
  }

  async #close(): Promise<CloseReport> {
    const { streams, intake, closeTransport, onClosed } = this.#parts;
    await this.flush();
    streams.writeLastLines();
    // The logger has run when close() resolves: the process may end at once.
    if (!streams.teller.isToldThrough(streams.teller.pushed)) await this.flush();
    streams.stop();
    closeTransport();
    const { delivered, failed } = streams.settled();
    const report = { delivered, failed: failed + intake.refusals };
    onClosed(report);
    return report;
  }

  /** Limits the time of closing; of several limits, the earliest counts. */
  #limit(timeoutMs: number | undefined, signal: AbortSignal | undefined): void {
    const { clock } = this.#parts;
    const closing = this.#closing as Promise<CloseReport>;
    if (timeoutMs !== undefined && timeoutMs !== Number.POSITIVE_INFINITY) {
      const timer = clock.setTimer(timeoutMs, () => {
        this.#endAll({ code: "KP_CLOSED", message: `not settled within close's timeoutMs (${timeoutMs} ms)` });
      });
      void closing.then(() => {
        timer.cancel();
      });
    }
    if (signal === undefined) return;
    const onAbort = (): void => {
      // Always deferred: the signal may fire in the middle of any work.
      clock.defer(() => {
        this.#endAll({
          code: "KP_CLOSED",
          message: "close() was aborted by its signal",
          cause: reasonOf(signal),
        });
      });
    };
    if (signal.aborted) onAbort();
    else void closing.then(listenTo(signal, onAbort));
  }

  /** Fails all records that are left. Later answers find nothing to settle. */
  #endAll(reason: FailureReason): void {
    const { streams, clock } = this.#parts;
    const now = clock.now();
    for (const { admission, pipeline } of streams.byName.values())
      admission.refuseAll(whileWaiting(reason, pipeline.hindrances, now));
    streams.failAll(reason);
    streams.loop.wake();
  }
}

/** NaN is refused: it would count as 0 ms, and fail all records that are left. */
function timeoutOf(options: CloseOptions | undefined): number | undefined {
  let timeoutMs: unknown;
  try {
    timeoutMs = options?.timeoutMs;
  } catch (thrown) {
    throw new InvalidOptionError("timeoutMs", "timeoutMs cannot be read: its getter throws", { cause: thrown });
  }
  if (timeoutMs === undefined || (typeof timeoutMs === "number" && timeoutMs >= 0)) return timeoutMs;
  throw new InvalidOptionError("timeoutMs", `timeoutMs must be a number from 0, or Infinity, got ${show(timeoutMs)}`);
}

function closed(): ProducerError {
  return new ProducerError("KP_CLOSED", "the producer is closed");
}

function unreachable(failure: RequestFailure): ProducerError {
  const cause = failure.cause ?? causeOf(failure);
  if (failure.isConfiguration === true) {
    const { code, message } = reasonOfFailure(failure);
    return new ProducerError(code, message, { cause });
  }
  const text = `the stream cannot be reached (${failureWords(failure)})`;
  return new ProducerError("KP_STREAM_UNREACHABLE", text, { cause });
}

function stoppedWaiting(signal: AbortSignal): ProducerError {
  return new ProducerError("KP_ABORTED", "flush() was aborted by its signal", { cause: reasonOf(signal) });
}
