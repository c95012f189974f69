import type { Logger } from "../core/ports.js";
import { warningLogger } from "./warning-logger.js";

/**
 * Calls a function of the caller. If the function throws, or rejects as an async function, `onFailure` gets the error:
 * a fault of the caller's code must not stop the producer.
 */
export function guarded(call: () => unknown, onFailure: (error: unknown) => void): void {
  try {
    const result = call();
    if (isThenable(result)) Promise.resolve(result).then(undefined, onFailure);
  } catch (error) {
    onFailure(error);
  }
}

/**
 * A logger that never throws: if the caller's logger fails, the message and the failure become a warning of the
 * process.
 */
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

/** A thrown value as a text; its type, when the value cannot be made a text. */
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
