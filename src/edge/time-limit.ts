import type { Clock, TimerHandle } from "../core/ports.js";

/** A request of the SDK that a signal can abort. */
export type Limited<T> = (options: { readonly abortSignal?: AbortSignal }) => Promise<T>;

/** Runs requests with a time limit. */
export type TimeLimit = <T>(run: Limited<T>) => Promise<T>;

/** How often the SDK's client tries a request by default. */
const TRIES_OF_A_CLIENT = 3;

/**
 * Time limits by the producer's clock, which does not count the time in which the process stood still. The SDK's
 * handler counts it: after a standstill it times out a request although the answer has arrived.
 *
 * @returns rejects with a `TimeoutError` and ends the request when its time has passed
 */
export function timeLimit(clock: Clock, limitMs: number): TimeLimit {
  return limited(clock, limitMs, `requestTimeoutMs (${limitMs} ms)`);
}

/**
 * The same for PutRecords by a client that the caller passed: with time for the client's retries. The client's own time
 * limits, if it has any, end a try sooner.
 */
export function clientTimeLimit(clock: Clock, requestTimeoutMs: number): TimeLimit {
  const limitMs = requestTimeoutMs * TRIES_OF_A_CLIENT;
  return limited(
    clock,
    limitMs,
    `${TRIES_OF_A_CLIENT} × requestTimeoutMs (${limitMs} ms), including the client's retries`,
  );
}

function limited(clock: Clock, limitMs: number, limit: string): TimeLimit {
  return async (run) => {
    const controller = new AbortController();
    let timer: TimerHandle | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = clock.setTimer(limitMs, () => {
        const error = timeoutError(limit);
        // Abort before reject: the exchange that the abort ends notes on the error how far it had come.
        controller.abort(error);
        reject(error);
      });
    });
    try {
      // `run` may throw before there is a request, when the client is closed: the timer must be cancelled then too.
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
