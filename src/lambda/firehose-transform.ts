import { checkFunction, checkOptionsObject } from "../base-errors.js";
import { type DeaggregatedRecord, type DeaggregateOptions, deaggregate } from "../deaggregate/index.js";
import { checkAround, type RecordWrapper, runWithin } from "./around.js";
import type { TransformEvent, TransformedRecord, TransformResponse } from "./lambda-events.js";
import { tellFailure } from "./tell-failure.js";

/** Makes the new data of one record; undefined drops the record. */
export type Transform = (
  record: DeaggregatedRecord,
) => Uint8Array | string | undefined | Promise<Uint8Array | string | undefined>;

/** Options of {@link firehoseTransform}. */
export interface FirehoseTransformOptions extends Omit<DeaggregateOptions, "shardRange"> {
  /**
   * Separates the results of an aggregate's user records, which share the data of one record id.
   * @defaultValue nothing
   */
  readonly delimiter?: string;
  /**
   * Runs the transform of each record within your code, which calls its first argument once: `otelProcessing()` of
   * `kinesis-producer/otel` for a span. If it throws, rejects, or does not call its argument, the record has failed. Its
   * result does not matter: the data are those of the transform.
   */
  readonly around?: RecordWrapper<TransformEvent["records"][number]>;
  /** Called for every failure; `console.error` when absent. */
  readonly onError?: (error: unknown, record: DeaggregatedRecord) => void;
}

/**
 * A handler for Firehose data transformations and Kinesis Data Analytics pre-processing: one result for each record id.
 * Firehose opens the aggregates of a stream before it calls its function, so normally one record comes in and one goes
 * out. If an aggregate does arrive, the results of its user records are joined in the data of its record id. If one of
 * them fails, all of them fail, because Firehose knows no part of a record.
 *
 * @throws InvalidOptionError for a bad option
 *
 * @example
 * ```ts
 * export const handler = firehoseTransform(({ data }) => {
 *   const event = JSON.parse(Buffer.from(data).toString());
 *   return event.isTest ? undefined : `${JSON.stringify(event)}\n`;
 * });
 * ```
 */
export function firehoseTransform(
  transform: Transform,
  options: FirehoseTransformOptions = {},
): (event: TransformEvent) => Promise<TransformResponse> {
  checkFunction(transform, "transform");
  checkOptionsObject(options, "firehoseTransform");
  checkAround(options.around);
  return async ({ records }) => {
    const results: TransformedRecord[] = [];
    for (const record of records) results.push(await transformOne(record, transform, options));
    return { records: results };
  };
}

async function transformOne(
  incoming: TransformEvent["records"][number],
  transform: Transform,
  options: FirehoseTransformOptions,
): Promise<TransformedRecord> {
  const { recordId, data } = incoming;
  const { around } = options;
  const delimiter = Buffer.from(options.delimiter ?? "");
  const parts: Uint8Array[] = [];
  // Passed to `onError` when the envelope itself cannot be read.
  let at: DeaggregatedRecord = { data: new Uint8Array(), subSequenceNumber: 0, aggregated: false };
  try {
    for (const record of deaggregate(incoming, options)) {
      at = record;
      const result =
        around === undefined ? transform(record) : runWithin(around, () => transform(record), record, incoming);
      const part = bytesOf(await result);
      if (part === undefined) continue;
      if (parts.length > 0) parts.push(delimiter);
      parts.push(part);
    }
  } catch (error) {
    tellFailure(`record ${recordId}`, error, options.onError && ((reason) => options.onError?.(reason, at)));
    return { recordId, result: "ProcessingFailed", data };
  }
  if (parts.length === 0) return { recordId, result: "Dropped", data };
  return { recordId, result: "Ok", data: Buffer.concat(parts).toString("base64") };
}

/**
 * Copies the result of a transform, which may reuse its buffer.
 *
 * @throws TypeError for a result of another type; then only the record in question fails
 */
function bytesOf(result: unknown): Uint8Array | undefined {
  if (result === undefined) return undefined;
  if (typeof result === "string" || result instanceof Uint8Array) return Buffer.from(result);
  const got = result === null ? "null" : typeof result;
  throw new TypeError(`the transform must return a Uint8Array, a string or undefined, got ${got}`);
}
