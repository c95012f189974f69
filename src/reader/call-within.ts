/** A call of the client, as far as its end is concerned. */
export type SentCall<Answer> = (options: { readonly abortSignal: AbortSignal }) => Promise<Answer>;

/**
 * Waits for a call, at most this long and not beyond the end of the reading. The client's own default has no limit, and a
 * client need not heed the signal: the call is left behind then.
 *
 * @param ended - aborted at the end of the reading
 * @returns rejects with a `TimeoutError` at the limit, and with the reason of the end
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
