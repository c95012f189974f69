import process from "node:process";

/** Runs code, and the ticks after it; returns the uncaught exceptions of this time, which then harm no test. */
export async function uncaughtDuring(run: () => Promise<void>): Promise<unknown[]> {
  const others = process.listeners("uncaughtException");
  const caught: unknown[] = [];
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => void caught.push(error));
  try {
    await run();
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.removeAllListeners("uncaughtException");
    for (const listener of others) process.on("uncaughtException", listener);
  }
  return caught;
}
