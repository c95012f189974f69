import { channel } from "node:diagnostics_channel";
import type { Attributes, Histogram } from "@opentelemetry/api";

/** The parts of a message of `kinesis-producer:put-records` that are read. */
interface RequestMessage {
  readonly producer: unknown;
  readonly streamName: string;
  /** Why the whole request failed. */
  readonly error?: { readonly code?: unknown };
}

const CHANNEL = "tracing:kinesis-producer:put-records";

/**
 * Records the time of each PutRecords request of some producers, one value for each attempt.
 *
 * @returns a function that ends it
 */
export function recordDurations(
  producers: readonly object[],
  histogram: Histogram,
  attributesOf: (streamName: string) => Attributes,
): () => void {
  const own = new Set<unknown>(producers);
  const startedAt = new WeakMap<object, number>();
  const starts = channel(`${CHANNEL}:start`);
  const ends = channel(`${CHANNEL}:asyncEnd`);
  const onStart = (message: unknown): void => {
    if (own.has((message as RequestMessage).producer)) startedAt.set(message as RequestMessage, performance.now());
  };
  const onEnd = (message: unknown): void => {
    const { streamName, error } = message as RequestMessage;
    const started = startedAt.get(message as RequestMessage);
    if (started === undefined) return;
    const attributes = attributesOf(streamName);
    if (error !== undefined) attributes["error.type"] = typeof error.code === "string" ? error.code : "_OTHER";
    histogram.record((performance.now() - started) / 1_000, attributes);
  };
  starts.subscribe(onStart);
  ends.subscribe(onEnd);
  return () => {
    starts.unsubscribe(onStart);
    ends.unsubscribe(onEnd);
  };
}
