import { type Attributes, context, type Span, SpanKind, type TracerProvider, trace } from "@opentelemetry/api";
import { refuseUnknownOptions } from "../../exporting/known-options.js";
import { failSpan, messagingAttributes, spanName, tracerOf } from "./messaging.js";
import { isSampled, spanContextOf, type TaggedRecord } from "./trace-context.js";

/** Options of {@link otelProcessing}. */
export interface ProcessingOptions {
  /** Makes the spans; the global provider of `@opentelemetry/api` when absent. */
  readonly tracerProvider?: TracerProvider;
  /**
   * Whether records without a sampled trace context get a span too.
   * @defaultValue false
   */
  readonly everyRecord?: boolean;
}

/** The parts by which an event's Kinesis record is known. */
export interface EventRecord {
  readonly eventSourceARN?: string | undefined;
  readonly eventID?: string | undefined;
  /** Of a record in a Firehose transformation, which has nothing else of these. */
  readonly recordId?: string | undefined;
}

/** Handles one record within a span. */
export type ProcessingWrapper = (
  run: () => Promise<unknown>,
  record: TaggedRecord,
  parent?: EventRecord,
) => Promise<unknown>;

/**
 * For the option `around` of `kinesisHandler` and `firehoseTransform`: handles each record that has a sampled trace context within its own span,
 * `process` and the name of the stream. The span is active in the handler, and has a link to that context. If no other
 * span is active, such as that of a Lambda instrumentation, the context is its parent too. Also for records of
 * `readStream`, without the last argument.
 *
 * @example
 * ```ts
 * export const handler = kinesisHandler(save, { around: otelProcessing() });
 * ```
 */
export function otelProcessing(options: ProcessingOptions = {}): ProcessingWrapper {
  refuseUnknownOptions(options, "otelProcessing", ["tracerProvider", "everyRecord"]);
  const { tracerProvider, everyRecord = false } = options;
  return (run, record, parent = {}) => {
    const creation = spanContextOf(record);
    const isLinked = creation !== undefined && isSampled(creation);
    if (!isLinked && !everyRecord) return run();
    const active = context.active();
    const isRoot = trace.getSpanContext(active) === undefined;
    const within = isLinked && isRoot ? trace.setSpanContext(active, creation) : active;
    const streamName = parent.eventSourceARN?.split(":stream/")[1];
    const attributes = { ...messagingAttributes("process", streamName), ...attributesOf(record, parent) };
    const links = isLinked ? [{ context: creation }] : [];
    const spanOptions = { kind: SpanKind.CONSUMER, attributes, links };
    return tracerOf(tracerProvider).startActiveSpan(spanName("process", streamName), spanOptions, within, (span) =>
      runIn(span, run),
    );
  };
}

async function runIn(span: Span, run: () => Promise<unknown>): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    failSpan(span, error instanceof Error ? error.name : "_OTHER", error);
    throw error;
  } finally {
    span.end();
  }
}

function attributesOf({ recordId }: TaggedRecord, { eventID }: EventRecord): Attributes {
  const shardId = eventID?.split(":")[0];
  return {
    ...(shardId === undefined ? {} : { "messaging.destination.partition.id": shardId }),
    ...(recordId === undefined ? {} : { "messaging.message.id": recordId }),
  };
}
