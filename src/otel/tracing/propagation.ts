import { context, isSpanContextValid, trace } from "@opentelemetry/api";
import { isSampled, writeContext } from "./trace-context.js";

/**
 * For the option `propagate` of a producer: writes the active context of each `put` or `enqueue` as the tags
 * `traceparent` and `tracestate` (W3C), if it is sampled. Takes 72 bytes a record, more with a `tracestate`. It does not use
 * the global propagator, which may add baggage.
 *
 * @example
 * ```ts
 * const producer = new KinesisProducer({ streamName: "clicks", propagate: otelPropagation() });
 * ```
 */
export function otelPropagation(): () => Readonly<Record<string, string>> | undefined {
  return () => {
    const active = trace.getSpanContext(context.active());
    if (active === undefined || !isSampled(active) || !isSpanContextValid(active)) return undefined;
    return writeContext(active);
  };
}
