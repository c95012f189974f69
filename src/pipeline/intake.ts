import { copyChecked, type PlacedRecord } from "../core/placed-record.js";
import type { Clock, StreamRef } from "../core/ports.js";
import { RecordChecker, type RecordProblem } from "../core/record-check.js";
import type { RecordIds } from "../core/record-ids.js";
import { RecordFailedError } from "../errors.js";
import type { PutResult, UserRecord } from "../record.js";
import type { Waiter } from "./admission.js";
import type { FailureReason, OutcomeCallbacks } from "./outcomes.js";
import type { Pipeline, Stream } from "./pipeline.js";
import { AbortableSettler, newPutPromise, type Resolve, settleFailed, takeResolve } from "./settler.js";
import { SignalListeners } from "./signal-listeners.js";
import { WaitingPut, type WaitingPutEnds } from "./waiting-put.js";

export interface IntakeParts {
  readonly pipeline: Pipeline;
  /** The stream of records that name none. */
  readonly stream: StreamRef | undefined;
  readonly isStreamName: (name: unknown) => boolean;
  readonly maxWaitingPuts: number;
  readonly maxWaitingBytes: number;
  /** Makes the ids of records that have none of their own; undefined when they need none. */
  readonly recordIds: RecordIds | undefined;
  readonly maxBufferedBytes: number;
  readonly callbacks: OutcomeCallbacks;
  readonly clock: Clock;
}

/** What came of a record that does not wait. */
export type Offered = "accepted" | "full";

/**
 * Where records come in: checks each one, finds its stream, and lets it in, lets it wait, or refuses it alone.
 */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #checker: RecordChecker;
  readonly #checked: PlacedRecord;
  readonly #signals: SignalListeners = new SignalListeners();
  /** Whole milliseconds: records of one burst share their time of acceptance, and with it their list of attempts. */
  readonly #now: () => number;
  #waitingPuts = 0;
  #waitingBytes = 0;
  #isClosed = false;
  readonly #closeListeners: Set<() => void> = new Set();

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    const { clock, recordIds } = parts;
    this.#checker = new RecordChecker(recordIds);
    this.#checked = this.#checker.checked;
    this.#now = clock.recentNow === undefined ? () => Math.floor(clock.now()) : clock.recentNow.bind(clock);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Refuses everything from now on. What waits for room already still gets in. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const listener of [...this.#closeListeners]) listener();
  }

  /** Calls back when the producer is closed; returns what takes the listener off. */
  onClose(listener: () => void): () => void {
    this.#closeListeners.add(listener);
    return () => {
      this.#closeListeners.delete(listener);
    };
  }

  /** The stream that a record is for. */
  streamOf(streamName: string | undefined): Stream | undefined {
    const { stream, pipeline } = this.#parts;
    if (streamName === undefined || streamName === stream?.streamName)
      return stream === undefined ? undefined : pipeline.open(stream);
    return this.#parts.isStreamName(streamName) ? pipeline.open({ streamName }) : undefined;
  }

  /**
   * Takes a record in if there is room now.
   *
   * @throws RecordFailedError when the record is bad or the producer closed; `onFailed` has been told
   */
  offer(record: UserRecord, settler: unknown): Offered {
    const stream = this.#check(record);
    if (stream instanceof RecordFailedError) throw this.refused(stream);
    return stream.admission.offer(this.#checked, settler, this.#now()) ? "accepted" : "full";
  }

  /** Takes a record in, at its turn. The promise is settled when the record is. */
  put(record: UserRecord, signal: AbortSignal | undefined): Promise<PutResult> {
    const stream = this.#check(record);
    if (stream instanceof RecordFailedError) return this.#rejected(stream);
    if (signal?.aborted === true) return this.#rejected(new RecordFailedError({ ...abortedBy(signal), record }));
    if (signal !== undefined) {
      const settler = new AbortableSettler(signal);
      this.#hush(settler.promise);
      this.#admit(record, stream, settler);
      return settler.promise;
    }
    const promise = newPutPromise();
    this.#admit(record, stream, takeResolve());
    this.#hush(promise);
    return promise;
  }

  /** Takes a record in if there is room now; undefined when there is not. */
  tryPut(record: UserRecord): Promise<PutResult> | undefined {
    const stream = this.#check(record);
    if (stream instanceof RecordFailedError) return this.#rejected(stream);
    const promise = newPutPromise();
    const isAccepted = stream.admission.offer(this.#checked, takeResolve(), this.#now());
    this.#hush(promise);
    return isAccepted ? promise : undefined;
  }

  /** The promise of a record that was never accepted. */
  #rejected(error: RecordFailedError): Promise<PutResult> {
    const promise = Promise.reject<PutResult>(this.refused(error));
    this.#hush(promise);
    return promise;
  }

  /** Whoever set onFailed hears of every failure there: a promise that nobody looked at is no oversight then. */
  #hush(promise: Promise<PutResult>): void {
    if (this.#parts.callbacks.onFailed !== undefined) promise.catch(ignore);
  }

  #admit(record: UserRecord, stream: Stream, settler: Resolve | AbortableSettler): void {
    const { pipeline } = this.#parts;
    if (stream.admission.offer(this.#checked, settler, this.#now())) {
      if (settler instanceof AbortableSettler) this.#endOnAbort(stream, settler);
      return;
    }
    const message = this.#waitingProblem(this.#checked.bufferedBytes);
    if (message !== undefined) {
      settleFailed(settler, this.refused(new RecordFailedError({ code: "KP_BUFFER_FULL", message, record })));
      return;
    }
    const checked = copyChecked(this.#checked);
    checked.settler = settler;
    checked.generation = pipeline.ledger.handOver();
    this.#countWaiting(1, checked.bufferedBytes);
    const waiter = new WaitingPut(stream, record, checked, this.#ends);
    stream.admission.wait(waiter);
    if (settler instanceof AbortableSettler) this.#leaveOnAbort(stream, waiter, settler);
  }

  /** Why a put of this size may not wait for room. */
  #waitingProblem(bytes: number): string | undefined {
    const { maxWaitingPuts, maxWaitingBytes } = this.#parts;
    const advice = "use putMany(), or enqueue() with ready(), to go at the stream's pace";
    if (this.#waitingPuts >= maxWaitingPuts)
      return `${maxWaitingPuts} puts are waiting for room already (maxWaitingPuts); ${advice}`;
    if (this.#waitingBytes + bytes <= maxWaitingBytes) return undefined;
    const waiting = `${this.#waitingBytes} bytes are waiting for room already`;
    return `the record has ${bytes} bytes, and ${waiting}, of ${maxWaitingBytes} (maxWaitingBytes); ${advice}`;
  }

  #countWaiting(puts: number, bytes: number): void {
    this.#waitingPuts += puts;
    this.#waitingBytes += bytes;
  }

  readonly #ends: WaitingPutEnds = {
    entered: ({ stream, checked }) => {
      this.#countWaiting(-1, -checked.bufferedBytes);
      const { settler } = checked;
      if (settler instanceof AbortableSettler) {
        settler.release?.();
        this.#endOnAbort(stream, settler);
      }
      stream.admission.enter(checked, this.#now());
    },
    refused: ({ stream, checked, record }, reason) => {
      const { pipeline } = this.#parts;
      this.#countWaiting(-1, -checked.bufferedBytes);
      pipeline.ledger.settle(checked.generation, 1);
      stream.pipeline.recorder.onFailed(reason.code, 1);
      const { streamArn } = stream.pipeline;
      stream.pipeline.outcomes.tell(checked.settler, new RecordFailedError({ ...reason, record, streamArn }));
      pipeline.loop.wake();
    },
  };

  /** Ends a put that still waits for room. */
  #leaveOnAbort(stream: Stream, waiter: Waiter, settler: AbortableSettler): void {
    const onAbort = (): void => {
      stream.admission.leave(waiter);
      waiter.refuse(abortedBy(settler.signal));
    };
    settler.release = this.#signals.on(settler.signal, onAbort);
  }

  /** Ends an accepted record when it is next in a queue. */
  #endOnAbort(stream: Stream, settler: AbortableSettler): void {
    const onAbort = (): void => {
      settler.isAborted = true;
      stream.pipeline.onAborted();
    };
    const stopListening = this.#signals.on(settler.signal, onAbort);
    settler.release = () => {
      stopListening();
      if (settler.isAborted) stream.pipeline.onAbortedSettled();
    };
  }

  /** Checks the record into the shared scratch; returns its stream. */
  #check(record: UserRecord): Stream | RecordFailedError {
    const streamName = typeof record === "object" ? record?.streamName : undefined;
    if (this.#isClosed) return this.#afterClose(record, streamName);
    const stream = this.streamOf(streamName);
    if (stream === undefined) return new RecordFailedError({ ...streamProblem(streamName), record });
    const { knowledge } = stream.pipeline;
    const checked = this.#checked;
    const { maxBufferedBytes } = this.#parts;
    const problem =
      this.#checker.check(record, knowledge.traits.maxRecordBytes) ??
      (checked.bufferedBytes > maxBufferedBytes ? bufferProblem(checked.bufferedBytes, maxBufferedBytes) : undefined) ??
      knowledge.refusalOf(checked);
    if (problem === undefined) return stream;
    return new RecordFailedError({ ...problem, record, streamArn: stream.pipeline.streamArn });
  }

  #afterClose(record: UserRecord, streamName: string | undefined): RecordFailedError {
    const { stream, pipeline } = this.#parts;
    const used = pipeline.streams.get(streamName ?? stream?.streamName ?? "");
    const streamArn = used?.pipeline.streamArn ?? (streamName === undefined ? stream?.streamArn : undefined);
    return new RecordFailedError({ code: "KP_CLOSED", message: "the producer is closed", record, streamArn });
  }

  /** Tells `onFailed` of a record that was never accepted. */
  refused(error: RecordFailedError): RecordFailedError {
    const { onFailed } = this.#parts.callbacks;
    if (onFailed !== undefined) {
      try {
        onFailed(error);
      } catch (thrown) {
        this.#parts.clock.defer(() => {
          throw thrown;
        });
      }
    }
    return error;
  }
}

function abortedBy(signal: AbortSignal): FailureReason {
  return { code: "KP_ABORTED", message: "the caller's signal ended the put", cause: signal.reason };
}

function bufferProblem(bytes: number, maxBytes: number): RecordProblem {
  const message = `the record has ${bytes} bytes; the whole buffer holds ${maxBytes} (maxBufferedBytes)`;
  return { code: "KP_RECORD_TOO_LARGE", message };
}

function streamProblem(streamName: unknown): RecordProblem {
  const rule = "streamName must have 1 to 128 letters, digits, underscores, dots or hyphens";
  const message =
    streamName === undefined
      ? "streamName is required: the producer has no stream of its own"
      : `${rule}, got ${JSON.stringify(streamName)}`;
  return { code: "KP_INVALID_RECORD", message };
}

function ignore(): void {
  // The failure was told to onFailed.
}
