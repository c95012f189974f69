import { invalidArgument } from "../kinesis-model/service-error.js";

/** Seconds. Source: "Data delivery", Developer Guide. */
const FRESHNESS = { min: 300, max: 900 } as const;

/** The destination of a channel, as far as it is checked. */
export interface DestinationInput {
  readonly DataFreshnessInSeconds?: number;
}

/** Both destinations of an input. */
export interface NamesDestination {
  readonly S3DestinationConfiguration?: DestinationInput;
  readonly S3TablesDestinationConfiguration?: DestinationInput;
}

/** @throws ServiceError for data that may be too old, or too fresh */
export function checkFreshness({ DataFreshnessInSeconds: seconds = FRESHNESS.min }: DestinationInput): void {
  if (seconds >= FRESHNESS.min && seconds <= FRESHNESS.max) return;
  throw invalidArgument(`DataFreshnessInSeconds must be ${FRESHNESS.min} to ${FRESHNESS.max} seconds, got ${seconds}.`);
}

/** A destination with its freshness filled in. */
export function withFreshness<Destination extends DestinationInput>(destination: Destination): Destination {
  return { DataFreshnessInSeconds: FRESHNESS.min, ...destination };
}
