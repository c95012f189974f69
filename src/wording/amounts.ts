import { show } from "./shown-value.js";

/** A number of things: `1 request`, `12 requests`. */
export function amount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A span of time, with one or two units: `0 s`, `34 s`, `2 min 5 s`, `3 h`, `2 d 1 h`. */
export function span(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.floor(Math.max(0, ms) / SECOND_MS)} s`;
  if (ms < HOUR_MS) return inUnits(ms, MINUTE_MS, "min", SECOND_MS, "s");
  return ms < DAY_MS ? inUnits(ms, HOUR_MS, "h", MINUTE_MS, "min") : inUnits(ms, DAY_MS, "d", HOUR_MS, "h");
}

function inUnits(ms: number, largeMs: number, large: string, smallMs: number, small: string): string {
  const rest = Math.floor((ms % largeMs) / smallMs);
  return `${Math.floor(ms / largeMs)} ${large}${rest === 0 ? "" : ` ${rest} ${small}`}`;
}

/**
 * The time of day of a moment, in UTC: `09:05:00Z`.
 *
 * @param epochMs - milliseconds since the Unix epoch
 */
export function timeOfDay(epochMs: number): string {
  const seconds = Math.floor((((epochMs % DAY_MS) + DAY_MS) % DAY_MS) / SECOND_MS);
  return `${digits(seconds / 3_600)}:${digits((seconds / 60) % 60)}:${digits(seconds % 60)}Z`;
}

function digits(value: number): string {
  return String(Math.floor(value)).padStart(2, "0");
}

/** A part of a whole as whole percent: `98 %`. Below 1 % with one decimal. */
export function percent(part: number): string {
  return part > 0 && part < 0.01 ? `${(part * 100).toFixed(1)} %` : `${Math.round(part * 100)} %`;
}

const MOST_CHARACTERS = 300;

/** A text of another program on one line, cut after 300 characters. Any other value is shown by its type. */
export function oneLine(text: unknown): string {
  const line = typeof text === "string" ? text.replace(/\s+/g, " ").trim() : show(text);
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line;
}

/** The message of an error without its code: some services and libraries put the code in front. */
export function messageWithoutCode(code: string, message: unknown): string {
  const line = oneLine(message);
  return line.startsWith(`${code}: `) ? line.slice(code.length + 2) : line;
}
