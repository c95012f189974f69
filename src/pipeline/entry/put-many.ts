import type { Clock } from "../../core/ports.js";
import { Ring } from "../../core/record/ring.js";
import { InvalidOptionError, ProducerError, RecordFailedError } from "../../errors.js";
import type { PutResult, UserRecord } from "../../record.js";
import { show } from "../../wording/shown-value.js";
import type { Stream } from "../streams.js";
import type { Admission, Waiter } from "./admission.js";
import { listenTo, reasonOf, signalOf } from "./caller-signal.js";
import type { Intake } from "./intake.js";
import { type Results, Settler } from "./settler.js";

/** The outcome of one record of a `putMany`. */
export type PutOutcome<Data = Uint8Array | string> =
  | { readonly record: UserRecord<Data>; readonly result: PutResult; readonly error?: undefined }
  | { readonly record: UserRecord<Data>; readonly error: RecordFailedError; readonly result?: undefined };

/** How many records of a `putMany` were delivered, and how many failed. */
export interface PutManySummary {
  readonly delivered: number;
  readonly failed: number;
}

export interface PutManyParts {
  readonly records: Iterable<UserRecord> | AsyncIterable<UserRecord>;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly options: { readonly signal?: AbortSignal } | undefined;
}

/** Most outcomes that were not read yet. At this number no more records are pulled. */
const WINDOW = 10_000;
/** Records taken from a source before sockets and timers get their turn. */
const BURST = 500;

/** A record's place in the order of the input. */
class Slot extends Settler {
  readonly record: UserRecord;
  outcome: PutOutcome | undefined;
  readonly #onSettled: (isDelivered: boolean) => void;

  constructor(record: UserRecord, onSettled: (isDelivered: boolean) => void) {
    super();
    this.record = record;
    this.#onSettled = onSettled;
  }

  deliver(results: Results, index: number): void {
    this.outcome = { record: this.record, result: results.make(index) };
    this.#onSettled(true);
  }

  fail(error: RecordFailedError): void {
    this.outcome = { record: this.record, error };
    this.#onSettled(false);
  }
}

/** The settler of every record whose outcome is only counted. */
class Tally extends Settler {
  readonly #onSettled: (isDelivered: boolean) => void;

  constructor(onSettled: (isDelivered: boolean) => void) {
    super();
    this.#onSettled = onSettled;
  }

  deliver(): void {
    this.#onSettled(true);
  }

  fail(): void {
    this.#onSettled(false);
  }
}

type Source = Iterator<UserRecord> | AsyncIterator<UserRecord>;

/**
 * Many records, at the pace of the stream: pulled from the source one by one while there is room. Iterate it for the
 * outcomes in input order, or await it for their number. It starts without being read. A failed record is an outcome
 * and does not end it.
 */
export class PutMany<Data = Uint8Array | string>
  implements AsyncIterable<PutOutcome<Data>>, PromiseLike<PutManySummary>
{
  readonly #parts: PutManyParts;
  readonly #source: Source | undefined;
  #isAsync = false;
  readonly #slots: Ring<Slot> = new Ring();
  /** Why no more is pulled: the source has ended, or an error, which is thrown after all outcomes were read. */
  #end: { readonly error?: unknown } | undefined;
  /** A caller awaits the numbers: outcomes are counted and not kept. */
  #isCounting = false;
  readonly #counts = { delivered: 0, failed: 0, pending: 0 };
  /** Run at each change: room in the window, an outcome, the end. */
  #onChange: (() => void)[] = [];
  #waiter: { readonly leave: () => void } | undefined;
  readonly #tally: Tally = new Tally((isDelivered) => {
    this.#onSettled(isDelivered);
  });

  constructor(parts: PutManyParts) {
    this.#parts = parts;
    try {
      this.#source = this.#open(parts.records);
      this.#start(signalOf(parts.options));
    } catch (error) {
      this.#end ??= { error };
    }
  }

  #open(records: Iterable<UserRecord> | AsyncIterable<UserRecord>): Source {
    if (typeof records === "string" || ArrayBuffer.isView(records)) throw notRecords(records);
    const newAsync = (records as Partial<AsyncIterable<UserRecord>> | null | undefined)?.[Symbol.asyncIterator];
    this.#isAsync = typeof newAsync === "function";
    if (typeof newAsync === "function") return newAsync.call(records);
    const newIterator = (records as Partial<Iterable<UserRecord>> | null | undefined)?.[Symbol.iterator];
    if (typeof newIterator === "function") return newIterator.call(records);
    throw notRecords(records);
  }

  #start(signal: AbortSignal | undefined): void {
    const onAbort = (): void => {
      const cause = signal === undefined ? undefined : reasonOf(signal);
      this.#stop(new ProducerError("KP_ABORTED", "putMany() was aborted by its signal", { cause }));
    };
    const stopListeningToSignal = listenTo(signal, onAbort);
    if (signal?.aborted === true) onAbort();
    const stopListening = this.#parts.intake.onClose(() => {
      this.#stop(new ProducerError("KP_CLOSED", "the producer was closed before all records were taken"));
    });
    void this.#pull().finally(() => {
      stopListening();
      stopListeningToSignal();
    });
  }

  /**
   * The outcomes in input order. Leaving the loop early stops the pulling; records already taken are still delivered.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<PutOutcome<Data>, void, undefined> {
    try {
      for (;;) {
        const slot = this.#slots.peek();
        if (slot?.outcome !== undefined) {
          this.#slots.shift();
          this.#changed();
          yield slot.outcome as PutOutcome<Data>;
        } else if (slot === undefined && this.#end !== undefined) {
          if ("error" in this.#end) throw this.#end.error;
          return;
        } else await this.#nextChange();
      }
    } finally {
      this.#stop();
    }
  }

  /** Waits for every record; rejects with the error that ended it early. */
  // biome-ignore lint/suspicious/noThenProperty: the contract asks for a PromiseLike: it can be awaited, or iterated
  then<T = PutManySummary, E = never>(
    onFulfilled?: ((summary: PutManySummary) => T | PromiseLike<T>) | null,
    onRejected?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<T | E> {
    return this.#summary().then(onFulfilled, onRejected);
  }

  async #summary(): Promise<PutManySummary> {
    this.#isCounting = true;
    while (this.#slots.shift() !== undefined);
    this.#changed();
    while (this.#end === undefined || this.#counts.pending > 0) await this.#nextChange();
    if ("error" in this.#end) throw this.#end.error;
    const { delivered, failed } = this.#counts;
    return { delivered, failed };
  }

  /** Stops pulling for good: with an error for the reader, or because the reader has left. */
  #stop(error?: ProducerError): void {
    if (this.#end !== undefined) return;
    this.#end = error === undefined ? {} : { error };
    this.#waiter?.leave();
    // The source may hold a file or a cursor open. return() throws if the source is running now, or has a bug.
    const letGo = async (): Promise<unknown> => this.#source?.return?.();
    void letGo().catch(() => undefined);
    this.#changed();
  }

  async #pull(): Promise<void> {
    let burst = 0;
    try {
      while (this.#end === undefined) {
        if (!this.#isCounting && this.#slots.length >= WINDOW) {
          await this.#nextChange();
          continue;
        }
        const pulled = (this.#source as Source).next();
        const next = this.#isAsync ? await pulled : (pulled as IteratorResult<UserRecord>);
        if (next.done === true) {
          this.#end ??= {};
          break;
        }
        const settler = this.#settlerOf(next.value);
        const full = this.#offer(next.value, settler);
        if (full !== undefined) await this.#takeAtTurn(next.value, settler, full);
        if (++burst % BURST === 0) await this.#turn();
      }
    } catch (error) {
      this.#end ??= { error };
    }
    this.#changed();
  }

  #settlerOf(record: UserRecord): Settler {
    this.#counts.pending++;
    if (this.#isCounting) return this.#tally;
    const slot = new Slot(record, this.#onSettled);
    this.#slots.push(slot);
    return slot;
  }

  /**
   * Hands a record over, nearly always without a promise: the record is accepted, or refused for good. If the stream is
   * full, returns the stream.
   */
  #offer(record: UserRecord, settler: Settler): Stream | undefined {
    try {
      const offered = this.#parts.intake.offer(record, settler);
      return offered === "accepted" ? undefined : offered;
    } catch (error) {
      settler.fail(error as RecordFailedError);
      return undefined;
    }
  }

  /** Hands over, at its turn, a record for which there was no room. */
  async #takeAtTurn(record: UserRecord, settler: Settler, stream: Stream): Promise<void> {
    try {
      for (let full: Stream | undefined = stream; full !== undefined; full = this.#offer(record, settler))
        await this.#room(full.admission);
    } catch (error) {
      settler.fail(this.#refusal(record, error as ProducerError));
    }
  }

  /** Waits for room, in the stream's queue. */
  #room(admission: Admission): Promise<void> {
    return new Promise((resolve, reject) => {
      const ended = (): void => {
        this.#waiter = undefined;
        reject(
          (this.#end as { readonly error?: unknown } | undefined)?.error ??
            new ProducerError("KP_ABORTED", "the loop over the outcomes was left"),
        );
      };
      const waiter: Waiter = admission.waitForRoom(() => {
        this.#waiter = undefined;
        resolve();
      }, ended);
      this.#waiter = {
        leave: () => {
          admission.leave(waiter);
          ended();
        },
      };
    });
  }

  /** The failure of the record that waited for room at the end: it was never accepted. */
  #refusal(record: UserRecord, ended: ProducerError): RecordFailedError {
    const code = ended.code === "KP_ABORTED" ? "KP_ABORTED" : "KP_CLOSED";
    const { message } = ended;
    return this.#parts.intake.turnedAway(new RecordFailedError({ code, message, record, cause: ended }));
  }

  readonly #onSettled = (isDelivered: boolean): void => {
    this.#counts.pending--;
    if (isDelivered) this.#counts.delivered++;
    else this.#counts.failed++;
    this.#changed();
  };

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#parts.clock.defer(resolve);
    });
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => {
      this.#onChange.push(resolve);
    });
  }

  #changed(): void {
    if (this.#onChange.length === 0) return;
    const waiting = this.#onChange;
    this.#onChange = [];
    for (const resolve of waiting) resolve();
  }
}

/** The error for a source that is none. A text and bytes can be iterated too, but their parts are no records. */
function notRecords(given: unknown): InvalidOptionError {
  const isRecord = typeof given === "object" && given !== null && ("data" in given || "partitionKey" in given);
  const got = isRecord ? "one record: call put() for it, or putMany([record])" : show(given);
  return new InvalidOptionError("records", `records must be an iterable or an async iterable of records, got ${got}`);
}
