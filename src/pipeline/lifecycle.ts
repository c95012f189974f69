import type { Clock, RequestFailure } from "../core/ports.js";
import { InvalidOptionError, ProducerError } from "../errors.js";
import type { Waiter } from "./admission.js";
import type { Intake } from "./intake.js";
import type { FailureReason } from "./outcomes.js";
import type { Pipeline } from "./pipeline.js";

/** What `close()` resolves with: the whole life of the producer. */
export interface CloseReport {
  readonly delivered: number;
  readonly failed: number;
}

export interface LifecycleParts {
  readonly pipeline: Pipeline;
  readonly intake: Intake;
  readonly clock: Clock;
  /** Called when closing begins. */
  readonly onClosing: readonly (() => void)[];
  readonly closeTransport: () => void;
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
        const message = `ready() needs the name of a stream, got ${String(streamName)}: the producer has none of its own`;
        reject(new ProducerError("KP_INVALID_OPTION", message));
        return;
      }
      // Closing ends the wait at once: its turn might never come, and room would be of no use.
      let waiter: Waiter | undefined;
      const stopListening = intake.onClose(() => {
        if (waiter !== undefined) stream.admission.leave(waiter);
        reject(closed());
      });
      stream.pipeline.knowledge.whenDecided((trouble) => {
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
      this.#parts.pipeline.loop.wake();
    });
  }

  /** See `KinesisProducer.flush`. */
  flush(signal?: AbortSignal): Promise<void> {
    const { pipeline } = this.#parts;
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(stoppedWaiting(signal));
        return;
      }
      const onAbort = (): void => {
        pipeline.forgetFlush(done);
        reject(stoppedWaiting(signal as AbortSignal));
      };
      const done = (): void => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      pipeline.flush(done);
    });
  }

  /** See `KinesisProducer.close`. */
  close({ timeoutMs, signal }: { readonly timeoutMs?: number; readonly signal?: AbortSignal }): Promise<CloseReport> {
    // Not a number would count as no time at all, and fail everything that is left.
    if (timeoutMs !== undefined && !(timeoutMs >= 0)) return Promise.reject(badTimeout(timeoutMs));
    this.#parts.intake.close();
    if (this.#closing === undefined) for (const closing of this.#parts.onClosing) closing();
    this.#closing ??= this.#close();
    this.#limit(timeoutMs, signal);
    return this.#closing;
  }

  async #close(): Promise<CloseReport> {
    const { pipeline, closeTransport } = this.#parts;
    await this.flush();
    pipeline.stop();
    closeTransport();
    return pipeline.settled();
  }

  /** Sets an end to the closing; of several, the earliest counts. */
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
      // Later in any case: the signal may fire in a callback, and records must not be taken from under a sweep.
      clock.defer(() => {
        this.#endAll({
          code: "KP_CLOSED",
          message: "close was told by its signal to wait no longer",
          cause: signal.reason,
        });
      });
    };
    if (signal.aborted) onAbort();
    else {
      signal.addEventListener("abort", onAbort, { once: true });
      void closing.then(() => {
        signal.removeEventListener("abort", onAbort);
      });
    }
  }

  /** Fails everything that is left. Answers that come later find nothing to settle. */
  #endAll(reason: FailureReason): void {
    const { pipeline } = this.#parts;
    for (const { admission } of pipeline.streams.values()) admission.refuseAll(reason);
    pipeline.failAll(reason);
    pipeline.loop.wake();
  }
}

function badTimeout(timeoutMs: unknown): InvalidOptionError {
  return new InvalidOptionError(
    "timeoutMs",
    `timeoutMs must be a number from 0, or Infinity, got ${String(timeoutMs)}`,
  );
}

function closed(): ProducerError {
  return new ProducerError("KP_CLOSED", "the producer is closed");
}

function unreachable({ code, message, cause }: RequestFailure): ProducerError {
  return new ProducerError("KP_RECORD_FAILED", `the stream cannot be reached (${code}: ${message})`, { cause });
}

function stoppedWaiting(signal: AbortSignal): ProducerError {
  return new ProducerError("KP_ABORTED", "flush was told by its signal to wait no longer", { cause: signal.reason });
}
