import type { Logger } from "../core/ports.js";
import { warningLogger } from "./warning-logger.js";

/**
 * Calls what the caller handed in. What it throws, or rejects with when it is an async function, must not end what called
 * it: it goes to the listener.
 */
export function guarded(call: () => unknown, onFailure: (error: unknown) => void): void {
  try {
    const result = call();
    if (isThenable(result)) Promise.resolve(result).then(undefined, onFailure);
  } catch (error) {
    onFailure(error);
  }
}

/** A logger whose failures are warnings of the process, and so are the messages that it did not take. */
export function guardedLogger(logger: Logger): Logger {
  return {
    warn(message) {
      guarded(
        () => logger.warn(message),
        (error) => warningLogger.warn(`${message} (logger.warn failed: ${textOf(error)})`),
      );
    },
  };
}

/** What was thrown, as a text; objects that have none are told by their kind. */
export function textOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return typeof error;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === "function";
}
