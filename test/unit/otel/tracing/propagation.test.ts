import { context, INVALID_SPAN_CONTEXT, propagation, ROOT_CONTEXT, TraceFlags, trace } from "@opentelemetry/api";
import { afterEach, beforeEach, expect, test } from "vitest";
import { otelPropagation } from "../../../../src/otel/index.js";
import { encodeTags } from "../../../../src/wire/record-tags.js";
import { type Otel, startOtel } from "../../../support/otel.js";

let otel: Otel;

beforeEach(() => {
  otel = startOtel();
});

afterEach(() => otel[Symbol.dispose]());

const propagate = otelPropagation();

test("the active sampled context is written, in 72 bytes, without baggage", () => {
  otel.provider.getTracer("test").startActiveSpan("caller", (span) => {
    const { traceId, spanId } = span.spanContext();
    const withBaggage = propagation.setBaggage(
      context.active(),
      propagation.createBaggage({ secret: { value: "yes" } }),
    );

    const tags = context.with(withBaggage, propagate);

    expect(tags).toEqual({ traceparent: `00-${traceId}-${spanId}-01` });
    expect(encodeTags(tags ?? {})).toHaveLength(72);
  });
});

test("nothing is written without an active span, for one that is not sampled, or not valid", () => {
  const { traceId, spanId } = otel.provider.getTracer("test").startSpan("caller").spanContext();
  const within = (spanContext: Parameters<typeof trace.setSpanContext>[1]) =>
    context.with(trace.setSpanContext(ROOT_CONTEXT, spanContext), propagate);

  expect(propagate()).toBeUndefined();
  expect(within({ traceId, spanId, traceFlags: TraceFlags.NONE })).toBeUndefined();
  expect(within({ ...INVALID_SPAN_CONTEXT, traceFlags: TraceFlags.SAMPLED })).toBeUndefined();
  expect(within({ traceId, spanId, traceFlags: TraceFlags.SAMPLED })).toBeDefined();
});
