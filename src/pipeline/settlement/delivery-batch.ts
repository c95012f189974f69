import type { RecordFailedError } from "../../errors.js";
import type { PutResult } from "../../record.js";

/** The outcome of one enqueued record, with its context; undefined if `enqueue` got none. */
export type DeliveryOutcome<Context = unknown> =
  | { readonly context: Context | undefined; readonly result: PutResult; readonly error?: undefined }
  | { readonly context: Context | undefined; readonly error: RecordFailedError; readonly result?: undefined };

/** Outcomes that became known together. Can be iterated repeatedly; outcomes are created during the iteration. */
export interface DeliveryBatch<Context = unknown> extends Iterable<DeliveryOutcome<Context>> {
  readonly length: number;
}
