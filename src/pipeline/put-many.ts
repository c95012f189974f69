import type { Clock } from "../core/ports.js";
import { Ring } from "../core/ring.js";
import { ProducerError, RecordFailedError } from "../errors.js";
import type { PutResult, UserRecord } from "../record.js";
import type { Waiter } from "./admission.js";
import type { Intake } from "./intake.js";
import { type Results, Settler } from "./settler.js";

/** What became of one record of a `putMany`. */
export type PutOutcome =
  | { readonly record: UserRecord; readonly result: PutResult; readonly error?: undefined }
  | { readonly record: UserRecord; readonly error: RecordFailedError; readonly result?: undefined };

/** How many records of a `putMany` were delivered, and how many failed. */
export interface PutManySummary {
  readonly delivered: number;
  readonly failed: number;
}

export interface PutManyParts {
  readonly records: Iterable<UserRecord> | AsyncIterable<UserRecord>;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** Outcomes nobody has read yet; beyond it no more records are pulled. */
const WINDOW = 10_000;
/** Records taken from a source without a pause before sockets and timers get their turn. */
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

/** Stands for every record whose outcome is only counted. */
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
 * Many records, at the pace of the stream: pulled from the source one by one as there is room. Iterate it for the outcomes,
 * in input order, or await it for their number; it starts by itself. A failed record is an outcome, not an end.
 */
export class PutMany implements AsyncIterable<PutOutcome>, PromiseLike<PutManySummary> {
  readonly #parts: PutManyParts;
  readonly #source: Source;
  readonly #isAsync: boolean;
  readonly #slots: Ring<Slot> = new Ring();
  /** Why no more is pulled: the source's end, or what is thrown once everything taken has been read. */
  #end: { readonly error?: unknown } | undefined;
  /** Somebody awaits the numbers: outcomes are counted and not kept. */
  #isCounting = false;
  readonly #counts = { delivered: 0, failed: 0, pending: 0 };
  /** Runs when anything changed: room in the window, an outcome, the end. */
  #onChange: (() => void)[] = [];
  #waiter: { readonly leave: () => void } | undefined;
  readonly #tally: Tally = new Tally((isDelivered) => {
    this.#onSettled(isDelivered);
  });

  constructor(parts: PutManyParts) {
    this.#parts = parts;
    const { records, signal, intake } = parts;
    this.#isAsync = Symbol.asyncIterator in records;
    this.#source = Symbol.asyncIterator in records ? records[Symbol.asyncIterator]() : records[Symbol.iterator]();
    const stopListening = intake.onClose(() => {
      this.#stop(new ProducerError("KP_CLOSED", "the producer was closed before all records were taken"));
    });
    const onAbort = (): void => {
      this.#stop(new ProducerError("KP_ABORTED", "the caller's signal ended putMany", { cause: signal?.reason }));
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    void this.#pull().finally(() => {
      stopListening();
      signal?.removeEventListener("abort", onAbort);
    });
  }

  /** The outcomes in input order. Leaving the loop early stops the pulling; what was taken goes on. */
  async *[Symbol.asyncIterator](): AsyncGenerator<PutOutcome, void, undefined> {
    try {
      for (;;) {
        const slot = this.#slots.peek();
        if (slot?.outcome !== undefined) {
          this.#slots.shift();
          this.#changed();
          yield slot.outcome;
        } else if (slot === undefined && this.#end !== undefined) {
          if ("error" in this.#end) throw this.#end.error;
          return;
        } else await this.#nextChange();
      }
    } finally {
      this.#stop();
    }
  }

  /** Waits for every record; rejects with what ended it early. */
  // biome-ignore lint/suspicious/noThenProperty: a PromiseLike is what the contract asks for: it can be awaited, or iterated
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

  /** Stops pulling: for good, with an error that the reader is to see, or because the reader has left. */
  #stop(error?: ProducerError): void {
    if (this.#end !== undefined) return;
    this.#end = error === undefined ? {} : { error };
    this.#waiter?.leave();
    // The source may hold a file or a cursor open. One that is running right now, or has a bug, throws.
    const letGo = async (): Promise<unknown> => this.#source.return?.();
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
        const pulled = this.#source.next();
        const next = this.#isAsync ? await pulled : (pulled as IteratorResult<UserRecord>);
        if (next.done === true) {
          this.#end ??= {};
          break;
        }
        const settler = this.#settlerOf(next.value);
        if (!this.#hasTaken(next.value, settler)) await this.#takeAtTurn(next.value, settler);
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

  /** Whether the record is out of our hands: it was accepted, or refused for good. Without a promise, as nearly always. */
  #hasTaken(record: UserRecord, settler: Settler): boolean {
    try {
      return this.#parts.intake.offer(record, settler) === "accepted";
    } catch (error) {
      settler.fail(error instanceof RecordFailedError ? error : this.#refusal(record, error));
      return true;
    }
  }

  /** Hands over a record for which there was no room, at its turn. */
  async #takeAtTurn(record: UserRecord, settler: Settler): Promise<void> {
    try {
      do await this.#room(record);
      while (!this.#hasTaken(record, settler));
    } catch (error) {
      settler.fail(this.#refusal(record, error));
    }
  }

  /** Waits for room, in the stream's queue. */
  #room(record: UserRecord): Promise<void> {
    const { admission } = this.#parts.intake.streamOf(record.streamName) ?? {};
    if (admission === undefined) return Promise.resolve();
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

  /** The record that was in hand when the waiting ended: it was never accepted. */
  #refusal(record: UserRecord, error: unknown): RecordFailedError {
    const code = error instanceof ProducerError && error.code === "KP_ABORTED" ? "KP_ABORTED" : "KP_CLOSED";
    const message = error instanceof Error ? error.message : String(error);
    return this.#parts.intake.refused(new RecordFailedError({ code, message, record, cause: error }));
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
