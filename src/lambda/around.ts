import type { DeaggregatedRecord } from "../deaggregate/index.js";
import type { KinesisEventRecord } from "./lambda-events.js";

/**
 * Runs the handling of one user record within code of the application, which calls `run` once: for a trace, a
 * transaction, a log context.
 *
 * @param run - handles the record; its result is that of the handler
 * @param parent - the Kinesis record in the event
 */
export type RecordWrapper = (
  run: () => Promise<unknown>,
  record: DeaggregatedRecord,
  parent: KinesisEventRecord,
) => unknown;

/**
 * Handles a record within a wrapper. The record is handled only if both the handler and the wrapper succeed. So a
 * wrapper that forgets to call the handler, or hides its failure, loses no record.
 */
export async function runWithin(
  wrapper: RecordWrapper,
  handle: () => unknown,
  record: DeaggregatedRecord,
  parent: KinesisEventRecord,
): Promise<void> {
  let handled: Promise<unknown> | undefined;
  const run = (): Promise<unknown> => {
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
  await handled;
}

async function callAsync(handle: () => unknown): Promise<unknown> {
  return handle();
}

function ignore(): void {
  // The failure of the wrapper is reported; usually it is the same.
}
