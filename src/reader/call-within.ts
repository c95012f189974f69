/** A call of the client that a signal can abort. */
export type SentCall<Answer> = (options: { readonly abortSignal: AbortSignal }) => Promise<Answer>;

/**
 * Waits for a call, at most `limitMs` and not beyond the end of the reading. The client has no time limit by default. A
 * client may ignore the signal; then the call is abandoned.
 *
 * @param ended - aborted at the end of the reading
 * @returns rejects with a `TimeoutError` at the limit, and with the abort reason at the end of the reading
 */
export async function callWithin<Answer>(limitMs: number, ended: AbortSignal, send: SentCall<Answer>): Promise<Answer> {
  ended.throwIfAborted();
  const call = new AbortController();
  let stop: (reason: unknown) => void = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = (reason) => {
      reject(reason);
      call.abort();
    };
  });
  const onEnd = (): void => stop(ended.reason);
  const timer = setTimeout(() => stop(timeoutError(limitMs)), limitMs);
  ended.addEventListener("abort", onEnd, { once: true });
  try {
    return await Promise.race([send({ abortSignal: call.signal }), stopped]);
  } finally {
    clearTimeout(timer);
    ended.removeEventListener("abort", onEnd);
  }
}

function timeoutError(limitMs: number): Error {
  const error = new Error(`no answer within requestTimeoutMs (${limitMs} ms)`);
  error.name = "TimeoutError";
  return error;
}
