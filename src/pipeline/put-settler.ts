import type { RecordFailedError } from "../errors.js";
import type { PutResult } from "../record.js";

/** Who waits for one record that was `put`: the promise's two ends, and the caller's wish to end it. */
export class PutSettler {
  readonly resolve: (result: PutResult) => void;
  readonly reject: (error: RecordFailedError) => void;
  /** The reason, once the caller's signal has fired; the record is ended when it is next neither in flight nor being judged. */
  abortReason: unknown = undefined;
  isAborted = false;
  /** Takes the listener off the caller's signal. */
  release: (() => void) | undefined = undefined;

  constructor(resolve: (result: PutResult) => void, reject: (error: RecordFailedError) => void) {
    this.resolve = resolve;
    this.reject = reject;
  }
}
