import { type OptionValues, wrongValue } from "./option-table.js";

const MS_OF_UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The rule of a time on the command line. */
export interface TimeRule {
  /** Smallest and largest number of milliseconds that are allowed. */
  readonly minMs: number;
  readonly maxMs: number;
  /** Whether `infinity` is a time. */
  readonly mayBeInfinite?: boolean;
}

/**
 * Reads a time: `200ms`, `5s`, `1.5m`, `2h`, `1d`. A plain number is in milliseconds.
 *
 * @returns milliseconds, a whole number or Infinity; undefined without the option
 * @throws UsageError for any other text, or a time out of range
 */
export function readTime(
  values: OptionValues,
  name: string,
  { minMs, maxMs, mayBeInfinite = false }: TimeRule,
): number | undefined {
  const text = values.text(name);
  if (text === undefined) return undefined;
  if (mayBeInfinite && text.toLowerCase() === "infinity") return Number.POSITIVE_INFINITY;
  const ms = timeOf(text);
  if (ms !== undefined && ms >= minMs && ms <= maxMs) return ms;
  const orInfinity = mayBeInfinite ? ", or infinity" : "";
  throw wrongValue(name, `a time like 200ms, 5s or 2m, ${shortTime(minMs)} to ${shortTime(maxMs)}${orInfinity}`, text);
}

/** The milliseconds of a text; undefined when it is not a time. A fraction of a millisecond is rounded. */
export function timeOf(text: string): number | undefined {
  const [, number, unit = "ms"] = /^(\d{1,15}(?:\.\d{1,9})?)(ms|s|m|h|d)?$/.exec(text) ?? [];
  const factor = MS_OF_UNIT[unit];
  // A plain number with a fraction would look like seconds.
  if (number === undefined || factor === undefined || text.endsWith(".") || /^\d+\.\d+$/.test(text)) return undefined;
  return Math.round(Number(number) * factor);
}

/** The same for a text that must name its unit. */
export function timeWithUnit(text: string): number | undefined {
  return /[a-z]$/.test(text) ? timeOf(text) : undefined;
}

/** A time in the largest unit that shows it as a whole number: `90s`, `7d`. */
export function shortTime(ms: number): string {
  const units = Object.entries(MS_OF_UNIT).reverse();
  const [unit, factor] = units.find(([, each]) => ms > 0 && ms % each === 0) ?? ["ms", 1];
  return `${ms / factor}${unit}`;
}
