/** Tells of a failure that would otherwise be seen nowhere: Lambda does not log what is reported to it. */
export function logFailure(what: string, error: unknown): void {
  // biome-ignore lint/suspicious/noConsole: in a Lambda function the console is the log
  console.error(`${what} failed:`, error);
}
