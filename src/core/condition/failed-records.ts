import { amount, messageWithoutCode, oneLine, span } from "../../wording/amounts.js";
import type { LogEntry } from "../ports.js";
import type { Cause, Moment } from "./stream-health.js";

/** Between two lines, and how long a failure counts for the health of the stream. */
const MINUTE_MS = 60_000;
/** A line may come a little late: the drain that writes it has other work too. */
const ABOUT_A_MINUTE_MS = 65_000;
/** Codes that are counted one by one. A transport of the caller may have any number of codes. */
const MOST_CODES = 50;

/** Records that failed for good: one line at once, then at most one a minute, each with the most frequent cause. */
export class FailedRecords {
  readonly #tell: (entry: LogEntry, now: number) => void;
  /** Since the last line, by code. */
  readonly #causes: Map<string, { count: number; message: string }> = new Map();
  #total = 0;
  /** Of the total, the records that {@link onTime} has seen, and those that a line has counted. */
  #seen = 0;
  #told = 0;
  #toldAt: number = Number.NEGATIVE_INFINITY;
  /** The first failure since the last line. */
  #firstAt = 0;
  /** The last failure, and the first of its row: no minute without a failure is between them. */
  #last: Moment | undefined;
  #rowSince = 0;

  constructor(tell: (entry: LogEntry, now: number) => void) {
    this.#tell = tell;
  }

  /** Records that failed for good so far. */
  get total(): number {
    return this.#total;
  }

  /** Whether records failed that {@link onTime} has not seen. */
  get hasNews(): boolean {
    return this.#seen < this.#total;
  }

  /** When a line is due; Infinity when there is nothing to say. */
  get nextAt(): number {
    return this.#told < this.#total ? this.#toldAt + MINUTE_MS : Number.POSITIVE_INFINITY;
  }

  /** A record failed for good. The time is that of the next {@link onTime}, in the same turn of the event loop. */
  onFailed(code: string, message: string): void {
    this.#total++;
    const isNew = !this.#causes.has(code);
    const key = isNew && this.#causes.size >= MOST_CODES ? "other codes" : code;
    const cause = this.#causes.get(key);
    if (cause === undefined) this.#causes.set(key, { count: 1, message });
    else cause.count++;
  }

  /** Notes the failures since the last call, and writes a line if one is due. */
  onTime(moment: Moment): void {
    const { at, epochAt } = moment;
    if (this.hasNews) {
      if (this.#told === this.#seen) this.#firstAt = at;
      if (this.#last === undefined || at - this.#last.at >= MINUTE_MS) this.#rowSince = epochAt;
      this.#last = moment;
      this.#seen = this.#total;
    }
    if (at >= this.nextAt) this.#tellNow(at);
  }

  /** Writes a line about failures that no line has yet, if there are any. */
  close(moment: Moment): void {
    this.onTime(moment);
    if (this.#told < this.#total) this.#tellNow(moment.at);
  }

  #tellNow(now: number): void {
    const recordsFailed = this.#total - this.#told;
    let most = { code: "", count: 0, message: "" };
    for (const [code, { count, message }] of this.#causes) if (count > most.count) most = { code, count, message };
    this.#told = this.#total;
    this.#toldAt = now;
    this.#causes.clear();
    const code = oneLine(most.code);
    const cause = messageWithoutCode(code, most.message);
    const spanMs = now - this.#firstAt;
    const within = spanMs <= ABOUT_A_MINUTE_MS ? "minute" : span(spanMs);
    const fields = { event: "records-failed", code, recordsFailed, recordsWithCode: most.count } as const;
    const message = `${amount(recordsFailed, "record")} failed for good in the last ${within}, most often ${code} (${most.count}): ${cause}`;
    this.#tell({ level: "error", fields, message }, now);
  }

  /** Why the stream is not `ok`. */
  cause(now: number): Cause | undefined {
    if (this.#last === undefined || now - this.#last.at >= MINUTE_MS) return undefined;
    return { status: "degraded", since: this.#rowSince, reason: "records failed for good in the last minute" };
  }

  /** When the last minute with a failure ended, in milliseconds since the Unix epoch; 0 if there was none. */
  get endedAt(): number {
    return this.#last === undefined ? 0 : this.#last.epochAt + MINUTE_MS;
  }
}
