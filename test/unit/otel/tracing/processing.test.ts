import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { DeaggregatedRecord } from "../../../../src/deaggregate/index.js";
import { otelProcessing } from "../../../../src/otel/index.js";
import { type Otel, startOtel } from "../../../support/otel.js";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const SPAN_ID = "b7ad6b7169203331";
const PARENT = {
  eventSourceARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks",
  eventID: "shardId-000000000003:4966",
};

function recordWith(flags: string | undefined, more: object = {}): DeaggregatedRecord {
  const tags = flags === undefined ? {} : { tags: { traceparent: `00-${TRACE_ID}-${SPAN_ID}-${flags}` } };
  return { data: new Uint8Array(), subSequenceNumber: 0, aggregated: true, ...tags, ...more };
}

let otel: Otel;

beforeEach(() => {
  otel = startOtel();
});

afterEach(() => otel[Symbol.dispose]());

describe("a record with a sampled context", () => {
  test("is handled within a span of kind CONSUMER, with a link, which is the parent too where no span is active", async () => {
    let active: string | undefined;
    const result = await otelProcessing()(
      async () => {
        await Promise.resolve();
        active = trace.getActiveSpan()?.spanContext().spanId;
        return "result";
      },
      recordWith("01", { recordId: "id" }),
      PARENT,
    );

    const [span] = otel.spans();
    expect(result).toBe("result");
    expect(active).toBe(span?.spanContext().spanId);
    expect(span).toMatchObject({
      name: "process clicks",
      kind: SpanKind.CONSUMER,
      status: { code: SpanStatusCode.UNSET },
    });
    expect(span?.links).toMatchObject([{ context: { traceId: TRACE_ID, spanId: SPAN_ID } }]);
    expect(span?.parentSpanContext).toMatchObject({ traceId: TRACE_ID, spanId: SPAN_ID });
    expect(span?.attributes).toEqual({
      "messaging.system.name": "aws.kinesis",
      "messaging.operation.name": "process",
      "messaging.operation.type": "process",
      "messaging.destination.name": "clicks",
      "messaging.destination.partition.id": "shardId-000000000003",
      "messaging.message.id": "id",
      "aws.kinesis.stream_name": "clicks",
    });
  });

  test("is handled within a child of the active span, with the link", async () => {
    const ambient = await otel.provider.getTracer("test").startActiveSpan("invocation", async (span) => {
      await otelProcessing()(async () => undefined, recordWith("01"), PARENT);
      return span.spanContext();
    });

    const [span] = otel.spans("process");
    expect(span?.spanContext().traceId).toBe(ambient.traceId);
    expect(span?.parentSpanContext?.spanId).toBe(ambient.spanId);
    expect(span?.links).toMatchObject([{ context: { traceId: TRACE_ID } }]);
  });

  test.each([
    [new TypeError("no"), "TypeError", "no"],
    ["text", "_OTHER", "text"],
  ])("that fails with %s: the span says so, and the failure goes on", async (failure, errorType, message) => {
    const handled = otelProcessing()(() => Promise.reject(failure), recordWith("01"), PARENT);

    await expect(handled).rejects.toBe(failure);
    const [span] = otel.spans();
    expect(span).toMatchObject({ status: { code: SpanStatusCode.ERROR, message } });
    expect(span?.attributes["error.type"]).toBe(errorType);
  });
});

test.each(["00", undefined, "zz"])(
  "a record with the flags %s has no span, unless every record shall have one",
  async (flags) => {
    await otelProcessing()(async () => undefined, recordWith(flags), PARENT);
    expect(otel.spans()).toEqual([]);

    await otelProcessing({ everyRecord: true })(async () => undefined, recordWith(flags));
    expect(otel.spans()).toMatchObject([{ name: "process", links: [] }]);
  },
);

test("the provider that is passed makes the spans", async () => {
  using other = startOtel();
  otel.provider.register();

  await otelProcessing({ tracerProvider: other.provider })(async () => undefined, recordWith("01"));

  expect([otel.spans().length, other.spans().length]).toEqual([0, 1]);
});
