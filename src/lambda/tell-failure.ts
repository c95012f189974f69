/**
 * Tells of a failure, on the console when nobody else hears of it: Lambda does not log what is reported to it. A listener
 * that throws changes nobody's fate; its own failure is logged, too.
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
