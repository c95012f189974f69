import { writeSync } from "node:fs";

/** Warns about one producer, if there is a reason. */
type Warn = () => void;

const open: Set<Warn> = new Set();

function warnAll(): void {
  for (const warn of open) warn();
  open.clear();
}

/**
 * Calls `warn` when the event loop is empty and the process is about to end, unless the returned function was called
 * before. One listener serves all producers of the process; without a producer there is no listener.
 */
export function warnBeforeExit(warn: Warn): () => void {
  if (open.size === 0) process.once("beforeExit", warnAll);
  open.add(warn);
  return () => {
    if (open.delete(warn) && open.size === 0) process.off("beforeExit", warnAll);
  };
}

/** Number of records of one producer that were accepted, or wait for room, and are not settled. */
type CountUnsettled = () => number;

const unclosed: Set<CountUnsettled> = new Set();

const STANDARD_ERROR = 2;

/** The process ends now, and nothing asynchronous runs any more: the line is written at once. */
function tellLost(): void {
  let records = 0;
  for (const unsettled of unclosed) records += unsettled();
  if (records === 0) return;
  const lost = records === 1 ? "1 record that was" : `${records} records that were`;
  try {
    writeSync(
      STANDARD_ERROR,
      `kinesis-producer: the process ended with ${lost} not settled: await close() before process.exit()\n`,
    );
  } catch {
    // The standard error is closed or full.
  }
}

/**
 * When the process ends, by `process.exit()` or an uncaught exception, one line on the standard error has the number of
 * all unsettled records, unless the returned function was called before. One listener serves all producers of the
 * process; without a producer there is no listener.
 */
export function tellLostAtExit(unsettled: CountUnsettled): () => void {
  if (unclosed.size === 0) process.on("exit", tellLost);
  unclosed.add(unsettled);
  return () => {
    if (unclosed.delete(unsettled) && unclosed.size === 0) process.off("exit", tellLost);
  };
}
