import { type DeaggregatedRecord, type DeaggregateOptions, deaggregate } from "../deaggregate/index.js";
import type { TransformEvent, TransformedRecord, TransformResponse } from "./lambda-events.js";
import { tellFailure } from "./tell-failure.js";

/** What becomes of one record: its new data, or undefined to leave it out. */
export type Transform = (
  record: DeaggregatedRecord,
) => Uint8Array | string | undefined | Promise<Uint8Array | string | undefined>;

/** Options of {@link firehoseTransform}. */
export interface FirehoseTransformOptions extends Pick<DeaggregateOptions, "verifyChecksum" | "onDropped"> {
  /**
   * What stands between the results of an aggregate's user records in the data of its one record id.
   * @defaultValue nothing
   */
  readonly delimiter?: string;
  /** Hears of every failure; `console.error` when absent. */
  readonly onError?: (error: unknown, record: DeaggregatedRecord) => void;
}

/**
 * A handler for Firehose data transformations and Kinesis Data Analytics pre-processing: one result for each record id.
 * Firehose has opened aggregates of a stream before it calls its function, so it is one record in, one out; where an
 * aggregate does arrive, the results of its user records are joined in the data of its record id, and one that fails
 * fails them all, for Firehose knows no part of a record.
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
  const delimiter = Buffer.from(options.delimiter ?? "");
  const parts: Uint8Array[] = [];
  // What is told of when the envelope itself cannot be read.
  let at: DeaggregatedRecord = { data: new Uint8Array(), subSequenceNumber: 0, aggregated: false };
  try {
    for (const record of deaggregate(incoming, options)) {
      at = record;
      const part = bytesOf(await transform(record));
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
 * A copy of what a transform returned: it may use its buffer again.
 *
 * @throws TypeError for what it must not return, so that its record fails, and no other
 */
function bytesOf(result: unknown): Uint8Array | undefined {
  if (result === undefined) return undefined;
  if (typeof result === "string" || result instanceof Uint8Array) return Buffer.from(result);
  const got = result === null ? "null" : typeof result;
  throw new TypeError(`the transform must return a Uint8Array, a string or undefined, got ${got}`);
}
