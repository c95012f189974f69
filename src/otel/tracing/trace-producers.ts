import { type Channel, channel } from "node:diagnostics_channel";
import {
  type Attributes,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";
import type { PutRecordsContext } from "../../edge/put-records-context.js";
import { refuseUnknownOptions } from "../../exporting/known-options.js";
import { failSpan, messagingAttributes, spanName, tracerOf } from "./messaging.js";
import { linksTo } from "./trace-context.js";

/** Options of {@link traceProducers}. */
export interface TraceOptions {
  /** Makes the spans; the global provider of `@opentelemetry/api` when absent. */
  readonly tracerProvider?: TracerProvider;
  /** The only `KinesisProducer` to trace; every producer of the process when absent. */
  readonly producer?: object;
}

/** The limit of links on a span in the SDKs of OpenTelemetry: more are dropped there. */
const MOST_LINKS = 128;

const CHANNEL = "tracing:kinesis-producer:put-records";

/**
 * Makes a span for every PutRecords request, attempt by attempt: `send` and the name of the stream, with links to the
 * trace contexts of up to 128 records (option `propagate`). The request is sent with the span active, so that spans of an
 * HTTP instrumentation are its children.
 *
 * @returns a function that ends it: requests in flight still end their spans
 *
 * @example
 * ```ts
 * const stop = traceProducers();
 * ```
 */
export function traceProducers(options: TraceOptions = {}): () => void {
  refuseUnknownOptions(options, "traceProducers", ["producer", "tracerProvider"]);
  const spans = new SendSpans(options);
  const starts = channel(`${CHANNEL}:start`);
  const ends: Channel = channel(`${CHANNEL}:asyncEnd`);
  const onStart = (message: unknown): void => spans.start(message as PutRecordsContext);
  const onEnd = (message: unknown): void => {
    spans.end(message as PutRecordsContext);
    if (spans.isOver) ends.unsubscribe(onEnd);
  };
  starts.subscribe(onStart);
  ends.subscribe(onEnd);
  return () => {
    starts.unsubscribe(onStart);
    spans.stop();
    if (spans.isOver) ends.unsubscribe(onEnd);
  };
}

/** The spans of requests in flight. */
class SendSpans {
  readonly #options: TraceOptions;
  readonly #open: Map<PutRecordsContext, Span> = new Map();
  #isStopped = false;

  constructor(options: TraceOptions) {
    this.#options = options;
  }

  /** Whether no further span begins or ends. */
  get isOver(): boolean {
    return this.#isStopped && this.#open.size === 0;
  }

  stop(): void {
    this.#isStopped = true;
  }

  start(message: PutRecordsContext): void {
    const { producer, tracerProvider } = this.#options;
    if (producer !== undefined && message.producer !== producer) return;
    const { streamName } = message;
    const links = linksTo(message.traceContexts(MOST_LINKS));
    // The active context is of any one of the callers, or of a timer. All records of one trace: its next span.
    const [only] = links;
    const parent =
      links.length === 1 && only !== undefined ? trace.setSpanContext(ROOT_CONTEXT, only.context) : ROOT_CONTEXT;
    const attributes = attributesOf(message);
    const tracer = tracerOf(tracerProvider);
    const span = tracer.startSpan(spanName("send", streamName), { kind: SpanKind.CLIENT, attributes, links }, parent);
    this.#open.set(message, span);
    const active = trace.setSpan(parent, span);
    message.runWithin((send) => context.with(active, send));
  }

  end(message: PutRecordsContext): void {
    const span = this.#open.get(message);
    if (span === undefined) return;
    this.#open.delete(message);
    const { error, result } = message;
    if (error !== undefined) {
      failSpan(span, error.code, error);
      if (error.statusCode !== undefined) span.setAttribute("http.response.status_code", error.statusCode);
    }
    if (result !== undefined) tellRefused(span, result.entries);
    span.end();
  }
}

function attributesOf({
  streamName,
  streamArn,
  endpoint,
  records,
  userRecords,
  bytes,
  attempt,
}: PutRecordsContext): Attributes {
  return {
    ...messagingAttributes("send", streamName),
    "messaging.batch.message_count": userRecords,
    "kinesis_producer.kinesis_records": records,
    "kinesis_producer.bytes": bytes,
    "kinesis_producer.attempt": attempt,
    ...(streamArn === undefined ? {} : { "kinesis_producer.stream_arn": streamArn }),
    ...serverOf(endpoint),
  };
}

/** Host and port of the option `endpoint`. Without it the SDK decides, and a span of the HTTP request has them. */
function serverOf(endpoint: string | undefined): Attributes {
  if (endpoint === undefined || !URL.canParse(endpoint)) return {};
  const { hostname, port, protocol } = new URL(endpoint);
  const standard = protocol === "http:" ? 80 : 443;
  return { "server.address": hostname, "server.port": port === "" ? standard : Number(port) };
}

/** A request with refused entries has failed in part: it is an error if none was accepted. */
function tellRefused(span: Span, entries: readonly object[]): void {
  const refused = entries.filter((entry): entry is { readonly errorCode: string } => "errorCode" in entry);
  const [first] = refused;
  if (first === undefined) return;
  span.setAttribute("kinesis_producer.refused", refused.length);
  if (refused.length === entries.length)
    failSpan(span, first.errorCode, `all ${entries.length} Kinesis records were refused`);
}
