import { checkFunction } from "../base-errors.js";
import type { DeaggregatedRecord } from "../deaggregate/index.js";
import type { KinesisEventRecord } from "./lambda-events.js";

/**
 * Runs the handling of one user record within code of the application, which calls `run` once: for a trace, a
 * transaction, a log context.
 *
 * @param run - handles the record; its result is that of the handler
 * @param parent - the Kinesis record in the event; in a Firehose transformation, the record of the event
 */
export type RecordWrapper<Parent = KinesisEventRecord> = (
  run: () => Promise<unknown>,
  record: DeaggregatedRecord,
  parent: Parent,
) => unknown;

/** @throws InvalidOptionError when the option is not a function */
export function checkAround(around: unknown): void {
  if (around !== undefined) checkFunction(around, "around");
}

/**
 * Handles a record within a wrapper. The record is handled only if both the handler and the wrapper succeed. So a
 * wrapper that forgets to call the handler, or hides its failure, loses no record.
 *
 * @returns the result of the handler, whatever the wrapper returns
 */
export async function runWithin<Result, Parent>(
  wrapper: RecordWrapper<Parent>,
  handle: () => Result,
  record: DeaggregatedRecord,
  parent: Parent,
): Promise<Awaited<Result>> {
  let handled: Promise<Awaited<Result>> | undefined;
  const run = (): Promise<Awaited<Result>> => {
    handled ??= callAsync(handle);
    return handled;
  };
  try {
    await wrapper(run, record, parent);
  } catch (error) {
    // The handler may still run: the next record of its key must not start before its end.
    await handled?.catch(ignore);
    throw error;
  }
  if (handled === undefined) throw new Error("around() did not call run(), so the record was not handled");
  return handled;
}

async function callAsync<Result>(handle: () => Result): Promise<Awaited<Result>> {
  return await handle();
}

function ignore(): void {
  // The failure of the wrapper is reported; usually it is the same.
}
