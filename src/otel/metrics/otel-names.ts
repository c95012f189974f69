import type { Attributes } from "@opentelemetry/api";
import type { Described } from "../../exporting/metric.js";
import type { Family, NumberFamily, PointLabels } from "../../exporting/sampler.js";

/** The name of the instrumentation scope. */
export const SCOPE = "kinesis-producer";

/** Units by the Unified Code for Units of Measure, with annotations in braces. */
const UNITS: Readonly<Record<Described["unit"], string>> = {
  "user records": "{record}",
  "Kinesis records": "{record}",
  requests: "{request}",
  events: "1",
  bytes: "By",
  milliseconds: "s",
  ratio: "1",
};

/** The name of a metric of the catalogue: without its unit, as the conventions want it. */
export function otelName({ name }: Described): string {
  return `kinesis_producer.${name}`;
}

export function otelUnit({ unit }: Described): string {
  return UNITS[unit];
}

/** A value of `stats()` in the unit of the metric: seconds for milliseconds. */
export function otelValue({ unit }: Described, value: number): number {
  return unit === "milliseconds" ? value / 1_000 : value;
}

/** Whether a family has counters or gauges. */
export function isOfNumbers(family: Family): family is NumberFamily {
  return family.metric.kind !== "histogram";
}

/** Attributes of every message of a stream. Source: OpenTelemetry semantic conventions 1.45.0, messaging. */
export function messagingMetricAttributes(streamName: string): Attributes {
  return {
    "messaging.system.name": "aws.kinesis",
    "messaging.operation.name": "send",
    "messaging.operation.type": "send",
    "messaging.destination.name": streamName,
  };
}

/** Labels of a point, under the names of the conventions where they have one. */
export function otelAttributes({ stream, shard, code, mode }: PointLabels): Attributes {
  return {
    "messaging.system.name": "aws.kinesis",
    ...(stream === undefined ? {} : { "messaging.destination.name": stream }),
    ...(shard === undefined ? {} : { "messaging.destination.partition.id": shard }),
    ...(code === undefined ? {} : { "error.type": code }),
    ...(mode === undefined ? {} : { "kinesis_producer.routing": mode }),
  };
}
