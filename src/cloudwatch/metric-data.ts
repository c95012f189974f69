import type { Dimension } from "./cloudwatch-options.js";
import type { GrownSeries } from "./growth.js";
import type { CloudWatchUnit } from "./kpl-metrics.js";
import { countedValues } from "./measure.js";

/** The parts of a `MetricDatum` of CloudWatch that are used. */
export interface MetricDatum {
  MetricName: string;
  Unit: CloudWatchUnit;
  Dimensions: { Name: string; Value: string }[];
  StatisticValues?: { SampleCount: number; Sum: number; Minimum: number; Maximum: number };
  Values?: number[];
  Counts?: number[];
}

/** The input of PutMetricData. */
export interface PutMetricDataInput {
  Namespace: string;
  MetricData: MetricDatum[];
}

/** Limits of PutMetricData (API_PutMetricData, API_MetricDatum, read 2026-11): datums and bytes of a call, values of a datum. */
const MAX_DATUMS = 1_000;
const MAX_BYTES = 950_000;
const MAX_VALUES = 150;

/**
 * A datum without a timestamp: CloudWatch takes the moment of its arrival. So a clock that is wrong does not matter, and
 * neither does a minute that is sent late.
 *
 * With buckets it has `Values` and `Counts`, of which CloudWatch makes percentiles; its sum is exact.
 */
function metricDatum({ metric, dimensions, growth }: GrownSeries): MetricDatum {
  const datum = {
    MetricName: metric.name,
    Unit: metric.unit,
    Dimensions: dimensions.map((each: Dimension) => ({ ...each })),
  };
  if (growth.buckets !== undefined) {
    const { values, counts } = countedValues(growth, MAX_VALUES);
    return { ...datum, Values: [...values], Counts: [...counts] };
  }
  const { count, sum, min, max } = growth;
  return { ...datum, StatisticValues: { SampleCount: count, Sum: sum, Minimum: min, Maximum: max } };
}

/** The series of one call, with their datums. */
export interface Batch {
  readonly series: readonly GrownSeries[];
  readonly data: MetricDatum[];
}

/** Calls within the limits of PutMetricData. */
export function batchesOf(all: readonly GrownSeries[]): Batch[] {
  const batches: { series: GrownSeries[]; data: MetricDatum[] }[] = [];
  let bytes = 0;
  for (const series of all) {
    const datum = metricDatum(series);
    const size = sizeOf(datum);
    let batch = batches.at(-1);
    if (batch === undefined || batch.data.length === MAX_DATUMS || bytes + size > MAX_BYTES) {
      batch = { series: [], data: [] };
      batches.push(batch);
      bytes = 0;
    }
    batch.series.push(series);
    batch.data.push(datum);
    bytes += size;
  }
  return batches;
}

/**
 * Bytes of a datum in the wordiest protocol of the SDK's clients, the query form of older ones:
 * `&MetricData.member.1000.Values.member.150=0.123456789`.
 */
function sizeOf({ MetricName, Dimensions, Values = [], Counts = [] }: MetricDatum): number {
  const dimensions = Dimensions.reduce((sum, { Name, Value }) => sum + 120 + 3 * (Name.length + Value.length), 0);
  return 400 + MetricName.length + dimensions + 60 * (Values.length + Counts.length);
}
