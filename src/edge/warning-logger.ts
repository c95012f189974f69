import type { LogEntry, LogEvent, LogLevel } from "../core/ports.js";

/** A warning of Node: on stderr, unless the process listens for warnings. */
export function emitWarning(message: string): void {
  process.emitWarning(message, "KinesisProducerWarning");
}

/** Streams of one event that have their own warning. */
const MOST_STREAMS = 10;

/**
 * Writes lines as warnings of the process: one for each event and stream. Of an event that concerns more than ten
 * streams, such as an outage, the warnings of the others are left out.
 */
export class WarningLogger {
  readonly #warned: Map<LogEvent, Set<string>> = new Map();

  /** Writes the line, if it is a warning or an error, and the first of its kind. */
  log({ level, fields, message }: LogEntry): void {
    if (isWarning(level)) this.#warnOnce({ level, fields, message });
  }

  /** Writes a line of any level that the caller's logger did not take, if it is the first of its kind. */
  logFailed({ level, fields, message }: LogEntry, why: string): void {
    this.#warnOnce({ level, fields, message: `${message} (logger.${level} failed: ${why})` });
  }

  #warnOnce({ fields, message }: LogEntry): void {
    const { event, streamName } = fields;
    const streams = this.#warned.get(event) ?? new Set();
    this.#warned.set(event, streams);
    const key = streamName ?? "";
    if (streams.has(key) || streams.size > MOST_STREAMS) return;
    streams.add(key);
    if (streams.size > MOST_STREAMS) emitWarning(`${event}: further streams are left out; set the option logger`);
    else emitWarning(streamName === undefined ? message : `${streamName}: ${message}`);
  }
}

function isWarning(level: LogLevel): boolean {
  return level === "warn" || level === "error";
}
