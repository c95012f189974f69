import { amount, span } from "../../wording/amounts.js";
import type { Log, LogEntry, LogEvent } from "../ports.js";

/** Lines of one event that may be written at once. */
const AT_ONCE = 6;
/** One more line of an event may be written after this time. */
const ONE_MORE_MS = 60_000;
/** A summary of the lines that were left out is written this long after the first of them. */
const SUMMARY_MS = 60_000;

interface Allowance {
  lines: number;
  at: number;
}

/**
 * Limits the lines of one stream: of each event six at once, and then one a minute. A summary says how many were left
 * out, at most once a minute, so an hour of flapping gives a bounded number of lines.
 */
export class LineLimit {
  readonly #log: Log;
  readonly #streamName: string;
  readonly #allowances: Map<LogEvent, Allowance> = new Map();
  readonly #leftOut: Map<LogEvent, number> = new Map();
  #leftOutSince = 0;

  constructor(log: Log, streamName: string) {
    this.#log = log;
    this.#streamName = streamName;
  }

  /** When the summary is due; Infinity if no line was left out. */
  get nextAt(): number {
    return this.#leftOut.size === 0 ? Number.POSITIVE_INFINITY : this.#leftOutSince + SUMMARY_MS;
  }

  /** Writes the line, or counts it as left out. */
  tell({ level, fields, message }: LogEntry, now: number): void {
    const { event } = fields;
    if (this.#mayTell(event, now)) {
      const { event: _, ...others } = fields;
      this.#log({ level, fields: { event, streamName: this.#streamName, ...others }, message });
      return;
    }
    if (this.#leftOut.size === 0) this.#leftOutSince = now;
    this.#leftOut.set(event, (this.#leftOut.get(event) ?? 0) + 1);
  }

  #mayTell(event: LogEvent, now: number): boolean {
    const allowance = this.#allowances.get(event) ?? { lines: AT_ONCE, at: now };
    const earned = Math.floor((now - allowance.at) / ONE_MORE_MS);
    const lines = Math.min(AT_ONCE, allowance.lines + earned);
    const at = lines === AT_ONCE ? now : allowance.at + earned * ONE_MORE_MS;
    this.#allowances.set(event, { lines: Math.max(0, lines - 1), at });
    return lines > 0;
  }

  /**
   * Writes the summary of the lines that were left out, if there are any.
   *
   * @param state - the state of the stream: the last line that was written may be out of date
   */
  summarize(state: string, now: number): void {
    if (this.#leftOut.size === 0) return;
    let lines = 0;
    for (const count of this.#leftOut.values()) lines += count;
    const parts = [...this.#leftOut].map(([event, count]) => `${count} ${event}`).join(", ");
    const within = span(now - this.#leftOutSince);
    this.#leftOut.clear();
    const were = lines === 1 ? "was" : "were";
    this.#log({
      level: "info",
      fields: { event: "lines-left-out", streamName: this.#streamName, lines },
      message: `${amount(lines, "line")} ${were} left out in ${within} (${parts}); the stream ${state} now`,
    });
  }
}
