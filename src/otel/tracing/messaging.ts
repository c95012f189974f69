import {
  type Attributes,
  type Span,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";

/**
 * The attributes of a span of this operation. Source: OpenTelemetry semantic conventions 1.45.0, messaging; they have no
 * value for Kinesis, so `aws.kinesis` follows their `aws.sqs`.
 */
export function messagingAttributes(operation: "send" | "process", streamName: string | undefined): Attributes {
  return {
    "messaging.system.name": "aws.kinesis",
    "messaging.operation.name": operation,
    "messaging.operation.type": operation,
    ...(streamName === undefined
      ? {}
      : { "messaging.destination.name": streamName, "aws.kinesis.stream_name": streamName }),
  };
}

/** The name of a span: the operation, and the stream if it is known. */
export function spanName(operation: "send" | "process", streamName: string | undefined): string {
  return streamName === undefined ? operation : `${operation} ${streamName}`;
}

/** The tracer of this library. */
export function tracerOf(provider: TracerProvider | undefined): Tracer {
  return (provider ?? trace).getTracer("kinesis-producer");
}

/** Marks a span as failed. */
export function failSpan(span: Span, errorType: string, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  span.setAttribute("error.type", errorType);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
