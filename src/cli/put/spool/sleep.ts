import { setTimeout as timer } from "node:timers/promises";

/** Longest delay of a timer; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A signal that does not come. */
export const NEVER: AbortSignal = new AbortController().signal;

/** Resolves after this time, or at the signal. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  // An aborted timer rejects.
  await timer(Math.min(ms, MAX_TIMER_MS), undefined, { signal }).catch(() => {});
}

/**
 * Waits for work, at most for this time, and at most until the signal.
 *
 * @returns the result; undefined when the time was over before
 */
export async function within<Result>(
  work: Promise<Result>,
  ms: number,
  signal: AbortSignal,
): Promise<Result | undefined> {
  // A timer that is left would keep the process alive.
  const over = new AbortController();
  const end = (): void => over.abort();
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  try {
    return await Promise.race([work, sleep(ms, over.signal).then(() => undefined)]);
  } finally {
    signal.removeEventListener("abort", end);
    end();
  }
}

/**
 * Waits for work; from the signal on, at most for this time.
 *
 * @returns the result; undefined when the time was over before
 */
export async function withinAfter<Result>(
  work: Promise<Result>,
  ms: number,
  signal: AbortSignal,
  sleeping: typeof sleep = sleep,
): Promise<Result | undefined> {
  const over = new AbortController();
  let onAbort = (): void => {};
  const late = new Promise<undefined>((resolve) => {
    onAbort = () => void sleeping(ms, over.signal).then(() => resolve(undefined));
  });
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, late]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    over.abort();
  }
}
