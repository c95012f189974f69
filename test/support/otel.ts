import { context, propagation, trace } from "@opentelemetry/api";
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node";

/** The SDK of OpenTelemetry, registered globally, with its spans in memory. */
export interface Otel extends Disposable {
  readonly provider: NodeTracerProvider;
  /** Ended spans whose name begins with this text, in the order of their ends. */
  spans(name?: string): readonly ReadableSpan[];
}

export function startOtel(options: ConstructorParameters<typeof NodeTracerProvider>[0] = {}): Otel {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ ...options, spanProcessors: [new SimpleSpanProcessor(exporter)] });
  provider.register();
  return {
    provider,
    spans: (name = "") => exporter.getFinishedSpans().filter((span) => span.name.startsWith(name)),
    [Symbol.dispose]: () => {
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}
