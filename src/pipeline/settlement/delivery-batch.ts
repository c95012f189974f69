import type { RecordFailedError } from "../../errors.js";
import type { PutResult } from "../../record.js";

/** The outcome of one enqueued record, with its context. */
export type DeliveryOutcome<Context = unknown> =
  | { readonly context: Context; readonly result: PutResult; readonly error?: undefined }
  | { readonly context: Context; readonly error: RecordFailedError; readonly result?: undefined };

/** Outcomes that became known together. Can be iterated repeatedly; outcomes are created during the iteration. */
export interface DeliveryBatch<Context = unknown> extends Iterable<DeliveryOutcome<Context>> {
  readonly length: number;
}
