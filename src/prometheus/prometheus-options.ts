import { InvalidOptionError } from "../base-errors.js";
import { refuseUnknownOptions } from "../exporting/known-options.js";
import type { LabelLimits } from "../exporting/sampler.js";
import { show } from "../wording/shown-value.js";
import { DEFAULT_PREFIX } from "./prometheus-names.js";

/** Options of {@link prometheusText} and {@link registerMetrics}. */
export interface PrometheusOptions extends LabelLimits {
  /**
   * The start of all names.
   *
   * @defaultValue "kinesis_producer_"
   */
  readonly prefix?: string;
  /** Labels of every sample, for example `{ service: "checkout" }`; not `stream`, `shard`, `code`, `mode` or `le`. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The names that the exporter itself uses. */
const OWN_LABELS = new Set(["stream", "shard", "code", "mode", "le"]);

/** Options with their defaults. */
export interface PrometheusSettings {
  readonly prefix: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** @throws InvalidOptionError when a name is not one of Prometheus */
export function prometheusSettings(options: PrometheusOptions): PrometheusSettings {
  refuseUnknownOptions(options, "the exporter for Prometheus", ["prefix", "labels", "shards", "maxStreams"]);
  const { prefix = DEFAULT_PREFIX, labels = {} } = options;
  if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(prefix))
    throw new InvalidOptionError("prefix", `prefix must match [a-zA-Z_:][a-zA-Z0-9_:]*, got ${show(prefix)}`);
  if (typeof labels !== "object" || labels === null)
    throw new InvalidOptionError("labels", `labels must be an object, got ${show(labels)}`);
  for (const name of Object.keys(labels)) {
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) || name.startsWith("__"))
      throw new InvalidOptionError(
        "labels",
        `the name of a label must match [a-zA-Z_][a-zA-Z0-9_]* and not begin with __, got ${show(name)}`,
      );
    if (OWN_LABELS.has(name))
      throw new InvalidOptionError("labels", `labels must not have ${show(name)}: the exporter sets this label`);
  }
  return { prefix, labels: { ...labels } };
}
