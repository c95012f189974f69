import { createTraceState, isSpanContextValid, type Link, type SpanContext, TraceFlags } from "@opentelemetry/api";
import type { TraceContext } from "../../core/ports.js";

/** Version, trace id, span id, flags. Later versions may have more behind a hyphen. Source: W3C Trace Context, 3.2. */
const TRACEPARENT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;

/** The parts of a record that are read here; `deaggregate` returns such records. */
export interface TaggedRecord {
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly recordId?: string | undefined;
}

/**
 * The trace context in the tags of a record, for a link or a parent; undefined when there is none, or when it is not
 * valid.
 *
 * @example
 * ```ts
 * const links = [...deaggregate(record)].map(spanContextOf).filter((context) => context !== undefined);
 * ```
 */
export function spanContextOf({ tags }: TaggedRecord): SpanContext | undefined {
  const { traceparent, tracestate } = tags ?? {};
  if (traceparent === undefined) return undefined;
  return readContext(tracestate === undefined ? { traceparent } : { traceparent, tracestate });
}

/** Reads a context by W3C Trace Context; undefined when it is not valid. */
export function readContext({ traceparent, tracestate }: TraceContext): SpanContext | undefined {
  const [, version, traceId, spanId, flags, more] = TRACEPARENT.exec(traceparent) ?? [];
  if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === "ff" || (version === "00" && more !== undefined)) return undefined;
  const read: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
    ...(tracestate === undefined ? {} : { traceState: createTraceState(tracestate) }),
  };
  return isSpanContextValid(read) ? read : undefined;
}

/** The tags of a context. */
export function writeContext({ traceId, spanId, traceFlags, traceState }: SpanContext): Record<string, string> {
  const flags = (traceFlags & 0xff).toString(16).padStart(2, "0");
  const traceparent = `00-${traceId}-${spanId}-${flags}`;
  const tracestate = traceState?.serialize() ?? "";
  return tracestate === "" ? { traceparent } : { traceparent, tracestate };
}

/** Whether spans of this context are kept. */
export function isSampled({ traceFlags }: SpanContext): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0;
}

/** Links to sampled contexts; the others have nothing to show. */
export function linksTo(contexts: readonly TraceContext[]): Link[] {
  const links: Link[] = [];
  for (const each of contexts) {
    const context = readContext(each);
    if (context !== undefined && isSampled(context)) links.push({ context });
  }
  return links;
}
