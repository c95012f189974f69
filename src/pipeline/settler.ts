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

/** Waits for one record that was `put`: the promise, and the caller's wish to end it. */
export class PutSettler extends Settler {
  readonly promise: Promise<PutResult> = new Promise<PutResult>(capture);
  readonly #resolve: Resolve = captured as Resolve;
  /** The reason, once the caller's signal has fired; the record is ended when it is next neither in flight nor being judged. */
  abortReason: unknown = undefined;
  isAborted = false;
  /** Takes the listener off the caller's signal. */
  release: (() => void) | undefined = undefined;

  deliver(results: Results, index: number): void {
    this.release?.();
    this.#resolve(results.make(index));
  }

  fail(error: RecordFailedError): void {
    this.release?.();
    // The function that rejects is not kept: few promises need it, and each would hold it until its record is settled.
    this.#resolve(Promise.reject(error));
  }
}
