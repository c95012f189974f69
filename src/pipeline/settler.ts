import type { RecordFailedError } from "../errors.js";
import type { PutResult } from "../record.js";

/** Makes the result of the user record at a place of its Kinesis record, for those who want one. */
export interface Results {
  make(index: number): PutResult;
}

/**
 * Somebody of ours who waits for the outcome of one record. Whatever else stands in a settler's place is the context of an
 * enqueued record.
 */
export abstract class Settler {
  /** Kinesis has the record. */
  abstract deliver(results: Results, index: number): void;
  /** The record has failed. */
  abstract fail(error: RecordFailedError): void;
}

type Resolve = (result: PutResult | Promise<never>) => void;

let captured: Resolve | undefined;

/** One for all promises: a closure for each would cost as much as the promise (`npm run bench -- settler`). */
function capture(resolve: Resolve): void {
  captured = resolve;
}

/** Waits for one record that was `put`. */
export class PutSettler extends Settler {
  readonly promise: Promise<PutResult> = new Promise<PutResult>(capture);
  readonly #resolve: Resolve = captured as Resolve;

  deliver(results: Results, index: number): void {
    this.#resolve(results.make(index));
  }

  fail(error: RecordFailedError): void {
    // The function that rejects is not kept: few promises need it, and each would hold it until its record is settled.
    this.#resolve(Promise.reject(error));
  }
}

/** The same for a caller who may end the record by a signal. */
export class AbortableSettler extends PutSettler {
  readonly signal: AbortSignal;
  /** The signal has fired: the record is ended when it is next neither in flight nor being judged. */
  isAborted = false;
  /** Takes the listener off the signal. */
  release: (() => void) | undefined = undefined;

  constructor(signal: AbortSignal) {
    super();
    this.signal = signal;
  }

  override deliver(results: Results, index: number): void {
    this.release?.();
    super.deliver(results, index);
  }

  override fail(error: RecordFailedError): void {
    this.release?.();
    super.fail(error);
  }
}
