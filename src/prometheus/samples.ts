import { foldBuckets } from "../exporting/fold-buckets.js";
import type { DistributionFamily, Family, PointLabels } from "../exporting/sampler.js";
import { inBaseUnit, prometheusName } from "./prometheus-names.js";
import type { PrometheusSettings } from "./prometheus-options.js";

/** One line of the exposition format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One metric of the exposition format. */
export interface PrometheusFamily {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly samples: readonly Sample[];
}

/** A family with names, labels and units of Prometheus. */
export function prometheusFamily(family: Family, { prefix, labels }: PrometheusSettings): PrometheusFamily {
  const { metric } = family;
  const name = prometheusName(metric, prefix);
  const withLabels = (own: PointLabels): Sample["labels"] => ({ ...labels, ...own });
  const samples = isDistribution(family)
    ? histogramSamples(name, family, withLabels)
    : family.points.map((point) => ({
        name,
        labels: withLabels(point.labels),
        value: inBaseUnit(metric, point.value),
      }));
  return { name, help: metric.help, type: metric.kind, samples };
}

function isDistribution(family: Family): family is DistributionFamily {
  return family.metric.kind === "histogram";
}

/** Cumulative buckets, `+Inf` at last, then the sum and the count. */
function histogramSamples(
  name: string,
  { metric, points }: DistributionFamily,
  withLabels: (own: PointLabels) => Sample["labels"],
): Sample[] {
  const bounds = [...metric.bounds.map((bound) => String(inBaseUnit(metric, bound))), "+Inf"];
  return points.flatMap(({ labels: own, value: distribution }) => {
    const labels = withLabels(own);
    let cumulative = 0;
    const buckets = foldBuckets(distribution, metric.bounds).map((count, index) => {
      cumulative += count;
      return { name: `${name}_bucket`, labels: { ...labels, le: bounds[index] as string }, value: cumulative };
    });
    return [
      ...buckets,
      { name: `${name}_sum`, labels, value: inBaseUnit(metric, distribution.sum) },
      { name: `${name}_count`, labels, value: cumulative },
    ];
  });
}
