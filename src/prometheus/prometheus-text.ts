import { Sampler } from "../exporting/sampler.js";
import { type StatsSource, sourcesOf } from "../exporting/stats-source.js";
import { type PrometheusOptions, type PrometheusSettings, prometheusSettings } from "./prometheus-options.js";
import { prometheusFamily, type Sample } from "./samples.js";

/** The value of the `content-type` header for {@link prometheusText}. */
export const PROMETHEUS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Samplers by their first source, then by the other sources and the limits: a counter of `other` needs a memory. */
const samplers = new WeakMap<StatsSource, Map<string, Sampler>>();
const numbers = new WeakMap<StatsSource, number>();
let sources = 0;

/**
 * All metrics of one or several producers, in the text format of Prometheus: an answer for `GET /metrics`. It reads
 * `stats()` once for each producer. Streams of the same name in several producers are added up.
 *
 * @example
 * ```ts
 * response.setHeader("content-type", PROMETHEUS_CONTENT_TYPE).end(prometheusText(producer));
 * ```
 *
 * @throws InvalidOptionError when a prefix, a label's name or a limit cannot be used
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function prometheusText(
  producers: StatsSource | readonly StatsSource[],
  options: PrometheusOptions = {},
): string {
  const settings = prometheusSettings(options);
  const all = sourcesOf(producers);
  return textOf(samplerOf(all, options).sample(all.map((source) => source.stats())), settings);
}

function samplerOf(all: readonly StatsSource[], { shards, maxStreams }: PrometheusOptions): Sampler {
  const [first] = all;
  if (first === undefined) return new Sampler({});
  const known = samplers.get(first) ?? new Map<string, Sampler>();
  samplers.set(first, known);
  const key = `${all.map(numberOf).join(" ")} ${shards} ${maxStreams}`;
  const sampler =
    known.get(key) ??
    new Sampler({ ...(shards === undefined ? {} : { shards }), ...(maxStreams === undefined ? {} : { maxStreams }) });
  known.set(key, sampler);
  return sampler;
}

function numberOf(source: StatsSource): number {
  const number = numbers.get(source) ?? ++sources;
  numbers.set(source, number);
  return number;
}

function textOf(families: ReturnType<Sampler["sample"]>, settings: PrometheusSettings): string {
  const lines: string[] = [];
  for (const family of families) {
    const { name, help, type, samples } = prometheusFamily(family, settings);
    if (samples.length === 0) continue;
    lines.push(`# HELP ${name} ${escapedHelp(help)}`, `# TYPE ${name} ${type}`);
    for (const sample of samples) lines.push(line(sample));
  }
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

function line({ name, labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapedLabel(text)}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${shownNumber(value)}`;
}

function escapedHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapedLabel(text: string): string {
  if (!/[\\"\n]/.test(text)) return text;
  return escapedHelp(text).replaceAll('"', '\\"');
}

function shownNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}
