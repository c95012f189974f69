import type { Clock } from "../core/ports.js";

/** Timers, as far as this folder needs them. */
export type DeliveryClock = Pick<Clock, "now" | "epochNow" | "setTimer">;

/** A pause, and a way to end it early. */
export interface Pause {
  readonly over: Promise<void>;
  /** Ends the pause now. */
  end(): void;
}

/** Waits this long, or until the end. */
export function pause(clock: DeliveryClock, ms: number, ended: AbortSignal): Pause {
  let end = (): void => {};
  const over = new Promise<void>((resolve) => {
    const timer = clock.setTimer(ms, () => end());
    end = () => {
      timer.cancel();
      ended.removeEventListener("abort", end);
      resolve();
    };
    if (ended.aborted) end();
    else ended.addEventListener("abort", end, { once: true });
  });
  return { over, end };
}

/** A call took longer than it may. */
export class TooLateError extends Error {
  override readonly name = "TimeoutError";
}

/**
 * Waits for a call, at most this long, and not beyond the end. The call gets a signal that is aborted then.
 *
 * @param what - subject of the error's message
 * @param ended - its reason is the rejection at the end
 * @returns rejects with a TooLateError at the limit
 */
export async function within<Result>(
  call: (signal: AbortSignal) => Result | PromiseLike<Result>,
  { what, limitMs, clock, ended }: { what: string; limitMs: number; clock: DeliveryClock; ended: AbortSignal },
): Promise<Result> {
  ended.throwIfAborted();
  const aborter = new AbortController();
  let stop: (reason: unknown) => void = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = (reason) => {
      reject(reason);
      aborter.abort(reason);
    };
  });
  const timer = clock.setTimer(limitMs, () => stop(new TooLateError(`${what} took longer than ${limitMs} ms`)));
  const onEnd = (): void => stop(ended.reason);
  ended.addEventListener("abort", onEnd, { once: true });
  try {
    return await Promise.race([(async () => call(aborter.signal))(), stopped]);
  } finally {
    timer.cancel();
    ended.removeEventListener("abort", onEnd);
  }
}
