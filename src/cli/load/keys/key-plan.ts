import { type OptionValues, wrongValue } from "../../option-table.js";

/**
 * The partition keys of the records, of which there are `count`. `uniform`: all equally frequent. `zipf`: the k-th is
 * 1/k^exponent times as frequent as the first. `hot`: the first has this share of the records, the others are equally
 * frequent.
 */
export type KeyPlan =
  | { readonly kind: "uniform"; readonly count: number }
  | { readonly kind: "zipf"; readonly count: number; readonly exponent: number }
  | { readonly kind: "hot"; readonly count: number; readonly share: number };

/** Number of keys by default. */
export const DEFAULT_KEYS = 1_000;
const DEFAULT_ZIPF_KEYS = 10_000;
const MAX_KEYS = 10_000_000;
const MAX_EXPONENT = 10;
const FORM = `a whole number, 1 to ${MAX_KEYS}, zipf:EXPONENT[:COUNT] with an exponent up to ${MAX_EXPONENT}, or hot:PERCENT%[:COUNT]`;

/**
 * Reads `--keys`.
 *
 * @throws UsageError for a wrong value
 */
export function readKeys(values: OptionValues): KeyPlan {
  const text = values.text("keys");
  if (text === undefined) return { kind: "uniform", count: DEFAULT_KEYS };
  const plan = readPlan(text);
  if (plan === undefined || plan.count < 1 || plan.count > MAX_KEYS) throw wrongValue("keys", FORM, text);
  return plan;
}

function readPlan(text: string): KeyPlan | undefined {
  if (/^\d+$/.test(text)) return { kind: "uniform", count: Number(text) };
  const [, kind, number, percent, count] = /^(zipf|hot):(\d+(?:\.\d+)?)(%)?(?::(\d+))?$/.exec(text) ?? [];
  if (kind === "zipf" && percent === undefined && Number(number) <= MAX_EXPONENT) {
    return { kind, count: Number(count ?? DEFAULT_ZIPF_KEYS), exponent: Number(number) };
  }
  if (kind === "hot" && percent !== undefined && Number(number) <= 100) {
    return { kind, count: Number(count ?? DEFAULT_KEYS), share: Number(number) / 100 };
  }
  return undefined;
}
