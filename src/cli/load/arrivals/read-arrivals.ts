import { type OptionValues, wrongValue } from "../../option-table.js";
import { timeWithUnit } from "../../time-option.js";
import { UsageError } from "../../usage-error.js";
import type { ArrivalPlan, RateSegment, Spacing } from "./arrival-plan.js";

const MAX_RATE = 1_000_000_000;
const MAX_PARTS = 1_000;
const RATE_FORM = `records a second, 1 to ${MAX_RATE}: 5000, a ramp 1000..9000, or parts of equal length 1000,5000..9000,0`;
const SPACING_FORM = "even, poisson, or bursts:TIME like bursts:500ms";

/**
 * Reads `--rate` and `--arrivals`.
 *
 * @returns undefined without a rate: as fast as possible
 * @throws UsageError for a wrong value, or arrivals without a rate
 */
export function readArrivals(values: OptionValues, durationMs: number): ArrivalPlan | undefined {
  const rate = values.text("rate");
  const spacing = readSpacing(values);
  if (rate === undefined) {
    if (spacing !== undefined) throw new UsageError("--arrivals needs --rate: without it no record has a due time");
    return undefined;
  }
  return { segments: readSegments(rate, durationMs), spacing: spacing ?? { kind: "even" } };
}

function readSegments(text: string, durationMs: number): RateSegment[] {
  const parts = text.split(",");
  const partMs = durationMs / parts.length;
  const segments = parts.map((part, index) => {
    const [, from, to = from] = /^(\d+)(?:\.\.(\d+))?$/.exec(part) ?? [];
    return { fromMs: index * partMs, toMs: (index + 1) * partMs, from: Number(from), to: Number(to) };
  });
  const rates = segments.flatMap(({ from, to }) => [from, to]);
  // A text that is no number is NaN, which fails both comparisons.
  const isRight = rates.every((rate) => rate >= 0 && rate <= MAX_RATE) && rates.some((rate) => rate > 0);
  if (!isRight || parts.length > MAX_PARTS) throw wrongValue("rate", RATE_FORM, text);
  return segments;
}

function readSpacing(values: OptionValues): Spacing | undefined {
  const text = values.text("arrivals");
  if (text === undefined) return undefined;
  if (text === "even" || text === "poisson") return { kind: text };
  const everyMs = text.startsWith("bursts:") ? timeWithUnit(text.slice("bursts:".length)) : undefined;
  if (everyMs === undefined || everyMs < 1) throw wrongValue("arrivals", SPACING_FORM, text);
  return { kind: "bursts", everyMs };
}
