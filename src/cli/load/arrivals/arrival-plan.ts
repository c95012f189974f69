/** A part of a load in which the rate changes evenly, in records a second. */
export interface RateSegment {
  readonly fromMs: number;
  readonly toMs: number;
  readonly from: number;
  readonly to: number;
}

/**
 * How the due times follow the rate. `even`: one interval apart. `poisson`: random, as if from many independent
 * callers. `bursts`: all records of `everyMs` are due at its start.
 */
export type Spacing =
  | { readonly kind: "even" }
  | { readonly kind: "poisson" }
  | { readonly kind: "bursts"; readonly everyMs: number };

/** When the records of a load are due: plain data. The segments follow each other without a gap, from 0 on. */
export interface ArrivalPlan {
  readonly segments: readonly RateSegment[];
  readonly spacing: Spacing;
}
