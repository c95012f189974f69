import type { RecordFailedError } from "../../errors.js";
import type { PutResult } from "../../record.js";

/** The outcome of one record that was enqueued, with the context that was handed over with it. */
export type DeliveryOutcome<Context = unknown> =
  | { readonly context: Context; readonly result: PutResult; readonly error?: undefined }
  | { readonly context: Context; readonly error: RecordFailedError; readonly result?: undefined };

/** Outcomes that became known together. Iterable, as often as wanted; the outcomes are made while iterating. */
export interface DeliveryBatch<Context = unknown> extends Iterable<DeliveryOutcome<Context>> {
  readonly length: number;
}
