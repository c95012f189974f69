import { InvalidOptionError } from "../base-errors.js";
import { type Family, Sampler } from "../exporting/sampler.js";
import { type StatsSource, sourcesOf } from "../exporting/stats-source.js";
import { show } from "../wording/shown-value.js";
import { prometheusName } from "./prometheus-names.js";
import { type PrometheusOptions, prometheusSettings } from "./prometheus-options.js";
import { type PrometheusFamily, prometheusFamily } from "./samples.js";

/** The part of prom-client's `Registry` that is used. */
export interface PrometheusRegistry {
  registerMetric(metric: never): void;
  removeSingleMetric(name: string): void;
}

/** Removes the metrics from the registry again. */
export interface RegisteredMetrics {
  unregister(): void;
}

/** A metric as prom-client's registry reads it. */
interface RegistryMetric {
  /** A registry for OpenMetrics takes `_total` off the name of a counter, and adds it to each sample again. */
  name: string;
  readonly help: string;
  readonly type: PrometheusFamily["type"];
  readonly aggregator: "sum" | "max";
  get(): Promise<object>;
  reset(): void;
}

/**
 * Adds all metrics of one or several producers to a registry of prom-client, beside the caller's own. Nothing is counted
 * between scrapes: a scrape reads `stats()` once for each producer.
 *
 * @throws InvalidOptionError when an option cannot be used
 * @throws Error of the registry when it has a metric of the same name: set another `prefix`
 *
 * @example
 * ```ts
 * import { register } from "prom-client";
 * registerMetrics(register, producer, { labels: { service: "checkout" } });
 * ```
 */
export function registerMetrics(
  registry: PrometheusRegistry,
  producers: StatsSource | readonly StatsSource[],
  options: PrometheusOptions = {},
): RegisteredMetrics {
  if (typeof registry?.registerMetric !== "function")
    throw new InvalidOptionError("registry", `registry must be a registry of prom-client, got ${show(registry)}`);
  const settings = prometheusSettings(options);
  const sources = sourcesOf(producers);
  const sampler = new Sampler(options);
  const scrape = oncePerScrape(() => {
    const families = sampler.sample(sources.map((source) => source.stats()));
    return new Map(families.map((family) => [family.metric.name, prometheusFamily(family, settings)]));
  });
  const names: string[] = [];
  const unregister = (): void => {
    for (const name of names) registry.removeSingleMetric(name);
  };
  try {
    for (const metric of sampler.metricsOf(sources)) {
      const name = prometheusName(metric, settings.prefix);
      registry.registerMetric(registryMetric(name, metric, () => scrape().get(metric.name)) as never);
      names.push(name);
    }
  } catch (error) {
    unregister();
    throw error;
  }
  return { unregister };
}

function registryMetric(
  name: string,
  { help, kind, unit }: Family["metric"],
  read: () => PrometheusFamily | undefined,
): RegistryMetric {
  // How a cluster makes one number of those of its processes: ages and shares are not added.
  const aggregator = kind === "gauge" && (unit === "milliseconds" || unit === "ratio") ? "max" : "sum";
  const metric: RegistryMetric = {
    name,
    help,
    type: kind,
    aggregator,
    get: async () => ({
      name: metric.name,
      help,
      type: kind,
      aggregator,
      values: (read()?.samples ?? []).map((sample) => ({
        labels: sample.labels,
        value: sample.value,
        ...(sample.name === name ? {} : { metricName: sample.name }),
      })),
    }),
    // The counters are the producer's own, since it was made.
    reset: () => {},
  };
  return metric;
}

/** A registry reads all its metrics in one run of synchronous code: they share one snapshot. */
function oncePerScrape<T>(read: () => T): () => T {
  let taken: { readonly value: T } | undefined;
  return () => {
    if (taken === undefined) {
      taken = { value: read() };
      queueMicrotask(() => {
        taken = undefined;
      });
    }
    return taken.value;
  };
}
