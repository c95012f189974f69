import type { Clock, TimerHandle } from "../core/ports.js";

/** A request of the SDK's, as far as its end is concerned. */
export type Limited<T> = (options: { readonly abortSignal?: AbortSignal }) => Promise<T>;

/** Gives requests so much time and no more. */
export type TimeLimit = <T>(run: Limited<T>) => Promise<T>;

/** How often the SDK's client tries a request, as it comes. */
const TRIES_OF_A_CLIENT = 3;

/**
 * Time limits by the producer's clock, which does not count the time in which the process stood still; the SDK's own
 * handler counts it, and on waking calls a request timed out whose answer has arrived.
 *
 * @returns rejects with a `TimeoutError` and ends the request when its time has passed
 */
export function timeLimit(clock: Clock, limitMs: number): TimeLimit {
  return limited(clock, limitMs, `requestTimeoutMs (${limitMs} ms)`);
}

/**
 * The same for PutRecords by a client that was handed in: its own tries have room. Its own time limits, where it has any, end
 * a try sooner.
 */
export function clientTimeLimit(clock: Clock, requestTimeoutMs: number): TimeLimit {
  const limitMs = requestTimeoutMs * TRIES_OF_A_CLIENT;
  return limited(clock, limitMs, `${TRIES_OF_A_CLIENT} × requestTimeoutMs (${limitMs} ms), its own tries included`);
}

function limited(clock: Clock, limitMs: number, limit: string): TimeLimit {
  return async (run) => {
    const controller = new AbortController();
    let timer: TimerHandle | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = clock.setTimer(limitMs, () => {
        const error = timeoutError(limit);
        // Before it is told: an exchange that ends by it notes on it how far it had come.
        controller.abort(error);
        reject(error);
      });
    });
    try {
      // It may throw before there is a request, when the client is closed: the timer must not outlive that either.
      return await Promise.race([run({ abortSignal: controller.signal }), late]);
    } finally {
      timer?.cancel();
    }
  };
}

function timeoutError(limit: string): Error {
  const error = new Error(`no answer within ${limit}`);
  error.name = "TimeoutError";
  return error;
}
