import type { KplValue } from "./kpl-value.js";

/** The values of a file by key, to read the other keys that belong to one. */
export type KplValues = ReadonlyMap<string, KplValue>;

/** The fate of a key. */
export type Outcome =
  /** Options of the producer by their paths, and what is different from the KPL. */
  | {
      readonly kind: "mapped";
      readonly set: readonly (readonly [path: string, value: unknown])[];
      readonly note?: string;
    }
  /** The key needs no counterpart. */
  | { readonly kind: "dropped"; readonly reason: string }
  /** The key has no option here, and the program must do it itself. */
  | { readonly kind: "missing"; readonly instead: string };

/** An option with a value. */
export function mapped(path: string, value: unknown, note?: string): Outcome {
  return { kind: "mapped", set: [[path, value]], ...(note === undefined ? {} : { note }) };
}

/** An option with the value of the KPL, or the nearest one in the option's range. */
export function clamped(path: string, value: number, max: number): Outcome {
  if (value <= max) return mapped(path, value);
  return mapped(path, max, `${value} is above the maximum of ${path}, ${max}`);
}

/** No counterpart, because there is nothing to set. */
export function dropped(reason: string): Outcome {
  return { kind: "dropped", reason };
}

/** No option; the text is code or a sentence. */
export function missing(instead: string): Outcome {
  return { kind: "missing", instead };
}
