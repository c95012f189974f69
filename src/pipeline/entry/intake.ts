import type { Clock, Diagnostics, StreamRef } from "../../core/ports.js";
import { NEVER_SENT } from "../../core/record/delivery-history.js";
import { copyChecked, type PlacedRecord } from "../../core/record/placed-record.js";
import { RecordChecker, type RecordProblem, sizeProblem } from "../../core/record/record-check.js";
import type { RecordIds } from "../../core/record/record-ids.js";
import { toUserRecord } from "../../core/record/record-reader.js";
import { RecordFailedError } from "../../errors.js";
import type { Propagate, PutResult, UserRecord } from "../../record.js";
import { show } from "../../wording/shown-value.js";
import { CallTelling } from "../settlement/caller-code.js";
import { countFailure, failureOf, publishFailure, tellError } from "../settlement/failed-telling.js";
import { RefusedTelling } from "../settlement/refused-telling.js";
import type { SettlementCallbacks } from "../settlement/settlement.js";
import { whileWaiting } from "../stream/hindrances.js";
import type { Stream, Streams } from "../streams.js";
import { AbortableSettler, abortedBy, SignalListeners } from "./aborts.js";
import { signalOf } from "./caller-signal.js";
import { newPutPromise, Rejection, type Resolve, takeResolve } from "./settler.js";
import { WaitingPut, type WaitingPutEnds } from "./waiting-put.js";

export interface IntakeParts {
  readonly streams: Streams;
  /** The stream of records without a `streamName`. */
  readonly stream: StreamRef | undefined;
  readonly isStreamName: (name: unknown) => name is string;
  readonly maxWaitingPuts: number;
  readonly maxWaitingBytes: number;
  /** Makes ids for records without an id; undefined when they need none. */
  readonly recordIds: RecordIds | undefined;
  /** Makes tags for each record; undefined when records get none. */
  readonly propagate: Propagate | undefined;
  /** Makes the data of each record; undefined when records have data. */
  readonly serialize: ((value: never) => unknown) | undefined;
  readonly maxBufferedBytes: number;
  readonly callbacks: SettlementCallbacks;
  readonly diagnostics: Diagnostics;
  readonly clock: Clock;
}

/** A put that waited for room, and got none: no shard knows of it. */
const TURNED_AWAY = { shardId: undefined, userRecords: 1, attempts: 0 } as const;

/** The result for a record that does not wait: accepted, or the stream that is full. */
export type Offered = "accepted" | Stream;

/** Options of one `put`. */
export interface PutOptions {
  /** Aborts the record. It ends as soon as it is neither in flight nor held. */
  readonly signal?: AbortSignal;
}

/**
 * Checks each record that comes in, finds its stream, and accepts it, lets it wait, or refuses this record alone.
 */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #checker: RecordChecker;
  readonly #checked: PlacedRecord;
  readonly #signals: SignalListeners = new SignalListeners();
  /**
   * In whole milliseconds, so that the records of one burst share their time of acceptance and their list of attempts.
   */
  readonly #now: () => number;
  #waitingPuts = 0;
  #waitingBytes = 0;
  #isClosed = false;
  #refusals = 0;
  readonly #closeListeners: Set<() => void> = new Set();

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    const { clock, recordIds, propagate, serialize } = parts;
    this.#checker = new RecordChecker(recordIds, propagate, serialize);
    this.#checked = this.#checker.checked;
    this.#now = clock.recentNow === undefined ? () => Math.floor(clock.now()) : clock.recentNow.bind(clock);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Records that were handed over before {@link close}, refused with an error, and never accepted. */
  get refusals(): number {
    return this.#refusals;
  }

  /** Refuses every record from now on. Records that already wait for room are still accepted. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const listener of [...this.#closeListeners]) listener();
  }

  /** Calls back when the producer is closed; returns a function that removes the listener. */
  onClose(listener: () => void): () => void {
    this.#closeListeners.add(listener);
    return () => {
      this.#closeListeners.delete(listener);
    };
  }

  /** The stream that a record is for. */
  streamOf(streamName: unknown): Stream | undefined {
    const { stream, streams } = this.#parts;
    if (streamName === undefined || streamName === stream?.streamName)
      return stream === undefined ? undefined : streams.open(stream);
    return this.#parts.isStreamName(streamName) ? streams.open({ streamName }) : undefined;
  }

  /**
   * Accepts a record if there is room now.
   *
   * @throws RecordFailedError when the record is bad or the producer closed; `onFailed` runs
   */
  offer(record: UserRecord, settler: unknown): Offered {
    const stream = this.#check(record);
    if (stream instanceof RecordFailedError) throw this.refused(stream);
    return stream.admission.offer(this.#checked, settler, this.#now()) ? "accepted" : stream;
  }

  /** Accepts a record, at its turn. The promise settles when the record is settled. Never throws. */
  put(record: UserRecord, options: PutOptions | undefined): Promise<PutResult> {
    if (options !== undefined) return this.#putWith(record, options);
    const stream = this.#check(record);
    const promise = newPutPromise();
    const settler = takeResolve();
    if (stream instanceof RecordFailedError) this.#refuse(stream, settler);
    else this.#admit(record, stream, settler);
    this.#hush(promise);
    return promise;
  }

  #putWith(record: UserRecord, options: PutOptions): Promise<PutResult> {
    try {
      const signal = signalOf(options);
      return signal === undefined ? this.put(record, undefined) : this.#putAbortable(record, signal);
    } catch (error) {
      const promise = newPutPromise();
      this.#later((resolve) => resolve(new Rejection(error)), takeResolve());
      return promise;
    }
  }

  #putAbortable(record: UserRecord, signal: AbortSignal): Promise<PutResult> {
    const settler = new AbortableSettler(signal);
    settler.listenBy(this.#signals);
    const stream = this.#check(record);
    if (stream instanceof RecordFailedError) this.#refuse(stream, settler);
    else if (settler.isAborted) {
      stream.pipeline.recorder.userRecordsRefused++;
      this.#refusals++;
      this.#refuse(new RecordFailedError({ ...abortedBy(signal), record }), settler);
    } else this.#admit(record, stream, settler);
    this.#hush(settler.promise);
    return settler.promise;
  }

  /** Accepts a record if there is room now; otherwise returns undefined. Never throws. */
  tryPut(record: UserRecord): Promise<PutResult> | undefined {
    const stream = this.#check(record);
    const promise = newPutPromise();
    const settler = takeResolve();
    this.#hush(promise);
    if (stream instanceof RecordFailedError) this.#refuse(stream, settler);
    else if (!stream.admission.offer(this.#checked, settler, this.#now())) return undefined;
    return promise;
  }

  /**
   * With `onFailed` set, the warning about an unhandled rejection would be a false alarm: `onFailed` receives every
   * failure.
   */
  #hush(promise: Promise<PutResult>): void {
    if (this.#parts.callbacks.onFailed !== undefined) promise.catch(ignore);
  }

  #admit(record: UserRecord, stream: Stream, settler: Resolve | AbortableSettler): void {
    if (stream.admission.offerInLine(this.#checked, settler, this.#now())) {
      if (AbortableSettler.is(settler)) settler.onAccepted(stream.pipeline);
      return;
    }
    const message = this.#waitingProblem(this.#checked.bufferedBytes);
    if (message === undefined) this.#wait(stream, settler);
    else {
      const { streamArn, recorder, hindrances } = stream.pipeline;
      recorder.userRecordsRefused++;
      this.#refusals++;
      const reason = whileWaiting({ code: "KP_BUFFER_FULL", message }, hindrances, this.#now());
      this.#refuse(new RecordFailedError({ ...reason, record, streamArn }), settler);
    }
  }

  #wait(stream: Stream, settler: Resolve | AbortableSettler): void {
    const checked = copyChecked(this.#checked);
    checked.acceptedAt = this.#now();
    checked.settler = settler;
    checked.generation = this.#parts.streams.ledger.handOver();
    this.#countWaiting(1, checked.bufferedBytes);
    const waiter = new WaitingPut(stream, checked, this.#ends);
    if (AbortableSettler.is(settler)) {
      const { signal } = settler;
      settler.onWaiting(() => {
        if (!stream.admission.leave(waiter)) return;
        const reason = whileWaiting(abortedBy(signal), stream.pipeline.hindrances, this.#now());
        this.#later((why) => waiter.refuse(why), reason);
      });
    }
    stream.admission.wait(waiter);
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
      if (AbortableSettler.is(checked.settler)) checked.settler.onAccepted(stream.pipeline);
      stream.admission.enter(checked, this.#now());
    },
    refused: ({ stream, checked }, reason) => {
      const { streams } = this.#parts;
      this.#countWaiting(-1, -checked.bufferedBytes);
      streams.ledger.settle(checked.generation, 1);
      const { stream: ref, streamArn, recorder } = stream.pipeline;
      // It counts as accepted only now, so that accepted records are delivered, failed, or buffered.
      recorder.userRecordsAccepted++;
      countFailure({ recorder, clock: this.#parts.clock }, TURNED_AWAY, reason);
      const record = toUserRecord(checked, ref.streamName);
      tellError(this.#parts, checked.settler, failureOf(reason, record, streamArn, NEVER_SENT, NEVER_SENT.attempts));
      streams.loop.wake();
    },
  };

  /** Checks the record, and writes it to the shared scratch record; returns its stream. */
  #check(record: UserRecord): Stream | RecordFailedError {
    // Only here the caller's code may run: a getter of the record may even close the producer.
    const problem = this.#checker.check(record);
    if (problem !== undefined || this.#isClosed) return this.#afterCheck(record, problem);
    const stream = this.streamOf(this.#checker.streamName);
    const checked = this.#checked;
    // True for nearly all records.
    if (stream?.pipeline.facts.takes(checked) === true && checked.bufferedBytes <= this.#parts.maxBufferedBytes)
      return stream;
    return this.#checkFor(stream, record);
  }

  #afterCheck(record: UserRecord, problem: RecordProblem | undefined): RecordFailedError {
    const { streamName } = this.#checker;
    const streamArn = this.#arnOf(streamName);
    const used = this.#usedStream(streamName);
    if (used !== undefined) used.pipeline.recorder.userRecordsRefused++;
    if (!this.#isClosed) this.#refusals++;
    return problem === undefined || this.#isClosed
      ? new RecordFailedError({ code: "KP_CLOSED", message: "the producer is closed", record, streamArn })
      : new RecordFailedError({ ...problem, record, streamArn });
  }

  /** The rest of the check, for every kind of record and of stream. */
  #checkFor(stream: Stream | undefined, record: UserRecord): Stream | RecordFailedError {
    if (stream === undefined) {
      this.#refusals++;
      return new RecordFailedError({ ...streamProblem(this.#checker.streamName), record });
    }
    const { pipeline } = stream;
    const checked = this.#checked;
    const { maxBufferedBytes } = this.#parts;
    const problem =
      sizeProblem(checked, pipeline.facts.maxRecordBytes) ??
      (checked.bufferedBytes > maxBufferedBytes ? bufferProblem(checked.bufferedBytes, maxBufferedBytes) : undefined) ??
      pipeline.refusalOf(checked);
    if (problem === undefined) return stream;
    pipeline.recorder.userRecordsRefused++;
    this.#refusals++;
    return new RecordFailedError({ ...problem, record, streamArn: pipeline.streamArn });
  }

  /** The ARN of the stream of a refused record, if it is known. */
  #arnOf(streamName: unknown): string | undefined {
    const used = this.#usedStream(streamName);
    return used?.pipeline.streamArn ?? (streamName === undefined ? this.#parts.stream?.streamArn : undefined);
  }

  /** The stream of a refused record, if it was used before. */
  #usedStream(streamName: unknown): Stream | undefined {
    const { stream, streams } = this.#parts;
    const name = streamName ?? stream?.streamName;
    return typeof name === "string" ? streams.byName.get(name) : undefined;
  }

  /** Calls `onFailed` for a record that was never accepted, in a later turn. */
  refused(error: RecordFailedError): RecordFailedError {
    const { onFailed } = this.#parts.callbacks;
    if (onFailed !== undefined) this.#later(onFailed, error);
    const { diagnostics } = this.#parts;
    if (diagnostics.hears("record-failed")) this.#later((told) => publishFailure(diagnostics, told), error);
    return error;
  }

  /** The same for a record that waited for room outside of the intake: it was handed over, and counts. */
  turnedAway(error: RecordFailedError): RecordFailedError {
    this.#refusals++;
    return this.refused(error);
  }

  /** The same for a record whose promise waits. */
  #refuse(error: RecordFailedError, settler: Resolve | AbortableSettler): void {
    this.#parts.streams.teller.push(new RefusedTelling(this.#parts, settler, error));
  }

  #later<T>(callback: (value: T) => void, value: T): void {
    const { streams, clock } = this.#parts;
    streams.teller.push(new CallTelling(clock, callback, value));
  }
}

function bufferProblem(bytes: number, maxBytes: number): RecordProblem {
  const message = `the record has ${bytes} bytes; the whole buffer holds ${maxBytes} (maxBufferedBytes)`;
  return { code: "KP_RECORD_TOO_LARGE", message };
}

function streamProblem(streamName: unknown): RecordProblem {
  const rule = "streamName must be a name of 1 to 128 letters, digits, underscores, dots or hyphens";
  const message =
    streamName === undefined
      ? "streamName is required: the producer has no default stream"
      : `${rule}, got ${show(streamName)}`;
  return { code: "KP_INVALID_RECORD", message };
}

function ignore(): void {
  // onFailed has received the failure.
}
