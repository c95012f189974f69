import type { Log, LogEntry, LogFunction, Logger } from "../core/ports.js";
import { guarded, textOf } from "./guarded.js";
import { WarningLogger } from "./warning-logger.js";

/**
 * The log of one producer: the caller's logger, or else warnings of the process. It never throws: a line on which the
 * caller's logger fails becomes a warning of the process, with the failure.
 */
export function newLog(logger: Logger | LogFunction | undefined): Log {
  const warnings = new WarningLogger();
  if (logger === undefined) return (entry) => warnings.log(entry);
  return (entry) => {
    guarded(
      () => call(logger, entry),
      (error) => warnings.logFailed(entry, textOf(error)),
    );
  };
}

/** Returns the logger's result: the promise of an async function may reject. */
function call(logger: Logger | LogFunction, { level, fields, message }: LogEntry): unknown {
  if (typeof logger === "function") return logger(level, fields, message);
  if (level === "error" && logger.error === undefined) return logger.warn(fields, message);
  return logger[level]?.(fields, message);
}
