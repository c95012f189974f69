import { createTraceState, TraceFlags } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import { linksTo, readContext, spanContextOf, writeContext } from "../../../../src/otel/tracing/trace-context.js";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const SPAN_ID = "b7ad6b7169203331";
const TRACEPARENT = `00-${TRACE_ID}-${SPAN_ID}-01`;

describe("a traceparent", () => {
  test("is written, and read back with its state", () => {
    const traceState = createTraceState("vendor=1,other=2");
    const written = writeContext({ traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: TraceFlags.SAMPLED, traceState });

    expect(written).toEqual({ traceparent: TRACEPARENT, tracestate: "vendor=1,other=2" });
    const read = spanContextOf({ tags: written });
    expect(read).toMatchObject({ traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: 1, isRemote: true });
    expect(read?.traceState?.serialize()).toBe("vendor=1,other=2");
  });

  test("without a state has no tracestate", () => {
    const context = { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: TraceFlags.NONE };

    expect(writeContext(context)).toEqual({ traceparent: `00-${TRACE_ID}-${SPAN_ID}-00` });
    expect(writeContext({ ...context, traceState: createTraceState("") })).not.toHaveProperty("tracestate");
  });

  test.each([
    ["of a later version, with more behind it", `01-${TRACE_ID}-${SPAN_ID}-01-more`, 1],
    ["with flags of later versions", `00-${TRACE_ID}-${SPAN_ID}-ff`, 1],
    ["that is not sampled", `00-${TRACE_ID}-${SPAN_ID}-02`, 0],
  ])("%s is read", (_, traceparent, traceFlags) => {
    expect(readContext({ traceparent })).toMatchObject({ traceId: TRACE_ID, spanId: SPAN_ID, traceFlags });
  });

  test.each([
    ["of version ff", `ff-${TRACE_ID}-${SPAN_ID}-01`],
    ["of version 00 with more behind it", `${TRACEPARENT}-more`],
    ["in capitals", TRACEPARENT.toUpperCase()],
    ["with a trace id of zeros", `00-${"0".repeat(32)}-${SPAN_ID}-01`],
    ["with a span id of zeros", `00-${TRACE_ID}-${"0".repeat(16)}-01`],
    ["cut short", TRACEPARENT.slice(0, -1)],
    ["of another text", "hello"],
    ["with a line behind it", `${TRACEPARENT}\n`],
  ])("%s is none", (_, traceparent) => {
    expect(readContext({ traceparent })).toBeUndefined();
  });

  test("is missing in a record without tags", () => {
    expect(spanContextOf({})).toBeUndefined();
    expect(spanContextOf({ tags: { other: "1" } })).toBeUndefined();
  });
});

test("links are made to sampled contexts only", () => {
  const contexts = ["01", "00", "zz"].map((flags) => ({ traceparent: `00-${TRACE_ID}-${SPAN_ID}-${flags}` }));

  expect(linksTo(contexts)).toMatchObject([{ context: { traceId: TRACE_ID, traceFlags: 1 } }]);
});
