/**
 * Reports a failure to the listener, or to the console where there is none: Lambda does not log reported failures. An
 * error of the listener changes no result; it is logged too.
 */
export function tellFailure(what: string, error: unknown, listener: ((error: unknown) => void) | undefined): void {
  try {
    if (listener === undefined) log(what, error);
    else listener(error);
  } catch (failure) {
    log(what, error);
    log("onError", failure);
  }
}

function log(what: string, error: unknown): void {
  // biome-ignore lint/suspicious/noConsole: in a Lambda function the console is the log
  console.error(`${what} failed:`, error);
}
