import type { Described } from "../exporting/metric.js";

/** The prefix of all names, unless the caller sets another one. */
export const DEFAULT_PREFIX = "kinesis_producer_";

const SUFFIXES: Readonly<Partial<Record<Described["unit"], string>>> = { milliseconds: "_seconds", ratio: "_ratio" };

/**
 * The name of a metric by the conventions of Prometheus: snake_case, the base unit, `_total` for a counter.
 *
 * @see https://prometheus.io/docs/practices/naming/
 */
export function prometheusName(metric: Described & { readonly kind: string }, prefix: string): string {
  return `${prefix}${metric.name}${SUFFIXES[metric.unit] ?? ""}${metric.kind === "counter" ? "_total" : ""}`;
}

/** A value of `stats()` in the base unit: seconds for milliseconds. */
export function inBaseUnit({ unit }: Described, value: number): number {
  return unit === "milliseconds" ? value / 1_000 : value;
}
