/**
 * `kinesis-producer/otel`: OpenTelemetry, by the optional peer `@opentelemetry/api`. No SDK, no producer.
 *
 * @module
 */
export {
  type EventRecord,
  otelProcessing,
  type ProcessingOptions,
  type ProcessingWrapper,
} from "./tracing/processing.js";
export { otelPropagation } from "./tracing/propagation.js";
export { spanContextOf, type TaggedRecord } from "./tracing/trace-context.js";
export { type TraceOptions, traceProducers } from "./tracing/trace-producers.js";
