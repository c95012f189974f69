// @ts-expect-error: the package has no types
import parsePrometheusTextFormat from "parse-prometheus-text-format";

/** A metric as the package `parse-prometheus-text-format` reads it. Of a histogram it keeps the buckets alone. */
export interface ParsedFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly metrics: readonly { readonly value?: string; readonly labels?: Readonly<Record<string, string>> }[];
}

/** Reads the text format of Prometheus. */
export function parsePrometheusText(text: string): ParsedFamily[] {
  return parsePrometheusTextFormat(text) as ParsedFamily[];
}
