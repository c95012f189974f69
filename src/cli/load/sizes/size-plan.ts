import { type OptionValues, wrongValue } from "../../option-table.js";
import { UsageError } from "../../usage-error.js";
import { readLines } from "./lines-file.js";

/**
 * The data of the records, by its size in bytes. `lognormal`: half of the sizes are below the median, and sigma is the
 * standard deviation of their logarithm. `lines`: the lines of a file, one after the other.
 */
export type SizePlan =
  | { readonly kind: "fixed"; readonly bytes: number }
  | { readonly kind: "uniform"; readonly from: number; readonly to: number }
  | { readonly kind: "lognormal"; readonly median: number; readonly sigma: number }
  | { readonly kind: "lines"; readonly file: string };

/** Bytes of data by default. */
export const DEFAULT_SIZE = 100;
/** Sigma of `lognormal` by default: 2 % of the sizes are above 8 times the median. */
export const DEFAULT_SIGMA = 1;
const MAX_SIZE = 10 * 1024 * 1024;
const MAX_SIGMA = 3;
const FORM = `a whole number, 0 to ${MAX_SIZE}, FROM..TO, or lognormal:MEDIAN[:SIGMA] with a sigma up to ${MAX_SIGMA}`;

/**
 * Reads `--size` and `--lines`.
 *
 * @throws UsageError for a wrong value, for both options, or a file without lines
 */
export function readSizes(values: OptionValues): SizePlan {
  const text = values.text("size");
  const file = values.text("lines", { pattern: /./, allowed: "a file" });
  if (file === undefined) return text === undefined ? { kind: "fixed", bytes: DEFAULT_SIZE } : readSize(text);
  if (text !== undefined)
    throw new UsageError("--lines gives the data of the records, --size their size: use only one");
  // Every process reads the file. A bad one is refused here, before any starts.
  readLines(file);
  return { kind: "lines", file };
}

function readSize(text: string): SizePlan {
  const isSize = (bytes: number): boolean => Number.isInteger(bytes) && bytes >= 0 && bytes <= MAX_SIZE;
  const [, first, last] = /^(\d+)(?:\.\.(\d+))?$/.exec(text) ?? [];
  const from = Number(first);
  const to = Number(last ?? first);
  if (isSize(from) && isSize(to) && from <= to) {
    return last === undefined ? { kind: "fixed", bytes: from } : { kind: "uniform", from, to };
  }
  const [, median, sigma = DEFAULT_SIGMA] = /^lognormal:(\d+)(?::(\d+(?:\.\d+)?))?$/.exec(text) ?? [];
  if (median !== undefined && isSize(Number(median)) && Number(median) > 0 && Number(sigma) <= MAX_SIGMA) {
    return { kind: "lognormal", median: Number(median), sigma: Number(sigma) };
  }
  throw wrongValue("size", FORM, text);
}
